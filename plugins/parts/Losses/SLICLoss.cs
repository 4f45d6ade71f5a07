namespace Parallax.Plugins.Parts;

/// <summary>The losses of SLIC, all on the distance 1 - cosine.</summary>
/// <remarks>
/// <para>Hosseini Khorasgani et al., "SLIC: Self-Supervised Learning with Iterative Clustering for Human Action Videos", CVPR 2022,
/// https://arxiv.org/abs/2206.12534, and the authors' code.</para>
/// <para>Differs from the code: where no negative is within the margin, the nearest one is taken; the code then takes a row by its number among the
/// negatives.</para>
/// </remarks>
public static class SLICLoss
{
    /// <summary>Every pair of rows of one cluster, with a row of another cluster. Pairs stand by cluster, then by row.</summary>
    /// <param name="z">Embeddings, [M, D]; normalised here.</param>
    /// <param name="clusters">Cluster of each row, [M] int64, from 0.</param>
    /// <param name="margin">Negatives nearer than the positive plus this are drawn from. Authors' code: 0.2.</param>
    /// <param name="uniform">A number in [0, 1) for each row, [M]: draws a negative of each pair, among those within the margin, by the fraction of the sum of
    /// both rows' numbers. Null takes the nearest.</param>
    /// <returns>Anchor, positive and negative, [P, 3] int64; no rows where all clusters are one, or all rows of different clusters.</returns>
    public static Tensor Triplets(Tensor z, Tensor clusters, double margin, Tensor? uniform = null)
    {
        Rows.RequireMatrix(z, nameof(z));
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        using var precision = Precision.Float32();
        var unit = Rows.Unit(z);                                                                  // [M, D]
        var distances = 1 - unit.mm(unit.t());                                                    // [M, M]
        var same = clusters.unsqueeze(1).eq(clusters);                                            // [M, M]
        var pairs = Pairs(clusters, same);                                                        // [P, 2]
        var (anchors, positives) = (pairs.select(1, 0), pairs.select(1, 1));                      // [P] each
        var nearest = distances.masked_fill(same, double.PositiveInfinity).argmin(1).index_select(0, anchors);   // [P]
        var negatives = uniform is null ? nearest : Drawn(distances, same, anchors, positives, margin, uniform, nearest);

        return stack([anchors, positives, negatives], 1).MoveToOuterDisposeScope();               // [P, 3]
    }

    /// <summary>The mean over triplets of max(0, d(a, p) - d(a, n) + margin).</summary>
    /// <param name="z">Embeddings, [M, D]; normalised here.</param>
    /// <param name="triplets">What <see cref="Triplets"/> gave.</param>
    /// <param name="margin">How much nearer the positive shall be. Authors' code: 0.2.</param>
    /// <returns>Scalar, [], float32; 0 without triplets.</returns>
    public static Tensor OfTriplets(Tensor z, Tensor triplets, double margin)
    {
        using var scope = NewDisposeScope();
        using var precision = Precision.Float32();
        var unit = Rows.Unit(z);                                                                  // [M, D]
        if (triplets.shape[0] == 0)
        {
            return (unit * 0).sum().MoveToOuterDisposeScope();                                    // []
        }

        return Margin(Row(0), Row(1), Row(2), margin).MoveToOuterDisposeScope();                  // []

        Tensor Row(int member) => unit.index_select(0, triplets.select(1, member));               // [P, D]
    }

    /// <summary>Temporal discrimination: the same frames augmented anew shall be nearer to the anchor than other frames are,
    /// the mean of max(0, d(anchor, again) - d(anchor, positive) + margin).</summary>
    /// <param name="anchor">[N, D]; normalised here, as the others.</param>
    /// <param name="again">The anchor's frames with another augmentation, [N, D].</param>
    /// <param name="positive">Other frames, [N, D].</param>
    /// <param name="margin">How much nearer. Authors' code: 0.04.</param>
    /// <returns>Scalar, [], float32.</returns>
    /// <exception cref="ArgumentException">The shapes differ or are not [N, D].</exception>
    public static Tensor TemporalDiscrimination(Tensor anchor, Tensor again, Tensor positive, double margin)
    {
        Rows.RequireSame(anchor, nameof(anchor), again, nameof(again));
        Rows.RequireSame(anchor, nameof(anchor), positive, nameof(positive));
        using var scope = NewDisposeScope();
        using var precision = Precision.Float32();

        return Margin(Rows.Unit(anchor), Rows.Unit(again), Rows.Unit(positive), margin).MoveToOuterDisposeScope();   // []
    }

    private static Tensor Margin(Tensor a, Tensor nearer, Tensor further, double margin) => ((a * (further - nearer)).sum(1) + margin).relu().mean();   // []

    private static Tensor Pairs(Tensor clusters, Tensor same)
    {
        var rows = clusters.shape[0];
        var pairs = same.triu(1).logical_and(same.all(1, keepdim: true).logical_not()).nonzero();     // [P, 2], of clusters that are not the only one
        var order = ((clusters.index_select(0, pairs.select(1, 0)) * rows) + pairs.select(1, 0)) * rows;

        return pairs.index_select(0, (order + pairs.select(1, 1)).argsort());                         // [P, 2]
    }

    private static Tensor Drawn(Tensor distances, Tensor same, Tensor anchors, Tensor positives, double margin, Tensor uniform, Tensor nearest)
    {
        var fromAnchors = distances.index_select(0, anchors);                                                                       // [P, M]
        var limit = fromAnchors.gather(1, positives.unsqueeze(1)) + margin;                                                         // [P, 1]
        var within = same.index_select(0, anchors).logical_not().logical_and(fromAnchors.lt(limit));                                // [P, M]
        var counts = within.sum(1);                                                                                                 // [P]
        var fractions = (uniform.index_select(0, anchors) + uniform.index_select(0, positives)).to(float64).remainder(1);           // [P]
        var places = (fractions * counts).floor().to(int64).minimum((counts - 1).clamp_min(0)) + 1;                                 // [P], from 1
        var chosen = within.logical_and(within.to(int64).cumsum(1).eq(places.unsqueeze(1))).to(int64).argmax(1);                    // [P]

        return where(counts.gt(0), chosen, nearest);                                                                                // [P]
    }
}
