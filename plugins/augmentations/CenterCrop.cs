using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Augmentations;

/// <summary>Settings of <c>center-crop</c>.</summary>
public sealed record CenterCropOptions
{
    /// <summary>Side of the result in pixels. Default 224.</summary>
    [Range(1, 8192)]
    public int Size { get; init; } = 224;
}

/// <summary>Cuts out the middle square; a smaller image gets a black border first.</summary>
/// <remarks>torchvision's <c>CenterCrop</c>, its rounding of odd margins included. No decisions.</remarks>
[Plugin("center-crop", Options = typeof(CenterCropOptions), Family = "geometry", Summary = "Cuts out the middle square.")]
public sealed class CenterCrop(CenterCropOptions options) : IAugmentation
{
    /// <inheritdoc/>
    public ImageSize OutputSize(ImageSize input, ReadOnlySpan<float> parameters) => new(options.Size, options.Size);

    /// <inheritdoc/>
    public void Apply(ImageBuffer image, ReadOnlySpan<float> parameters) =>
        Windows.Cut(image, Margin(image.Height), Margin(image.Width), options.Size, options.Size);

    // A margin of half a pixel goes to the even side; a missing one always to the far side.
    private int Margin(int length) => length >= options.Size
        ? (int)Math.Round((length - options.Size) / 2.0)
        : -((options.Size - length) / 2);
}
