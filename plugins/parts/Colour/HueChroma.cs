namespace Parallax.Plugins.Parts;

/// <summary>Hue and chroma of RGB, as classes or as histograms.</summary>
/// <remarks>Larsson et al., "Colorization as a Proxy Task for Visual Understanding", CVPR 2017, https://arxiv.org/abs/1703.04044, and its code.</remarks>
public static class HueChroma
{
    /// <summary>A value of 1 falls into the last bin.</summary>
    private const double BelowOne = 0.99999;

    /// <summary>Hue and chroma of every pixel.</summary>
    /// <param name="rgb">[N, 3, H, W] in [0, 1].</param>
    /// <returns>Hue as in HSV, in turns, 0 where there is no chroma; chroma, largest minus smallest of R, G and B. [N, H, W] float32 in [0, 1] each.</returns>
    public static (Tensor Hue, Tensor Chroma) Of(Tensor rgb)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var values = rgb.to(float32);
        var (r, g, b) = (values.select(1, 0), values.select(1, 1), values.select(1, 2));                  // [N, H, W] each
        var largest = values.amax([1]);
        var chroma = largest - values.amin([1]);                                                          // [N, H, W]
        var divisor = chroma.clamp_min(1e-12);
        var sixths = where(largest.eq(r), (g - b) / divisor, where(largest.eq(g), 2 + ((b - r) / divisor), 4 + ((r - g) / divisor)));
        var turns = sixths / 6;

        return ((turns - turns.floor()).MoveToOuterDisposeScope(), chroma.MoveToOuterDisposeScope());
    }

    /// <summary>The grey image that colours are predicted from: the mean of R, G and B.</summary>
    /// <param name="rgb">[N, 3, H, W].</param>
    /// <returns>[N, 1, H, W].</returns>
    public static Tensor Grey(Tensor rgb) => rgb.mean([1], keepdim: true);

    /// <summary>Bins of equal width.</summary>
    /// <param name="values">Hue or chroma, any shape, in [0, 1].</param>
    /// <param name="bins">Number of bins.</param>
    /// <returns>The same shape, int64 in [0, bins).</returns>
    public static Tensor Bins(Tensor values, int bins)
    {
        using var scope = NewDisposeScope();

        return (values * (bins * BelowOne)).floor().to(int64).MoveToOuterDisposeScope();
    }

    /// <summary>The colours that predictions stand for: the circular mean of hue, for which 0 and 1 are the same, and the mean of chroma.</summary>
    /// <param name="hueLogits">[..., bins].</param>
    /// <param name="chromaLogits">[..., bins].</param>
    /// <returns>[...] float32 in [0, 1] each.</returns>
    public static (Tensor Hue, Tensor Chroma) Decoded(Tensor hueLogits, Tensor chromaLogits)
    {
        using var precision = Precision.Float32();
        using var scope = NewDisposeScope();
        var bins = hueLogits.shape[^1];
        var centres = (arange(bins, dtype: float32, device: hueLogits.device) + 0.5f) / bins;             // [bins]
        var (hue, chroma) = (hueLogits.to(float32).softmax(-1), chromaLogits.to(float32).softmax(-1));    // [..., bins] each
        var angles = centres * (2 * Math.PI);
        var turns = (hue * angles.sin()).sum([-1]).atan2((hue * angles.cos()).sum([-1])) / (2 * Math.PI); // [...] in [-0.5, 0.5]

        return ((turns - turns.floor()).MoveToOuterDisposeScope(), (chroma * centres).sum([-1]).MoveToOuterDisposeScope());
    }

    /// <summary>RGB of hue, chroma and grey: the inverse of <see cref="Of"/> and <see cref="Grey"/>.</summary>
    /// <param name="hue">[N, H, W] in turns.</param>
    /// <param name="chroma">[N, H, W].</param>
    /// <param name="grey">[N, 1, H, W].</param>
    /// <returns>[N, 3, H, W] float32; what lies outside of [0, 1] is cut off.</returns>
    public static Tensor ToRgb(Tensor hue, Tensor chroma, Tensor grey)
    {
        using var scope = NewDisposeScope();
        var channels = Enumerable.Range(0, 3).Select(channel => hue - (channel / 3.0) + 0.5);             // half a turn at the channel's own hue
        var sixths = stack([.. channels.Select(turns => (turns - turns.floor() - 0.5).abs() * 6)], 1);    // [N, 3, H, W] in [0, 3]: from the channel's hue
        var shares = (2 - sixths).clamp(0, 1);                                                            // 1 for the largest channel, 0 for the smallest

        return (grey + (chroma.unsqueeze(1) * (shares - Grey(shares)))).clamp(0, 1).MoveToOuterDisposeScope();
    }

    /// <summary>Shares of bins among the pixels of a window.</summary>
    /// <param name="windows">Bins of pixels, [M, pixels] int64.</param>
    /// <param name="bins">Number of bins.</param>
    /// <returns>[M, bins] float32, rows add up to one.</returns>
    public static Tensor Histograms(Tensor windows, int bins)
    {
        using var scope = NewDisposeScope();

        return F.one_hot(windows, bins).to(float32).mean([1]).MoveToOuterDisposeScope();   // [M, bins]
    }
}
