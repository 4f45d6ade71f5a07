namespace Parallax.Plugins.Evaluators;

/// <summary>How maps of any layer come to about as many numbers for a linear classifier: each published convention.</summary>
public enum MapPooling
{
    /// <summary>Means over equal parts of the map: mmselfsup.</summary>
    AdaptiveAverage,

    /// <summary>Maxima over equal parts of the map: RotNet.</summary>
    AdaptiveMax,

    /// <summary>Means over windows side by side, with zeros around the map where they do not fit: DeepCluster.</summary>
    PaddedAverage,

    /// <summary>Maxima over the same windows: SeLa.</summary>
    PaddedMax,

    /// <summary>Means over windows that overlap by more than half: VISSL.</summary>
    OverlappingAverage,

    /// <summary>Bilinear interpolation: Zhang et al.</summary>
    Bilinear,

    /// <summary>Maxima over windows side by side, of maps that have more numbers only; what is left at the border is not seen: Kolesnikov et al.</summary>
    MaxIfLarger,
}

/// <summary>Pools the maps of one layer.</summary>
/// <param name="Kind">Which convention.</param>
/// <param name="Kernel">Side of a window; for interpolation and adaptive pooling 0.</param>
/// <param name="Stride">Distance of windows; 0 likewise.</param>
/// <param name="Padding">Zeros around the map.</param>
/// <param name="Side">Side of the result.</param>
public sealed record MapPool(MapPooling Kind, int Kernel, int Stride, int Padding, int Side)
{
    // VISSL's windows, by side and channels after pooling: ResNet-50's conv1 and stages, AlexNet's convolutions.
    private static readonly Dictionary<(int Side, int Pooled), (int Kernel, int Stride, int Padding)> _visslWindows = new()
    {
        [(112, 12)] = (10, 10, 4), [(56, 6)] = (16, 8, 0), [(28, 4)] = (13, 5, 0), [(14, 3)] = (8, 3, 0), [(7, 2)] = (6, 1, 0),
        [(55, 10)] = (19, 4, 0), [(27, 6)] = (12, 3, 0), [(13, 5)] = (9, 1, 0), [(13, 6)] = (8, 1, 0),
    };

    /// <summary>The pooling of maps.</summary>
    /// <param name="kind">Which convention.</param>
    /// <param name="channels">Channels of the map.</param>
    /// <param name="side">Side of the map.</param>
    /// <param name="most">Numbers that a pooled map has at most.</param>
    /// <remarks>
    /// All but Kolesnikov's pool to the largest side s with s² channels of at most <paramref name="most"/> numbers; with 9600 that gives the sides that papers
    /// print for AlexNet and ResNet-50. Their windows are those printed, and on other maps follow the same rule.
    /// </remarks>
    public static MapPool Of(MapPooling kind, int channels, int side, int most)
    {
        if (kind == MapPooling.MaxIfLarger)
        {
            var (kernel, left) = Rule(side, channels, most);

            return new(kind, kernel, kernel, 0, left);
        }

        var target = Math.Clamp((int)Math.Sqrt((double)most / channels), 1, side);

        return kind switch
        {
            MapPooling.PaddedAverage or MapPooling.PaddedMax => Padded(kind, side, target),
            MapPooling.OverlappingAverage => Overlapping(side, target),
            _ => new(kind, 0, 0, 0, target),
        };
    }

    /// <summary>Kolesnikov's rule: kernel and stride ceil(sqrt(side² channels / most)), within [1, side]; whole windows only.</summary>
    /// <remarks>Kolesnikov et al., CVPR 2019, https://arxiv.org/abs/1901.09005, and its code (<c>adaptive_pool</c>).</remarks>
    /// <param name="side">Side of the map.</param>
    /// <param name="channels">Channels of the map.</param>
    /// <param name="most">Numbers above which a map is pooled.</param>
    /// <returns>Kernel, and side of the result.</returns>
    public static (int Kernel, int Side) Rule(int side, int channels, int most)
    {
        var numbers = (double)side * side * channels;
        var kernel = numbers <= most ? 1 : Math.Clamp((int)Math.Ceiling(Math.Sqrt(numbers / most)), 1, side);

        return (kernel, side / kernel);
    }

    /// <summary>Pools.</summary>
    /// <param name="map">[N, C, H, H].</param>
    /// <returns>[N, C, <see cref="Side"/>, <see cref="Side"/>].</returns>
    public Tensor Apply(Tensor map) => Kind switch
    {
        MapPooling.AdaptiveAverage => F.adaptive_avg_pool2d(map, Side),
        MapPooling.AdaptiveMax => AdaptiveMaxPool2d([Side, Side]).call(map),
        MapPooling.Bilinear => F.interpolate(map, [Side, Side], mode: InterpolationMode.Bilinear, align_corners: false),
        MapPooling.PaddedAverage or MapPooling.OverlappingAverage =>
            F.avg_pool2d(map, [Kernel, Kernel], [Stride, Stride], [Padding, Padding]),
        _ => F.max_pool2d(map, [Kernel, Kernel], [Stride, Stride], [Padding, Padding]),
    };

    // The smallest window of which at most as many fit as are wanted; then as many zeros around the map as one more needs, at most half a window.
    private static MapPool Padded(MapPooling kind, int side, int target)
    {
        var kernel = Enumerable.Range(1, side).First(kernel => side / kernel <= target);
        var padding = Math.Min(kernel / 2, Math.Max(0, ((kernel * target) - side + 1) / 2));

        return new(kind, kernel, kernel, padding, ((side + (2 * padding) - kernel) / kernel) + 1);
    }

    private static MapPool Overlapping(int side, int target)
    {
        var stride = Math.Max(1, side / (target + 1));
        var (kernel, step, padding) = _visslWindows.GetValueOrDefault((side, target), (side - ((target - 1) * stride), stride, 0));

        return new(MapPooling.OverlappingAverage, kernel, step, padding, target);
    }
}
