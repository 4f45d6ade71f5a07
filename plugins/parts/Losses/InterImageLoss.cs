namespace Parallax.Plugins.Parts;

/// <summary>How a margin changes the similarity of a positive.</summary>
public enum MarginKind
{
    /// <summary>cos(theta) - m.</summary>
    Cosine,

    /// <summary>cos(theta + m), continued by a straight line where that would no longer fall with theta.</summary>
    Arc,
}

/// <summary>InfoNCE between images: a query must find the feature of another image of its cluster among features of other clusters.</summary>
/// <remarks>
/// Xie et al., "Delving into Inter-Image Invariance for Unsupervised Visual Representations", IJCV 2022, section 3.4, https://arxiv.org/abs/2008.11702.
/// The margin acts before the division by the temperature; a negative one makes the task easier. Only the queries carry gradients.
/// </remarks>
public static class InterImageLoss
{
    private const double SmallestSquaredSine = 1e-12;   // the slope of a root is infinite at zero

    /// <summary>Similarities of each query with its positive, changed by the margin, then with its negatives, divided by the temperature.</summary>
    /// <param name="q">Queries, [N, D]; normalised here.</param>
    /// <param name="positives">[N, D], rows of length one.</param>
    /// <param name="negatives">[N, n, D], rows of length one.</param>
    /// <param name="temperature">Divisor, positive.</param>
    /// <param name="kind">What the margin is subtracted from or added to.</param>
    /// <param name="margin">Margin m, of a cosine or in radians; 0 changes nothing.</param>
    /// <returns>[N, 1 + n] float32, the positive in column 0; <see cref="InfoNCELoss.FromLogits"/> makes the loss of it.</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not a positive number.</exception>
    public static Tensor Logits(Tensor q, Tensor positives, Tensor negatives, double temperature, MarginKind kind, double margin)
    {
        Rows.RequireSame(q, nameof(q), positives, nameof(positives));
        Rows.RequireTemperature(temperature);
        using var precision = Precision.Float32();

        var unit = Rows.Unit(q);                                                                    // [N, D]
        var cosine = (unit * positives.detach()).sum(1, keepdim: true);                             // [N, 1]
        var positive = kind == MarginKind.Cosine ? cosine - margin : ArcMargin(cosine, margin);     // [N, 1]
        var negative = negatives.detach().matmul(unit.unsqueeze(2)).squeeze(2);                     // [N, n]

        return cat([positive, negative], 1) / temperature;
    }

    private static Tensor ArcMargin(Tensor cosine, double margin)
    {
        var sine = (1 - cosine.square()).clamp_min(SmallestSquaredSine).sqrt();
        var turned = (cosine * Math.Cos(margin)) - (sine * Math.Sin(margin));
        var straight = cosine - (Math.Abs(margin) * Math.Sin(margin));
        var falls = margin < 0 ? cosine < Math.Cos(margin) : cosine > -Math.Cos(margin);   // theta + m lies in [0, pi]

        return where(falls, turned, straight);
    }
}
