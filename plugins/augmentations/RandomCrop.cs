using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Augmentations;

/// <summary>Settings of <c>random-crop</c>.</summary>
public sealed record RandomCropOptions
{
    /// <summary>Side of the result in pixels. Default 32.</summary>
    [Range(1, 8192)]
    public int Size { get; init; } = 32;

    /// <summary>Black border put around the image first, in pixels. Default 4, the usual choice for 32 x 32 images.</summary>
    [Range(0, 1024)]
    public int Padding { get; init; } = 4;
}

/// <summary>Puts a black border around the image and cuts a square out of it at a random place.</summary>
/// <remarks>
/// <para>torchvision's <c>RandomCrop(size, padding, pad_if_needed=True)</c>: an axis that is still too short gets, on both sides, what is missing.</para>
/// <para>Row of decisions: top, left of the square in pixels of the image, negative inside the border. Consumes 2 numbers.</para>
/// </remarks>
[Plugin("random-crop", Options = typeof(RandomCropOptions), Family = "geometry", Summary = "Adds a black border and cuts out a square at a random place.")]
public sealed class RandomCrop(RandomCropOptions options) : IAugmentation
{
    /// <inheritdoc/>
    public int ParameterCount => 2;

    /// <inheritdoc/>
    public void Draw(ref CounterRandom random, ImageSize input, Span<float> parameters)
    {
        parameters[0] = DrawStart(ref random, input.Height);
        parameters[1] = DrawStart(ref random, input.Width);
    }

    /// <inheritdoc/>
    public ImageSize OutputSize(ImageSize input, ReadOnlySpan<float> parameters) => new(options.Size, options.Size);

    /// <inheritdoc/>
    public void Apply(ImageBuffer image, ReadOnlySpan<float> parameters) =>
        Windows.Cut(image, (int)parameters[0], (int)parameters[1], options.Size, options.Size);

    private int DrawStart(ref CounterRandom random, int length)
    {
        var border = options.Padding + Math.Max(0, options.Size - (length + (2 * options.Padding)));

        return random.Index(length + (2 * border) - options.Size + 1) - border;
    }
}
