namespace Parallax.Plugins.Backbones;

/// <summary>What all networks for clips ask of their input.</summary>
internal static class Clips
{
    private const int Dimensions = 5;

    /// <summary>Stops where images came instead of clips, or clips that are too small.</summary>
    /// <param name="clips">What came.</param>
    /// <param name="network">Name of the network, for the message.</param>
    /// <param name="frames">Fewest frames.</param>
    /// <param name="side">Fewest pixels per side.</param>
    /// <exception cref="ConfigurationException">They are no clips [N, C, T, H, W], or smaller than that.</exception>
    public static void Require(Tensor clips, string network, long frames = 1, long side = 1)
    {
        var shape = clips.shape;
        if (shape.Length != Dimensions)
        {
            throw new ConfigurationException($"The backbone {network} takes clips [N, C, T, H, W], but [{string.Join(", ", shape)}] came. Take a data set of "
                + "videos with a method for clips, or set backbone.name to a backbone for images.");
        }

        if (shape[2] < frames || shape[3] < side || shape[4] < side)
        {
            throw new ConfigurationException($"The backbone {network} halves clips too often for {shape[2]} frames of {shape[3]}x{shape[4]}. Expected at least "
                + $"{frames} frames of {side}x{side}: lengthen the clips or enlarge the crops of the views.");
        }
    }
}
