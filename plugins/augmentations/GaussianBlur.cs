using System.ComponentModel.DataAnnotations;
using System.Runtime.InteropServices;

namespace Parallax.Plugins.Augmentations;

/// <summary>Settings of <c>gaussian-blur</c>.</summary>
public sealed record GaussianBlurOptions : IValidatableObject
{
    /// <summary>Smallest standard deviation in pixels, above 0. 0.1 in all papers.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double SigmaMin { get; init; } = 0.1;

    /// <summary>Largest standard deviation in pixels. 2 in all papers.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double SigmaMax { get; init; } = 2;

    /// <summary>Share of images that are blurred, a fraction in [0, 1]. MoCo v2, SimCLR: 0.5; BYOL: 1 and 0.1.</summary>
    [Range(0.0, 1.0)]
    public double Probability { get; init; } = 0.5;

    /// <summary>
    /// Width of the kernel in pixels, odd; 0 (the default) makes it reach three standard deviations to each side.
    /// SimCLR, BYOL and SCE: 23 at 224 pixels. MoCo, SwAV, Barlow Twins: PIL's filter, which has no fixed width; take 0.
    /// </summary>
    [Range(0, 1023)]
    public int KernelSize { get; init; }

    /// <inheritdoc cref="ColorJitterOptions.PerFrame"/>
    public bool PerFrame { get; init; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var fault in RangeFaults.Of(SigmaMin, SigmaMax))
        {
            yield return fault;
        }

        if (KernelSize != 0 && KernelSize % 2 == 0)
        {
            yield return new($"kernelSize is {KernelSize}, but must be odd, or 0 to follow sigma. Try {KernelSize + 1}.", [nameof(KernelSize)]);
        }
    }
}

/// <summary>Blurs with a Gaussian of random width, with a probability.</summary>
/// <remarks>
/// <para>torchvision's <c>RandomApply([GaussianBlur(kernelSize, (sigmaMin, sigmaMax))], p)</c>: a sampled Gaussian that sums to 1, borders reflected without
/// repeating the edge pixel.</para>
/// <para>Row of decisions: the standard deviation in pixels, 0 when not blurred. Always consumes 2 numbers.</para>
/// <para>Differs from torchvision: a kernel wider than the image reflects again and again, where torch refuses. Differs from PIL: PIL approximates the Gaussian
/// by box filters.</para>
/// </remarks>
[Plugin("gaussian-blur", Options = typeof(GaussianBlurOptions), Family = "filter", Summary = "Blurs with a Gaussian of random width, with a probability.")]
public sealed class GaussianBlur(GaussianBlurOptions options) : IAugmentation
{
    /// <inheritdoc/>
    public int ParameterCount => 1;

    /// <inheritdoc/>
    public bool DrawsPerFrame => options.PerFrame;

    /// <inheritdoc/>
    public void Draw(ref CounterRandom random, ImageSize input, Span<float> parameters)
    {
        var applied = random.Chance(options.Probability);
        var sigma = (float)random.Uniform(options.SigmaMin, options.SigmaMax);
        parameters[0] = applied ? sigma : 0;
    }

    /// <inheritdoc/>
    public void Apply(ImageBuffer image, ReadOnlySpan<float> parameters)
    {
        var sigma = parameters[0];
        if (sigma == 0)
        {
            return;
        }

        var radius = options.KernelSize > 0 ? options.KernelSize / 2 : (int)Math.Ceiling(3 * sigma);
        var (height, width) = (image.Height, image.Width);
        var taps = (2 * radius) + 1;
        var memory = image.Scratch((3 * taps) + width + (2 * radius) + (height * width));
        var kernel = memory[..taps];
        var rowStarts = MemoryMarshal.Cast<float, int>(memory.Slice(taps, taps));
        var shifts = MemoryMarshal.Cast<float, int>(memory.Slice(2 * taps, taps));
        var padded = memory.Slice(3 * taps, width + (2 * radius));
        var blurred = memory[((3 * taps) + padded.Length)..];

        FillKernel(kernel, sigma);
        for (var tap = 0; tap < taps; tap++)
        {
            shifts[tap] = tap;
        }

        for (var channel = 0; channel < image.Channels; channel++)
        {
            var plane = image.Plane(channel);
            for (var y = 0; y < height; y++)
            {
                for (var tap = 0; tap < taps; tap++)
                {
                    rowStarts[tap] = Mirror(y + tap - radius, height) * width;
                }

                ShiftedSum.Compute(plane, rowStarts, kernel, blurred.Slice(y * width, width));
            }

            for (var y = 0; y < height; y++)
            {
                Reflect(blurred.Slice(y * width, width), padded);
                ShiftedSum.Compute(padded, shifts, kernel, plane.Slice(y * width, width));
            }
        }

        Pixels.ForEachValue(image.Pixels, default(ClipToUnit));   // the kernel sums to 1 only up to rounding
    }

    private static void FillKernel(Span<float> kernel, double sigma)
    {
        var radius = kernel.Length / 2;
        var total = 0.0;
        for (var offset = -radius; offset <= radius; offset++)
        {
            total += Math.Exp(-0.5 * offset * offset / (sigma * sigma));
        }

        for (var offset = -radius; offset <= radius; offset++)
        {
            kernel[offset + radius] = (float)(Math.Exp(-0.5 * offset * offset / (sigma * sigma)) / total);
        }
    }

    private static void Reflect(ReadOnlySpan<float> source, Span<float> padded)
    {
        var radius = (padded.Length - source.Length) / 2;
        source.CopyTo(padded[radius..]);
        for (var i = 0; i < radius; i++)
        {
            padded[i] = source[Mirror(i - radius, source.Length)];
            padded[radius + source.Length + i] = source[Mirror(source.Length + i, source.Length)];
        }
    }

    // Index after reflection at both ends, as often as needed; the edge pixel is not repeated.
    private static int Mirror(int index, int length)
    {
        if ((uint)index < (uint)length)
        {
            return index;
        }

        if (length == 1)
        {
            return 0;
        }

        var period = 2 * (length - 1);
        index = ((index % period) + period) % period;

        return index < length ? index : period - index;
    }
}
