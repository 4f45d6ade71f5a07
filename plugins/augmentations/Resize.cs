using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Augmentations;

/// <summary>Settings of <c>resize</c>.</summary>
public sealed record ResizeOptions
{
    /// <summary>Length of the shorter side afterwards, or of both where the result is square, in pixels. Default 256, what evaluations at 224 use.</summary>
    [Range(1, 8192)]
    public int Size { get; init; } = 256;

    /// <summary>Weights of the resize. torchvision: bilinear.</summary>
    public Interpolation Interpolation { get; init; } = Interpolation.Bilinear;

    /// <summary>Whether both sides get the length, which stretches an image that is not square. Kolesnikov et al., code, before tiles are cut.</summary>
    public bool Square { get; init; }
}

/// <summary>Resizes so that the shorter side gets the given length; the longer keeps the shape, rounded down, or gets the same length.</summary>
/// <remarks>torchvision's <c>Resize</c> with one number, or, to a square, with that number twice. No decisions. Always antialiased, as torchvision is on PIL
/// images.</remarks>
[Plugin("resize", Options = typeof(ResizeOptions), Family = "geometry", Summary = "Resizes so that the shorter side gets the given length.")]
public sealed class Resize(ResizeOptions options) : IAugmentation
{
    /// <inheritdoc/>
    public ImageSize OutputSize(ImageSize input, ReadOnlySpan<float> parameters) => options.Square ? new(options.Size, options.Size)
        : input.Width <= input.Height ? new(Longer(input.Height, input.Width), options.Size)
        : new(options.Size, Longer(input.Width, input.Height));

    /// <inheritdoc/>
    public void Apply(ImageBuffer image, ReadOnlySpan<float> parameters)
    {
        var size = OutputSize(image.Size, parameters);
        Resampling.CropAndResize(image, new Part(0, 0, image.Height, image.Width), size.Height, size.Width, options.Interpolation);
    }

    private int Longer(int longer, int shorter) => (int)((double)options.Size * longer / shorter);
}
