using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Augmentations;

/// <summary>Settings of <c>paired-colors</c>.</summary>
public sealed record PairedColorsOptions
{
    /// <summary>Which of the two views this one is, from 0. Ours: the first.</summary>
    [Range(0, 1)]
    public int View { get; init; }

    /// <summary>Share of the samples whose two views differ in what they show, a fraction in [0, 1]: that of the sampler of clips. CoCLR, code: 0.5.</summary>
    [Range(0.0, 1.0)]
    public double OtherClipShare { get; init; } = 0.5;

    /// <summary>Share of the views that are changed in such samples, a fraction in [0, 1]. CoCLR, code: 0.3.</summary>
    [Range(0.0, 1.0)]
    public double Share { get; init; } = 0.3;

    /// <summary>As in <c>color-jitter</c>. CoCLR, code: 0.4.</summary>
    [Range(0.0, 10.0)]
    public double Brightness { get; init; } = 0.4;

    /// <summary>As in <c>color-jitter</c>. CoCLR, code: 0.4.</summary>
    [Range(0.0, 10.0)]
    public double Contrast { get; init; } = 0.4;

    /// <summary>As in <c>color-jitter</c>. CoCLR, code: 0.4.</summary>
    [Range(0.0, 10.0)]
    public double Saturation { get; init; } = 0.4;

    /// <summary>As in <c>color-jitter</c>. CoCLR, code: 0.1.</summary>
    [Range(0.0, 0.5)]
    public double Hue { get; init; } = 0.1;

    /// <summary>Share of the changed views that are jittered, a fraction in [0, 1]. CoCLR, code: 0.8.</summary>
    [Range(0.0, 1.0)]
    public double JitterProbability { get; init; } = 0.8;

    /// <summary>Share of the changed views that keep one colour channel, a fraction in [0, 1]. CoCLR, code: 0.2.</summary>
    [Range(0.0, 1.0)]
    public double ChannelProbability { get; init; } = 0.2;

    /// <summary>Share of the changed views that are blurred with 0.1 to 2 pixels, a fraction in [0, 1]. CoCLR, code: 0.5.</summary>
    [Range(0.0, 1.0)]
    public double BlurProbability { get; init; } = 0.5;
}

/// <summary>Changes the colours of one or both of two views: where both show the same clip, those of one; else those of each with a probability.</summary>
/// <remarks>
/// <para>Han et al., "Self-supervised Co-training for Video Representation Learning", NeurIPS 2020, https://arxiv.org/abs/2010.09709, as in the authors' code:
/// jitter, one random channel in place of all three, blur. Differs from it: there the channel is drawn for each frame.</para>
/// <para>Row of decisions: 1 when changed, else 0; 1 when one channel is kept, else 0; which channel; then the rows of <c>color-jitter</c> and
/// <c>gaussian-blur</c>. Always consumes 13 numbers of the view, and two that both views and the sampler of their clips share.</para>
/// </remarks>
[Plugin("paired-colors", Options = typeof(PairedColorsOptions), Family = "policy", Summary = "Changes the colours of one or both of two views of a video.")]
public sealed class PairedColors(PairedColorsOptions options) : IAugmentation
{
    private const int Own = 3, Channels = 3;

    private readonly ColorJitter _jitter = new(new()
    {
        Brightness = options.Brightness, Contrast = options.Contrast, Saturation = options.Saturation, Hue = options.Hue,
        Probability = options.JitterProbability,
    });

    private readonly GaussianBlur _blur = new(new() { Probability = options.BlurProbability });

    /// <inheritdoc/>
    public int ParameterCount => Own + _jitter.ParameterCount + 1;

    /// <inheritdoc/>
    public void Draw(ref CounterRandom random, ImageSize input, Span<float> parameters)
    {
        var pair = random.OfView((int)RandomPurpose.Pair);
        var differ = pair.Chance(options.OtherClipShare);   // the first number, which the sampler of clips draws too
        var changed = pair.Chance(0.5) ? 1 : 0;
        var own = random.Chance(options.Share);
        parameters[0] = (differ ? own : changed == options.View) ? 1 : 0;
        parameters[1] = random.Flag(options.ChannelProbability);
        parameters[2] = random.Index(Channels);
        _jitter.Draw(ref random, input, parameters[Own..^1]);
        _blur.Draw(ref random, input, parameters[^1..]);
    }

    /// <inheritdoc/>
    public void Apply(ImageBuffer image, ReadOnlySpan<float> parameters)
    {
        if (parameters[0] == 0)
        {
            return;
        }

        _jitter.Apply(image, parameters[Own..^1]);
        if (parameters[1] != 0 && image.Channels == Channels)
        {
            KeepChannel(image, (int)parameters[2]);
        }

        _blur.Apply(image, parameters[^1..]);
    }

    private static void KeepChannel(ImageBuffer image, int kept)
    {
        for (var channel = 0; channel < Channels; channel++)
        {
            if (channel != kept)
            {
                image.Plane(kept).CopyTo(image.Plane(channel));
            }
        }
    }
}
