namespace Parallax.Plugins.Augmentations;

/// <summary>A crop that is resized to a square. Row of decisions: top, left, height, width of its box.</summary>
/// <param name="side">Side of the result in pixels.</param>
/// <param name="interpolation">Weights of the resize.</param>
public abstract class SquareCrop(int side, Interpolation interpolation) : IShrinkingCrop
{
    /// <inheritdoc/>
    public int ParameterCount => 4;

    /// <inheritdoc/>
    public void Draw(ref CounterRandom random, ImageSize input, Span<float> parameters)
    {
        var box = DrawBox(ref random, input);
        (parameters[0], parameters[1], parameters[2], parameters[3]) = (box.Top, box.Left, box.Height, box.Width);
    }

    /// <inheritdoc/>
    public ImageSize OutputSize(ImageSize input, ReadOnlySpan<float> parameters) => new(side, side);

    /// <inheritdoc/>
    public double PixelsPerPixel(ReadOnlySpan<float> parameters) => (double)Math.Min(parameters[2], parameters[3]) / side;

    /// <inheritdoc/>
    /// <remarks>A division by 2, 4 or 8 is exact.</remarks>
    public void Reduce(Span<float> parameters, int reduction)
    {
        foreach (ref var length in parameters)
        {
            length /= reduction;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The box lies outside the image: the row was drawn for an image of another size.</exception>
    public void Apply(ImageBuffer image, ReadOnlySpan<float> parameters)
    {
        var part = new Part(parameters[0], parameters[1], parameters[2], parameters[3]);
        if (!part.FitsInto(image.Size))
        {
            throw new ArgumentException($"The crop {part} lies outside the image of {image.Size}: its row was drawn for an image of another size.",
                nameof(parameters));
        }

        Resampling.CropAndResize(image, part, side, side, interpolation);
    }

    private protected abstract Box DrawBox(ref CounterRandom random, ImageSize input);
}
