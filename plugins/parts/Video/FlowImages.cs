namespace Parallax.Plugins.Parts;

/// <summary>Optical flow as images: what data sets with flow hold, and what networks for three channels take.</summary>
internal static class FlowImages
{
    private const double LongestFlow = 20;   // pixels
    private const double FullScale = 255;

    /// <summary>Horizontal and vertical displacement in the first two channels, cut off at 20 pixels; the third channel is zero.</summary>
    /// <param name="flow">In pixels, [N, 2, T, H, W].</param>
    /// <returns>[N, 3, T, H, W] in [0, 255]; 127.5 where nothing moves.</returns>
    /// <remarks>Han et al., "Self-supervised Co-training for Video Representation Learning", NeurIPS 2020, https://arxiv.org/abs/2010.09709, as we recall its
    /// data.</remarks>
    public static Tensor Of(Tensor flow)
    {
        using var scope = NewDisposeScope();
        var levels = (flow.clamp(-LongestFlow, LongestFlow) + LongestFlow) * (FullScale / (2 * LongestFlow));   // [N, 2, T, H, W]

        return cat([levels, zeros_like(levels.narrow(1, 0, 1))], 1).MoveToOuterDisposeScope();                  // [N, 3, T, H, W]
    }
}
