namespace Parallax.Plugins.Parts;

/// <summary>Colours as classes: which of Q given colours a pixel has, for certain or as a distribution, and back.</summary>
/// <remarks>
/// Zhang et al., "Colorful Image Colorization", ECCV 2016, section 2, https://arxiv.org/abs/1603.08511, and its code. Maps are ab of Lab, [N, 2, h, w]; all
/// results are constants in float32.
/// </remarks>
public static class ColourClasses
{
    /// <summary>The nearest colour of every pixel.</summary>
    /// <param name="ab">[N, 2, h, w].</param>
    /// <param name="centres">[Q, 2].</param>
    /// <returns>[N, h, w] int64.</returns>
    public static Tensor Hard(Tensor ab, Tensor centres)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();

        return SquaredDistances(ab, centres).argmin(1).MoveToOuterDisposeScope();   // [N, h, w]
    }

    /// <summary>The nearest colours of every pixel, each with the weight exp(-d² / (2 σ²)) of its distance d; weights of a pixel add up to one. Of
    /// colours that are equally far, the first are taken.</summary>
    /// <param name="ab">[N, 2, h, w].</param>
    /// <param name="centres">[Q, 2].</param>
    /// <param name="neighbours">How many colours have a weight, at most Q.</param>
    /// <param name="sigma">Deviation σ in units of a and b, positive.</param>
    /// <returns>[N, Q, h, w] float32, 0 for all other colours.</returns>
    public static Tensor Soft(Tensor ab, Tensor centres, int neighbours, double sigma)
    {
        using var noGradients = no_grad();
        using var precision = Precision.Float32();
        using var scope = NewDisposeScope();
        var distances = SquaredDistances(ab, centres);                                              // [N, Q, h, w]
        var (nearest, places) = distances.topk(neighbours, 1, largest: false);                      // [N, k, h, w] each
        var weights = (nearest / (-2 * sigma * sigma)).softmax(1);                                  // [N, k, h, w]
        var (limit, share) = (nearest.narrow(1, neighbours - 1, 1), weights.narrow(1, neighbours - 1, 1));   // [N, 1, h, w] each
        var (atLimit, taken) = (distances.eq(limit), nearest.eq(limit));                            // which of them topk takes is open
        var first = atLimit.logical_and(atLimit.cumsum(1).le(taken.sum(1, keepdim: true)));         // [N, Q, h, w]
        var closer = zeros_like(distances).scatter_(1, places, weights.masked_fill(taken, 0));      // [N, Q, h, w]

        return where(first, share, closer).MoveToOuterDisposeScope();                               // [N, Q, h, w]
    }

    /// <summary>The colour that a distribution stands for: its mean after a softmax of low temperature, between mode (0) and mean (1).</summary>
    /// <param name="logits">[N, Q, h, w].</param>
    /// <param name="centres">[Q, 2].</param>
    /// <param name="temperature">Divisor of the logits, positive. Paper, equation (5): 0.38.</param>
    /// <returns>ab, [N, 2, h, w] float32.</returns>
    public static Tensor AnnealedMean(Tensor logits, Tensor centres, double temperature)
    {
        using var noGradients = no_grad();
        using var precision = Precision.Float32();
        using var scope = NewDisposeScope();
        var shares = (logits.to(float32) / temperature).softmax(1).permute(0, 2, 3, 1);             // [N, h, w, Q]

        return shares.matmul(centres.to(float32)).permute(0, 3, 1, 2).contiguous().MoveToOuterDisposeScope();   // [N, 2, h, w]
    }

    /// <summary>One pixel of each square of a map, the first, as the authors' code has it.</summary>
    /// <param name="map">[N, C, H, W].</param>
    /// <param name="stride">Side of the squares in pixels, positive.</param>
    /// <returns>[N, C, ⌈H / stride⌉, ⌈W / stride⌉].</returns>
    public static Tensor Every(Tensor map, int stride) => map[.., .., TensorIndex.Slice(step: stride), TensorIndex.Slice(step: stride)];

    // Differences instead of a product of matrices: ties between integers must not be rounded away. [N, Q, h, w]
    private static Tensor SquaredDistances(Tensor ab, Tensor centres)
    {
        using var precision = Precision.Float32();
        using var scope = NewDisposeScope();
        var (map, bins) = (ab.to(float32), centres.to(float32).view(1, -1, 2, 1, 1));               // [N, 2, h, w] and [1, Q, 2, 1, 1]
        var (a, b) = (map.narrow(1, 0, 1) - bins.select(2, 0), map.narrow(1, 1, 1) - bins.select(2, 1));   // [N, Q, h, w] each

        return a.mul_(a).add_(b.mul_(b)).MoveToOuterDisposeScope();
    }
}
