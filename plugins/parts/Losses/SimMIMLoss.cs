namespace Parallax.Plugins.Parts;

/// <summary>The loss of SimMIM: the mean absolute difference of hidden pixels.</summary>
/// <remarks>
/// Xie et al., "SimMIM: a Simple Framework for Masked Image Modeling", CVPR 2022, equation (1), https://arxiv.org/abs/2111.09886, and its code:
/// sum of |y - x| over hidden pixels and channels / (number of hidden pixels + 1e-5) / channels. The number counts a pixel once, not once per channel.
/// </remarks>
public static class SimMIMLoss
{
    private const double Epsilon = 1e-5;

    /// <summary>Computes the loss.</summary>
    /// <param name="reconstructions">[N, C, H, W].</param>
    /// <param name="images">What they should be, [N, C, H, W], as the network saw it.</param>
    /// <param name="hidden">1 where patches are hidden, else 0, [N, h, w]; H and W are multiples of h and w.</param>
    /// <returns>Scalar, [], float32; 0 when nothing is hidden.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor Compute(Tensor reconstructions, Tensor images, Tensor hidden)
    {
        if (!reconstructions.shape.SequenceEqual(images.shape) || images.dim() != 4)
        {
            throw new ArgumentException($"Reconstructions have the shape {Show(reconstructions)} and images {Show(images)}; expected the same [N, C, H, W].",
                nameof(reconstructions));
        }

        if (hidden.dim() != 3 || hidden.shape[0] != images.shape[0] || images.shape[2] % hidden.shape[1] != 0 || images.shape[3] % hidden.shape[2] != 0)
        {
            throw new ArgumentException($"'{nameof(hidden)}' has the shape {Show(hidden)}; expected [N, h, w] that divides the images, {Show(images)}.",
                nameof(hidden));
        }

        using var scope = NewDisposeScope();
        using var precision = Precision.Float32();
        var pixels = hidden.to(float32).repeat_interleave(images.shape[2] / hidden.shape[1], 1)
            .repeat_interleave(images.shape[3] / hidden.shape[2], 2).unsqueeze(1);                                            // [N, 1, H, W]
        var differences = (reconstructions.to(float32) - images.to(float32)).abs() * pixels;                                  // [N, C, H, W]

        return (differences.sum() / (pixels.sum() + Epsilon) / images.shape[1]).MoveToOuterDisposeScope();                    // []
    }

    private static string Show(Tensor tensor) => $"[{string.Join(", ", tensor.shape)}]";
}
