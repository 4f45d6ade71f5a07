namespace Parallax.Plugins.Parts;

/// <summary>How far rows are from each other.</summary>
public enum RowDistance
{
    /// <summary>1 - cosine.</summary>
    Cosine,

    /// <summary>Length of the difference.</summary>
    Euclidean,
}

/// <summary>The nearest other row of each row, and the links that FINCH draws between rows.</summary>
/// <param name="Neighbours">The nearest other row, [N] int64.</param>
/// <param name="Points">The rows, [N, D] float32, of length one for the cosine distance.</param>
/// <param name="Distance">How far rows are from each other.</param>
/// <remarks>
/// <para>Sarfraz et al., "Efficient Parameter-free Clustering Using First Neighbor Relations", CVPR 2019, equation (1), https://arxiv.org/abs/1902.11266: rows
/// i and j are linked when j is the first neighbour of i, i that of j, or both have the same. As in the authors' code the distance of a link counts as often as
/// one of these holds: twice for two rows that are each other's.</para>
/// <para>All distances are computed twice, a few rows at a time: N² D products each, and some blocks of 32 MiB.</para>
/// </remarks>
public sealed record FirstNeighbours(Tensor Neighbours, Tensor Points, RowDistance Distance)
{
    /// <summary>Finds the nearest other row of each.</summary>
    /// <param name="rows">[N, D], N at least 2.</param>
    /// <param name="distance">How far rows are from each other.</param>
    /// <param name="stop">Asks to stop.</param>
    /// <exception cref="ArgumentException">The tensor is not [N, D] with two rows at least.</exception>
    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    public static FirstNeighbours Of(Tensor rows, RowDistance distance, CancellationToken stop = default)
    {
        Rows.RequireMatrix(rows, nameof(rows));
        if (rows.shape[0] < 2)
        {
            throw new ArgumentException(
                $"'{nameof(rows)}' has {rows.shape[0]} rows; expected at least 2, because a row is not its own neighbour.", nameof(rows));
        }

        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var points = distance == RowDistance.Cosine ? Rows.Unit(rows) : rows.to(float32, copy: true);   // [N, D]
        List<Tensor> nearest = [];
        RowBlocks.Visit(
            points, points.shape[0],
            (start, part) =>
            {
                var distances = Distances(part, points, distance);   // [n, N]
                distances.diagonal(start).fill_(double.PositiveInfinity);
                nearest.Add(distances.argmin(1).MoveToOuterDisposeScope());
            },
            stop);

        return new(cat([.. nearest], 0).MoveToOuterDisposeScope(), points.MoveToOuterDisposeScope(), distance);
    }

    /// <summary>The links up to a length.</summary>
    /// <param name="longest">Links beyond it are left out.</param>
    /// <returns>Pairs of rows, each from both ends.</returns>
    internal IReadOnlyList<(long From, long To)> Links(double longest)
    {
        List<(long From, long To)> links = [];
        ForEachBlock((start, counts, lengths) =>
        {
            using var pairs = counts.gt(0).logical_and(lengths.le(longest)).nonzero().cpu();   // [L, 2]; equal rows are linked at length 0
            if (pairs.shape[0] > 0)   // TorchSharp cannot copy a tensor without numbers
            {
                links.AddRange(pairs.data<long>().ToArray().Chunk(2).Select(pair => (pair[0] + start, pair[1])));
            }
        });

        return links;
    }

    /// <summary>The longest link's length.</summary>
    internal double LongestLink()
    {
        var longest = 0.0;
        ForEachBlock((_, _, lengths) => longest = Math.Max(longest, lengths.max().item<float>()));

        return longest;
    }

    /// <summary>For the first of some rows: how often they are linked to each row, [n, N], and the lengths of these links; 0 where there is none.</summary>
    private void ForEachBlock(Action<long, Tensor, Tensor> visit)
    {
        using var noGradients = no_grad();
        var columns = arange(Points.shape[0], dtype: int64, device: Points.device);   // [N]
        RowBlocks.Visit(Points, Points.shape[0], (start, part) =>
        {
            var own = Neighbours.narrow(0, start, part.shape[0]).unsqueeze(1);                                    // [n, 1]
            var rows = columns.narrow(0, start, part.shape[0]).unsqueeze(1);                                      // [n, 1]
            var counts = own.eq(columns).to(float32) + rows.eq(Neighbours) + own.eq(Neighbours);                  // [n, N]
            counts.diagonal(start).fill_(0);
            visit(start, counts, Distances(part, Points, Distance) * counts);
        });
        columns.Dispose();
    }

    private static Tensor Distances(Tensor part, Tensor points, RowDistance distance)
    {
        using var precision = Precision.Float32();
        var products = part.matmul(points.t());   // [n, N]
        if (distance == RowDistance.Cosine)
        {
            return 1 - products;
        }

        return (part.square().sum(1, keepdim: true) + points.square().sum(1) - (2 * products)).clamp_min(0).sqrt();   // [n, N]
    }
}
