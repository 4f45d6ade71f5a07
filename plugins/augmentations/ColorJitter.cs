using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Augmentations;

/// <summary>Settings of <c>color-jitter</c>.</summary>
public sealed record ColorJitterOptions
{
    /// <summary>Brightness is multiplied by a factor uniform in [max(0, 1 - b), 1 + b]. 0 leaves it alone. MoCo: 0.4.</summary>
    [Range(0.0, 10.0)]
    public double Brightness { get; init; } = 0.4;

    /// <summary>Contrast, around the mean grey value, is multiplied by a factor uniform in [max(0, 1 - c), 1 + c]. 0 leaves it alone. MoCo: 0.4.</summary>
    [Range(0.0, 10.0)]
    public double Contrast { get; init; } = 0.4;

    /// <summary>Saturation, the distance to grey, is multiplied by a factor uniform in [max(0, 1 - s), 1 + s]. 0 leaves it alone. MoCo: 0.4.</summary>
    [Range(0.0, 10.0)]
    public double Saturation { get; init; } = 0.4;

    /// <summary>Hue is turned by a share of the full circle uniform in [-h, h], a fraction in [0, 0.5]. 0 leaves it alone. MoCo v2: 0.1.</summary>
    [Range(0.0, 0.5)]
    public double Hue { get; init; } = 0.1;

    /// <summary>Share of images that are changed at all, a fraction in [0, 1]. 0.8 in all papers but MoCo v1, which has 1.</summary>
    [Range(0.0, 1.0)]
    public double Probability { get; init; } = 0.8;

    /// <summary>Whether each frame of a clip draws for itself; else all frames of a clip have the same draw. Images have one frame. Ours: no.</summary>
    public bool PerFrame { get; init; }
}

/// <summary>Changes brightness, contrast, saturation and hue, in random order, with a probability.</summary>
/// <remarks>
/// <para>torchvision's <c>RandomApply([ColorJitter(...)], p)</c> on float tensors: each of the first three blends and clips to [0, 1]; hue turns in HSV. Grey
/// images keep saturation and hue.</para>
/// <para>Row of decisions: the four operations in order (0 brightness, 1 contrast, 2 saturation, 3 hue), then the factors of brightness, contrast and
/// saturation (1 changes nothing) and the turn of hue (0 changes nothing). Always consumes 8 numbers.</para>
/// </remarks>
[Plugin("color-jitter", Options = typeof(ColorJitterOptions), Family = "color",
    Summary = "Changes brightness, contrast, saturation and hue, in random order, with a probability.")]
public sealed class ColorJitter(ColorJitterOptions options) : IAugmentation
{
    private const int Operations = 4, HueIndex = 3;

    /// <inheritdoc/>
    public int ParameterCount => 2 * Operations;

    /// <inheritdoc/>
    public bool DrawsPerFrame => options.PerFrame;

    /// <inheritdoc/>
    public void Draw(ref CounterRandom random, ImageSize input, Span<float> parameters)
    {
        var applied = random.Chance(options.Probability);
        var order = parameters[..Operations];
        var amounts = parameters[Operations..];
        for (var i = 0; i < Operations; i++)
        {
            order[i] = i;
        }

        for (var last = Operations - 1; last > 0; last--)
        {
            var other = random.Index(last + 1);
            (order[last], order[other]) = (order[other], order[last]);
        }

        amounts[0] = (float)Factor(ref random, options.Brightness);
        amounts[1] = (float)Factor(ref random, options.Contrast);
        amounts[2] = (float)Factor(ref random, options.Saturation);
        amounts[HueIndex] = (float)random.Uniform(-options.Hue, options.Hue);
        if (!applied)
        {
            amounts[..HueIndex].Fill(1);
            amounts[HueIndex] = 0;
        }
    }

    /// <inheritdoc/>
    public void Apply(ImageBuffer image, ReadOnlySpan<float> parameters)
    {
        foreach (var operation in parameters[..Operations])
        {
            var amount = parameters[Operations + (int)operation];
            if (amount == (operation == HueIndex ? 0 : 1))
            {
                continue;
            }

            switch ((int)operation)
            {
                case 0:
                    Pixels.ForEachValue(image.Pixels, new Blend(amount, other: 0));
                    break;
                case 1:
                    Pixels.ForEachValue(image.Pixels, new Blend(amount, Pixels.MeanGrey(image)));
                    break;
                case 2 when image.Channels == 3:
                    Pixels.ForEachColor(image, new Saturate(amount));
                    break;
                case HueIndex when image.Channels == 3:
                    Pixels.ForEachColor(image, new TurnHue(amount));
                    break;
            }
        }
    }

    private static double Factor(ref CounterRandom random, double range) => random.Uniform(Math.Max(0, 1 - range), 1 + range);
}
