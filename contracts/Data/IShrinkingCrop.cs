namespace Parallax.Contracts;

/// <summary>
/// A crop that ends with a size of its own. As the first step of a view it lets a JPEG be decoded smaller: the resize would average most of the pixels away.
/// </summary>
/// <remarks>
/// <see cref="IAugmentation.Draw"/> always gets the size that the image has in its file, so the same seed takes the same part of the image however small it is
/// decoded.
/// </remarks>
public interface IShrinkingCrop : IAugmentation
{
    /// <summary>Pixels of the image beside each other that become one pixel of the result, on the axis where they are fewer.</summary>
    /// <param name="parameters">The row of <see cref="IAugmentation.Draw"/>.</param>
    double PixelsPerPixel(ReadOnlySpan<float> parameters);

    /// <summary>Turns a row that was drawn for an image into the row for the same image decoded smaller, which <see cref="IAugmentation.Apply"/> then
    /// gets.</summary>
    /// <param name="parameters">The row of <see cref="IAugmentation.Draw"/>; rewritten in place, to parts of pixels if need be.</param>
    /// <param name="reduction">How many pixels beside each other became one: 1, 2, 4 or 8.</param>
    void Reduce(Span<float> parameters, int reduction);
}
