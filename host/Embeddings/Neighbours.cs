namespace Parallax.Host.Embeddings;

/// <summary>The images whose features are most similar, by exact cosine.</summary>
internal static class Neighbours
{
    private const int RowsAtOnce = 1024;

    /// <summary>The rows nearest to a query.</summary>
    /// <param name="bank">Features, [M, F], rows of length one.</param>
    /// <param name="query">[F], of any length.</param>
    /// <param name="k">How many; fewer where there are not so many.</param>
    /// <param name="own">The row of the query itself, which is left out; null where it is none of them.</param>
    public static IReadOnlyList<Neighbour> Of(Tensor bank, Tensor query, int k, int? own = null)
    {
        using var noGradients = torch.no_grad();
        using var scope = torch.NewDisposeScope();

        return Nearest(F.normalize(query.unsqueeze(0)), bank, k, own)[0];
    }

    /// <summary>The rows nearest to each row, which is not among its own.</summary>
    /// <param name="bank">Features, [N, F], rows of length one.</param>
    /// <param name="k">How many; fewer where there are not so many.</param>
    /// <param name="stop">Asks to stop.</param>
    /// <returns>N lists, found some at a time as they are read.</returns>
    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    public static IEnumerable<IReadOnlyList<Neighbour>> OfEach(Tensor bank, int k, CancellationToken stop)
    {
        for (var start = 0; start < bank.shape[0]; start += RowsAtOnce)
        {
            stop.ThrowIfCancellationRequested();
            foreach (var found in OfSome(bank, start, k))
            {
                yield return found;
            }
        }
    }

    private static List<IReadOnlyList<Neighbour>> OfSome(Tensor bank, int start, int k)
    {
        using var noGradients = torch.no_grad();
        using var scope = torch.NewDisposeScope();

        return Nearest(bank.narrow(0, start, Math.Min(RowsAtOnce, bank.shape[0] - start)), bank, k, start);   // [n, F]
    }

    // The first query is row 'first' of the bank, the next one the next; null where they are none of it.
    private static List<IReadOnlyList<Neighbour>> Nearest(Tensor queries, Tensor bank, int k, int? first)
    {
        var asked = (int)Math.Min(k + 1L, bank.shape[0]);
        using var nearest = SimilarRows.Map(
            queries, bank, asked, (similarities, rows) => torch.stack([similarities.to(torch.float64), rows.to(torch.float64)], 2));   // [n, k, 2]
        var numbers = nearest.data<double>().ToArray();
        var lists = new List<IReadOnlyList<Neighbour>>();
        for (var query = 0; query < queries.shape[0]; query++)
        {
            var own = first + query;
            lists.Add([.. Enumerable.Range(query * asked, asked)
                .Select(place => new Neighbour((int)numbers[(2 * place) + 1], Math.Clamp(numbers[2 * place], -1, 1)))   // rounding goes beyond
                .Where(neighbour => neighbour.Row != own).OrderByDescending(neighbour => neighbour.Similarity).ThenBy(neighbour => neighbour.Row).Take(k)]);
        }

        return lists;
    }
}

/// <summary>A row that is near to a query.</summary>
/// <param name="Row">Which, from 0.</param>
/// <param name="Similarity">Cosine of the angle between the features.</param>
internal sealed record Neighbour(int Row, double Similarity);
