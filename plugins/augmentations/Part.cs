namespace Parallax.Plugins.Augmentations;

/// <summary>A part of an image, to fractions of a pixel: a box drawn for an image covers such a part of the same image decoded smaller.</summary>
internal readonly record struct Part(float Top, float Left, float Height, float Width)
{
    /// <summary>Reads what <see cref="Box.Write"/> wrote and <see cref="Reduce"/> may have changed.</summary>
    /// <exception cref="ArgumentException">The part lies outside an image of this size.</exception>
    public static Part Read(ReadOnlySpan<float> parameters, ImageSize size)
    {
        var part = new Part(parameters[0], parameters[1], parameters[2], parameters[3]);

        return part.FitsInto(size)
            ? part
            : throw new ArgumentException($"The crop {part} lies outside the image of {size}: its row was drawn for an image of another size.",
            nameof(parameters));
    }

    /// <summary>For a row that becomes a square of the given side: the pixels that become one on the axis where they are fewer.</summary>
    public static double PixelsPerPixel(ReadOnlySpan<float> parameters, int side) => (double)Math.Min(parameters[2], parameters[3]) / side;

    /// <summary>Turns a row drawn for an image into that of the image decoded smaller by 2, 4 or 8, which is exact.</summary>
    public static void Reduce(Span<float> parameters, int reduction)
    {
        foreach (ref var length in parameters)
        {
            length /= reduction;
        }
    }

    private bool FitsInto(ImageSize size) =>
        Top >= 0 && Left >= 0 && Height > 0 && Width > 0 && Top + Height <= size.Height && Left + Width <= size.Width;
}
