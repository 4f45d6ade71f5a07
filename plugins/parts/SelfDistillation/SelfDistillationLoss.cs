namespace Parallax.Plugins.Parts;

/// <summary>The losses by which intermediate layers follow the last one, for the bases BYOL and SimCLR; for MoCo v3 it is <see cref="MoCoV3Loss"/>.</summary>
/// <remarks>
/// Jang et al., "Self-Distilled Self-Supervised Representation Learning", WACV 2023, section 3.2, https://arxiv.org/abs/2111.12958, as in the authors' code.
/// Rows of several layers come one layer after the other: row r shows the image of row r mod N. Only these rows carry gradients.
/// </remarks>
public static class SelfDistillationLoss
{
    /// <summary>Weight of the intermediate layers at a step: from 0 to its end along half a cosine.</summary>
    /// <param name="end">Weight at the end of the run.</param>
    /// <param name="context">Where training stands.</param>
    public static double Weight(double end, StepContext context) => end * (1 - Math.Cos(Math.PI * context.Step / context.TotalSteps)) / 2;

    /// <summary>All layers but the last in one matrix, layer after layer.</summary>
    /// <param name="layers">L of [N, D].</param>
    /// <returns>[(L - 1) N, D].</returns>
    public static Tensor Intermediate(IReadOnlyList<Tensor> layers) => cat([.. layers.SkipLast(1)], 0);

    /// <summary>BYOL: twice one minus the cosine with the teacher's projection, mean over the rows.</summary>
    /// <param name="p">Predictions, [R, D], R a multiple of N.</param>
    /// <param name="targets">The teacher's projections of the other view, [N, D]; detached here.</param>
    /// <returns>Scalar, [], float32, in [0, 4].</returns>
    /// <exception cref="ArgumentException">The widths differ, or R is no multiple of N.</exception>
    public static Tensor Regression(Tensor p, Tensor targets)
    {
        Rows.RequireSameWidth(p, nameof(p), targets, nameof(targets));
        var copies = Rows.CopiesOf(targets.shape[0], p, nameof(p));
        using var precision = Precision.Float32();

        return 2 - (2 * (Rows.Unit(p) * Rows.Unit(targets.detach()).repeat(copies, 1)).sum(1).mean());   // []
    }

    /// <summary>
    /// SimCLR: each row must find its image's other view among the last layer's projections of both views; its own last projection is left out.
    /// </summary>
    /// <param name="z">Projections of intermediate layers of one view, [R, D], R a multiple of N.</param>
    /// <param name="same">Last-layer projections of that view, of all processes, [M, D]; detached here.</param>
    /// <param name="other">Last-layer projections of the other view, [M, D]; detached here.</param>
    /// <param name="own">Row of each image among the M, one after the other, [N] int64 on the CPU.</param>
    /// <param name="temperature">Divisor of the cosines, positive.</param>
    /// <returns>Scalar, [], float32; ln(2M - 1) when all embeddings are equal.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not a positive number.</exception>
    public static Tensor Contrast(Tensor z, Tensor same, Tensor other, Tensor own, double temperature)
    {
        Rows.RequireSame(same, nameof(same), other, nameof(other));
        Rows.RequireSameWidth(z, nameof(z), same, nameof(same));
        Rows.RequireTemperature(temperature);
        var copies = Rows.CopiesOf(own.shape[0], z, nameof(z));
        using var precision = Precision.Float32();

        var (queries, candidates) = (Rows.Unit(z), Rows.Unit(cat([other, same], 0).detach()));                 // [R, D], [2M, D]
        var (images, self) = (own.shape[0], other.shape[0] + own[0].item<long>());
        Diagonal[] leftOut = [.. Enumerable.Range(0, (int)copies).Select(layer => new Diagonal(layer * images, self, images))];
        var positives = (queries * candidates.index_select(0, own.to(z.device).repeat(copies))).sum(1) / temperature;   // [R]

        return (LogSumExp.Over(queries, candidates, temperature, leftOut) - positives).mean();                 // []
    }
}
