namespace Parallax.Plugins.Parts;

/// <summary>Differences of neighbouring frames: motion without an optical flow.</summary>
internal static class FrameDifferences
{
    private const double FullScale = 255;

    /// <summary>Each frame minus the one before, from [-1, 1] to [0, 1]; the first frame minus the last.</summary>
    /// <param name="clips">In [0, 1], [N, C, T, H, W].</param>
    /// <returns>[N, C, T, H, W]; 0.5 where nothing changes.</returns>
    /// <remarks>The authors' code of SLIC, https://arxiv.org/abs/2206.12534.</remarks>
    public static Tensor Residual(Tensor clips)
    {
        using var scope = NewDisposeScope();

        return ((clips - clips.roll(1, 2) + 1) / 2).MoveToOuterDisposeScope();   // [N, C, T, H, W]
    }

    /// <summary>How much each pixel changes to the next frame, the mean over the channels, in three equal channels.</summary>
    /// <param name="clips">In [0, 255], [N, C, T, H, W].</param>
    /// <returns>[N, 3, T - 1, H, W] in [0, 1].</returns>
    /// <remarks>A prototype in the authors' code of MaCLR, https://arxiv.org/abs/2106.09703.</remarks>
    public static Tensor Absolute(Tensor clips)
    {
        using var scope = NewDisposeScope();
        var (before, after) = Neighbours(clips);                                                                // [N, C, T - 1, H, W] each

        return ((after - before).abs().mean([1], keepdim: true) / FullScale).repeat(1, 3, 1, 1, 1).MoveToOuterDisposeScope();   // [N, 3, T - 1, H, W]
    }

    /// <summary>Each grey frame minus the next one, from [-255, 255] to [0, 255], in three equal channels; the last frame repeats the last
    /// difference.</summary>
    /// <param name="clips">RGB in [0, 255], [N, 3, T, H, W], T at least 2.</param>
    /// <returns>[N, 3, T, H, W]; 127.5 where nothing changes.</returns>
    /// <remarks>Denize et al., "Similarity Contrastive Estimation for Image and Video Soft Contrastive Self-Supervised Learning", Machine Vision and
    /// Applications 2023, https://arxiv.org/abs/2212.11187, and the authors' code, where it comes before frames are chosen.</remarks>
    public static Tensor Signed(Tensor clips)
    {
        using var scope = NewDisposeScope();
        var (before, after) = Neighbours(Grey(clips));                                                          // [N, 1, T - 1, H, W] each
        var change = (before - after + FullScale) / 2;                                                          // [N, 1, T - 1, H, W]

        return cat([change, change.narrow(2, -1, 1)], 2).repeat(1, 3, 1, 1, 1).MoveToOuterDisposeScope();       // [N, 3, T, H, W]
    }

    /// <summary>Grey values, by the weights of ITU-R 601.</summary>
    /// <param name="clips">RGB, [N, 3, T, H, W].</param>
    /// <returns>[N, 1, T, H, W], in the unit of the clips.</returns>
    public static Tensor Grey(Tensor clips) =>
        (0.2989 * clips.narrow(1, 0, 1)) + (0.587 * clips.narrow(1, 1, 1)) + (0.114 * clips.narrow(1, 2, 1));   // [N, 1, T, H, W]

    private static (Tensor Before, Tensor After) Neighbours(Tensor clips) =>
        (clips.narrow(2, 0, clips.shape[2] - 1), clips.narrow(2, 1, clips.shape[2] - 1));
}
