using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Augmentations;

/// <summary>Settings of <c>random-rotation</c>.</summary>
public sealed record RandomRotationOptions
{
    /// <summary>Images are turned by an angle uniform in [-d, d] degrees. Exemplar networks: 20.</summary>
    [Range(0.0, 180.0)]
    public double Degrees { get; init; } = 20;

    /// <summary>Value of pixels that come in from outside, a fraction in [0, 1]. Ours: grey, 128 of 255, as in <c>auto-augment</c>.</summary>
    [Range(0.0, 1.0)]
    public double Fill { get; init; } = 128 / 255.0;
}

/// <summary>Turns an image around its centre by a random angle; its size stays.</summary>
/// <remarks>
/// torchvision's <c>RandomRotation</c> of PIL images: each pixel is the nearest one of the image before. Row of decisions: the angle in degrees, against the
/// clock. Consumes 1 number.
/// </remarks>
[Plugin("random-rotation", Options = typeof(RandomRotationOptions), Family = "geometry", Summary = "Turns an image around its centre by a random angle.")]
public sealed class RandomRotation(RandomRotationOptions options) : IAugmentation
{
    private readonly float[] _fill = [(float)options.Fill];

    /// <inheritdoc/>
    public int ParameterCount => 1;

    /// <inheritdoc/>
    public void Draw(ref CounterRandom random, ImageSize input, Span<float> parameters) =>
        parameters[0] = (float)random.Uniform(-options.Degrees, options.Degrees);

    /// <inheritdoc/>
    public void Apply(ImageBuffer image, ReadOnlySpan<float> parameters)
    {
        if (parameters[0] != 0)
        {
            ByteGeometry.Rotate(image, parameters[0], _fill);
        }
    }
}
