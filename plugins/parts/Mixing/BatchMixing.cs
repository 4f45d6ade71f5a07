namespace Parallax.Plugins.Parts;

/// <summary>Mixup and CutMix of a batch with itself in reverse order, one draw for all images.</summary>
/// <remarks>
/// Zhang et al., "mixup", ICLR 2018, https://arxiv.org/abs/1710.09412; Yun et al., "CutMix", ICCV 2019, https://arxiv.org/abs/1905.04899. Draws and labels
/// are those of timm's <c>Mixup</c> in mode batch with probability 1, which DeiT, BEiT and MAE fine-tune with. They come from the global generator, which the
/// trainer seeds at each step.
/// </remarks>
/// <param name="mixup">Both parameters of the Beta distribution of the share in mixup; 0 switches it off.</param>
/// <param name="cutMix">The same of the share that CutMix leaves; 0 switches it off.</param>
/// <param name="switchProbability">Probability of CutMix where both are on, a fraction in [0, 1].</param>
public sealed class BatchMixing(double mixup, double cutMix, double switchProbability)
{
    /// <summary>Mixes images, or clips: CutMix takes the same box of all frames.</summary>
    /// <param name="images">[N, C, H, W] or [N, C, T, H, W]; stays as it is.</param>
    /// <returns>The same shape, and the share of each image itself, a fraction in [0, 1]; the rest is the image's that stands as far from the end.</returns>
    public (Tensor Images, double Share) Mix(Tensor images)
    {
        if (mixup == 0 && cutMix == 0)
        {
            return (images, 1);
        }

        using var scope = NewDisposeScope();
        var uniform = rand([3], dtype: float64).data<double>().ToArray();
        var cuts = cutMix > 0 && (mixup == 0 || uniform[0] < switchProbability);
        var share = Share(cuts ? cutMix : mixup);
        if (!cuts)
        {
            return (Blend(images, share).MoveToOuterDisposeScope(), share);
        }

        var box = CutBox.Of((int)images.shape[^2], (int)images.shape[^1], share, uniform[1], uniform[2]);

        return (Cut(images, box).MoveToOuterDisposeScope(), box.ShareOutside);
    }

    /// <summary>Targets of mixed images.</summary>
    /// <param name="labels">[N] int64; a negative one is unknown, its image's part of the target is 0.</param>
    /// <param name="classes">Number of classes C.</param>
    /// <param name="share">Share of each image itself.</param>
    /// <param name="smoothing">Share of a target that is spread over all classes, a fraction in [0, 1).</param>
    /// <returns>[N, C] float32.</returns>
    public static Tensor Targets(Tensor labels, long classes, double share, double smoothing)
    {
        using var scope = NewDisposeScope();
        var known = (labels >= 0).to(float32).unsqueeze(1);                                                     // [N, 1]
        var hot = F.one_hot(labels.clamp(min: 0), classes).to(float32);                                         // [N, C]
        var own = ((hot * (1 - smoothing)) + (smoothing / classes)) * known;                                    // [N, C]

        return ((own * share) + (own.flip(0) * (1 - share))).MoveToOuterDisposeScope();
    }

    /// <summary>Cross-entropy with targets that are distributions, a mean over the images.</summary>
    /// <param name="logits">[N, C].</param>
    /// <param name="targets">[N, C].</param>
    /// <returns>Scalar, [], float32.</returns>
    public static Tensor Loss(Tensor logits, Tensor targets)
    {
        using var precision = Precision.Float32();

        return -(targets * logits.to(float32).log_softmax(1)).sum() / logits.shape[0];
    }

    /// <summary>share x + (1 - share) x in reverse order.</summary>
    internal static Tensor Blend(Tensor images, double share) => (images * share) + (images.flip(0) * (1 - share));

    /// <summary>A box of every image from the image in reverse order.</summary>
    internal static Tensor Cut(Tensor images, CutBox box)
    {
        var mixed = images.clone();
        using var other = images.flip(0);
        Part(mixed).copy_(Part(other));

        return mixed;

        Tensor Part(Tensor whole) => whole.narrow(-2, box.Top, box.Bottom - box.Top).narrow(-1, box.Left, box.Right - box.Left);
    }

    private static double Share(double parameter)
    {
        using var distribution = distributions.Beta(tensor(parameter, dtype: float64), tensor(parameter, dtype: float64));

        return distribution.sample().item<double>();
    }
}

/// <summary>What CutMix takes from the other image, in pixels.</summary>
/// <param name="Top">First row.</param>
/// <param name="Bottom">Behind the last row.</param>
/// <param name="Left">First column.</param>
/// <param name="Right">Behind the last column.</param>
/// <param name="ShareOutside">Share of the image outside of it.</param>
internal readonly record struct CutBox(int Top, int Bottom, int Left, int Right, double ShareOutside)
{
    /// <summary>A box of sides sqrt(1 - share) around a uniform centre, cut off at the edges.</summary>
    /// <param name="height">Of the image in pixels.</param>
    /// <param name="width">Of the image in pixels.</param>
    /// <param name="share">Share of the image outside a box that is not cut off.</param>
    /// <param name="row">Where the centre is, a fraction in [0, 1).</param>
    /// <param name="column">Where the centre is, a fraction in [0, 1).</param>
    public static CutBox Of(int height, int width, double share, double row, double column)
    {
        var ratio = Math.Sqrt(1 - share);
        var (top, bottom) = Side(height, (int)(height * ratio), (int)(row * height));
        var (left, right) = Side(width, (int)(width * ratio), (int)(column * width));

        return new(top, bottom, left, right, 1 - ((double)(bottom - top) * (right - left) / ((double)height * width)));
    }

    private static (int Start, int End) Side(int length, int cut, int centre) =>
        (Math.Clamp(centre - (cut / 2), 0, length), Math.Clamp(centre + (cut / 2), 0, length));
}
