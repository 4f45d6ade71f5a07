namespace Parallax.Plugins.Parts;

/// <summary>What a student says of hidden patches against what a teacher says who sees them: cross-entropy, mean over the hidden patches of an image, then over
/// the images.</summary>
/// <remarks>
/// Zhou et al., "iBOT: Image BERT Pre-Training with Online Tokenizer", ICLR 2022, equation (2), https://arxiv.org/abs/2111.07832; Oquab et al., "DINOv2", TMLR
/// 2024, section 4, https://arxiv.org/abs/2304.07193, has the same. As in both codes an image without hidden patches adds nothing, but counts in the mean.
/// </remarks>
public static class HiddenPredictionLoss
{
    /// <summary>Computes the loss of a batch.</summary>
    /// <param name="scores">The student's outputs for the hidden patches, [M, K].</param>
    /// <param name="targets">The teacher's probabilities for the same patches, [M, K]; constants.</param>
    /// <param name="hidden">Which patches these are.</param>
    /// <param name="temperature">Divisor of the scores, positive.</param>
    /// <returns>Scalar, [], float32; 0 when nothing is hidden.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not a positive number.</exception>
    public static Tensor Compute(Tensor scores, Tensor targets, HiddenPatches hidden, double temperature)
    {
        Rows.RequireSame(scores, nameof(scores), targets, nameof(targets));
        Rows.RequireTemperature(temperature);
        using var precision = Precision.Float32();
        var logs = F.log_softmax(scores.to(float32) / temperature, dim: 1);                // [M, K]
        var losses = -(targets.detach().to(float32) * logs).sum(1);                       // [M]

        return (losses * hidden.Weights).sum() / hidden.Images;                           // []
    }
}
