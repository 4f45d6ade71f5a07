namespace Parallax.Plugins.Parts;

/// <summary>InfoNCE over the cells of grids: what a cell predicts must be the target some rows below it, among targets of the batch.</summary>
/// <remarks>
/// <para><see cref="AmongAll"/>: Hénaff et al., "Data-Efficient Image Recognition with Contrastive Predictive Coding", ICML 2020,
/// https://arxiv.org/abs/1905.09272, pseudo-code of the appendix.</para>
/// <para><see cref="AmongSampled"/>: the public implementation of rschwarz15 for small budgets, which adds 1e-11 to the probability inside of the logarithm;
/// this does not.</para>
/// </remarks>
public static class CPCLoss
{
    /// <summary>The mean over all predictions of -log softmax at the right target; candidates are all cells of all images, of the own image too.</summary>
    /// <param name="predictions">[N, D, R, W], already scaled; those of the last rows have no target and are left out.</param>
    /// <param name="targets">Of the same images, [N, D, R, W].</param>
    /// <param name="candidates">Targets of all images of the batch, these among them, [M, D, R, W].</param>
    /// <param name="offset">Rows from a cell to its target, in [1, R).</param>
    /// <returns>Scalar, [], float32; ln(M R W) where all targets are equal.</returns>
    public static Tensor AmongAll(Tensor predictions, Tensor targets, Tensor candidates, int offset)
    {
        using var precision = Precision.Float32();
        using var scope = NewDisposeScope();
        var (p, positives) = Pairs(predictions, targets, offset);                     // [P, D] and [P]
        var denominators = LogSumExp.Over(p, Cells(candidates), temperature: 1);      // [P]

        return (denominators - positives).mean().MoveToOuterDisposeScope();           // []
    }

    /// <summary>The same with a few negatives for each prediction: targets at the rows that can be predicted.</summary>
    /// <inheritdoc cref="AmongAll"/>
    /// <param name="predictions">[N, D, R, W], already scaled.</param>
    /// <param name="targets">Of the same images, [N, D, R, W].</param>
    /// <param name="candidates">Targets of all images of the batch, [M, D, R, W].</param>
    /// <param name="offset">Rows from a cell to its target, in [1, R).</param>
    /// <param name="negatives">K negatives for each prediction, [N, (R - offset) W K] int64 on the device: cells of the rows from the offset on, counted image
    /// by image and row by row; they may be the positive.</param>
    /// <returns>Scalar, [], float32; ln(1 + K) where all targets are equal.</returns>
    public static Tensor AmongSampled(Tensor predictions, Tensor targets, Tensor candidates, int offset, Tensor negatives)
    {
        using var precision = Precision.Float32();
        using var scope = NewDisposeScope();
        var (p, positives) = Pairs(predictions, targets, offset);                                           // [P, D] and [P]
        var sampled = Cells(Below(candidates, offset)).index_select(0, negatives.flatten());                // [P K, D]
        var scores = sampled.view(p.shape[0], -1, p.shape[1]).matmul(p.unsqueeze(2)).squeeze(2);            // [P, K]

        return InfoNCELoss.FromLogits(cat([positives.unsqueeze(1), scores], 1)).MoveToOuterDisposeScope();  // []
    }

    private static (Tensor Predictions, Tensor Positives) Pairs(Tensor predictions, Tensor targets, int offset)
    {
        var p = Cells(predictions.narrow(2, 0, predictions.shape[2] - offset));   // [P, D]

        return (p, (p * Cells(Below(targets, offset))).sum(1));
    }

    private static Tensor Below(Tensor grid, int offset) => grid.narrow(2, offset, grid.shape[2] - offset);   // [N, D, R - offset, W]

    private static Tensor Cells(Tensor grid) => grid.to(float32).permute(0, 2, 3, 1).flatten(0, 2);           // [N R W, D]
}
