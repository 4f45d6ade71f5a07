using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Augmentations;

/// <summary>Settings of <c>shifted-crop</c>.</summary>
public sealed record ShiftedCropOptions
{
    /// <summary>Side of the result in pixels. CMAE, authors' code: 224.</summary>
    [Range(1, 8192)]
    public int Size { get; init; } = 224;

    /// <summary>Largest shift on each axis in pixels; 0 takes the upper left corner. CMAE, authors' code: 31 for the target, 0 for the online view.</summary>
    [Range(0, 8192)]
    public int MaxShift { get; init; } = 31;
}

/// <summary>Cuts a square out of the upper left corner, shifted down and to the right by a few pixels.</summary>
/// <remarks>
/// <para>Huang et al., "Contrastive Masked Autoencoders are Stronger Vision Learners", TPAMI 2023, section 3.2, https://arxiv.org/abs/2207.13532, as in the
/// authors' code: both shifts are whole numbers, uniform in [0, maxShift]. What lies outside the image is black.</para>
/// <para>Row of decisions: shift down, shift to the right. Consumes 2 numbers.</para>
/// </remarks>
[Plugin("shifted-crop", Options = typeof(ShiftedCropOptions), Family = "geometry",
    Summary = "Cuts a square out of the upper left corner, shifted by a few pixels.")]
public sealed class ShiftedCrop(ShiftedCropOptions options) : IAugmentation
{
    /// <inheritdoc/>
    public int ParameterCount => 2;

    /// <inheritdoc/>
    public void Draw(ref CounterRandom random, ImageSize input, Span<float> parameters)
    {
        parameters[0] = random.Index(options.MaxShift + 1);
        parameters[1] = random.Index(options.MaxShift + 1);
    }

    /// <inheritdoc/>
    public ImageSize OutputSize(ImageSize input, ReadOnlySpan<float> parameters) => new(options.Size, options.Size);

    /// <inheritdoc/>
    public void Apply(ImageBuffer image, ReadOnlySpan<float> parameters) =>
        Windows.Cut(image, (int)parameters[0], (int)parameters[1], options.Size, options.Size);
}
