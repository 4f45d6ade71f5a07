namespace Parallax.Contracts;

/// <summary>
/// One random transformation of an image, in two halves: <see cref="Draw"/> takes every random decision into a row of numbers, <see cref="Apply"/> only
/// computes. The row can be recorded, replayed, and applied per image on the CPU or, as a [N, P] tensor, per batch on a device.
/// </summary>
/// <remarks>
/// One instance serves all workers at once: keep no state between calls. The usual transforms mean what torchvision means by them.
/// </remarks>
public interface IAugmentation
{
    /// <summary>Length P of the row of decisions; 0 for a plugin without randomness.</summary>
    int ParameterCount => 0;

    /// <summary>Whether each frame of a clip has decisions of its own. Else all frames have those of the first, so that what moves moved in the
    /// video.</summary>
    bool DrawsPerFrame => false;

    /// <summary>Draws the decisions for one image.</summary>
    /// <param name="random">The generator of (seed, epoch, sample, view).</param>
    /// <param name="input">Size of the image before this step.</param>
    /// <param name="parameters">Receives P numbers.</param>
    void Draw(ref CounterRandom random, ImageSize input, Span<float> parameters)
    {
    }

    /// <summary>Size after this step for an image of the given size and row of decisions.</summary>
    ImageSize OutputSize(ImageSize input, ReadOnlySpan<float> parameters) => input;

    /// <summary>Applies the decisions to the image in place (a change of size goes through <see cref="ImageBuffer.Back"/>).</summary>
    /// <param name="image">[C, H, W] in [0, 1]; normalisation, which leaves that range, comes last.</param>
    /// <param name="parameters">The P numbers of <see cref="Draw"/>.</param>
    void Apply(ImageBuffer image, ReadOnlySpan<float> parameters);
}
