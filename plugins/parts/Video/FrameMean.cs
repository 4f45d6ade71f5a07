namespace Parallax.Plugins.Parts;

/// <summary>iBoot's target: what a frozen image model sees in the frames of a video.</summary>
/// <remarks>Our definition after Saleh et al., "iBoot: Image-bootstrapped Self-Supervised Video Representation Learning", 2022,
/// https://arxiv.org/abs/2206.08339; the loss against it is <see cref="BYOLLoss"/>.</remarks>
internal static class FrameMean
{
    /// <summary>The mean over the frames, of length one.</summary>
    /// <param name="frames">Features of each frame, [N, T, D].</param>
    /// <returns>[N, D] float32, without gradients.</returns>
    public static Tensor Of(Tensor frames)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();

        return Rows.Unit(frames.to(float32).mean([1])).MoveToOuterDisposeScope();   // [N, D]
    }
}
