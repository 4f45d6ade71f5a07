namespace Parallax.Plugins.Parts;

/// <summary>Which way ReLIC's divergence between two distributions over images is measured.</summary>
public enum ReLICInvariance
{
    /// <summary>KL(first || second).</summary>
    FirstToSecond,

    /// <summary>KL(second || first).</summary>
    SecondToFirst,

    /// <summary>Both, added.</summary>
    Symmetric,
}

/// <summary>The two parts of ReLIC's loss: contrastive + weight * invariance.</summary>
/// <param name="Contrastive">Each embedding must find its image, scalar, [].</param>
/// <param name="Invariance">Divergence between distributions of different views, scalar, [].</param>
public readonly record struct ReLICTerms(Tensor Contrastive, Tensor Invariance)
{
    /// <summary>The loss, scalar, [].</summary>
    /// <param name="weight">Weight alpha of the invariance.</param>
    public Tensor Weighted(double weight) => Contrastive + (Invariance * weight);

    /// <summary>Both parts to log.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics => [new("contrastive", Contrastive), new("invariance", Invariance)];

    /// <summary>Both parts added.</summary>
    /// <param name="other">The terms of another pair of views.</param>
    public ReLICTerms Plus(ReLICTerms other) => new(Contrastive + other.Contrastive, Invariance + other.Invariance);

    /// <summary>Both parts averaged.</summary>
    /// <param name="pairs">The terms of all pairs of views, at least one.</param>
    public static ReLICTerms Mean(IReadOnlyList<ReLICTerms> pairs) =>
        new(stack([.. pairs.Select(pair => pair.Contrastive)]).mean(), stack([.. pairs.Select(pair => pair.Invariance)]).mean());
}

/// <summary>Instance discrimination whose answer must not depend on the augmentation: a contrastive loss and a KL divergence between its
/// distributions.</summary>
/// <remarks>
/// <para>Mitrovic et al., "Representation Learning via Invariant Causal Mechanisms", ICLR 2021, equation (3), https://arxiv.org/abs/2010.07922, and
/// Tomasev et al., "Pushing the Limits of Self-supervised ResNets", 2022, https://arxiv.org/abs/2201.05119.</para>
/// <para>No training code of the authors is public. Which way the divergence goes and where gradients stop is therefore an option.</para>
/// </remarks>
public static class ReLICLoss
{
    /// <summary>The loss between two views. The first distribution asks the first view's online embeddings for images of the second view's targets; the second
    /// asks the other way round.</summary>
    /// <param name="o1">Online embeddings of the first view, [N, D]; normalised here.</param>
    /// <param name="o2">Online embeddings of the second view, [N, D].</param>
    /// <param name="t1">Target embeddings of the first view, [N, D]; normalised and detached here.</param>
    /// <param name="t2">Target embeddings of the second view, [N, D].</param>
    /// <param name="temperature">Divisor of the cosines, positive.</param>
    /// <param name="invariance">Which way the divergence goes.</param>
    /// <param name="stopGradient">Whether the left side of each divergence, the reference, is a constant.</param>
    /// <returns>The contrastive losses of both views, added, and the divergence per image.</returns>
    /// <exception cref="ArgumentException">The shapes differ or are not [N, D].</exception>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not a positive number.</exception>
    public static ReLICTerms TwoViews(Tensor o1, Tensor o2, Tensor t1, Tensor t2, double temperature, ReLICInvariance invariance, bool stopGradient)
    {
        Rows.RequireSame(o1, nameof(o1), t2, nameof(t2));
        Rows.RequireSame(o2, nameof(o2), t1, nameof(t1));
        Rows.RequireSame(o1, nameof(o1), o2, nameof(o2));
        using var precision = Precision.Float32();
        var first = SoftTargets.Logits(o1, Rows.Unit(t2), temperature);    // [N, N]
        var second = SoftTargets.Logits(o2, Rows.Unit(t1), temperature);   // [N, N]
        var own = arange(o1.shape[0], dtype: int64, device: o1.device);    // [N]

        return new(F.cross_entropy(first, own) + F.cross_entropy(second, own), Divergence(first, second, invariance, stopGradient));
    }

    /// <summary>The loss of one online view against one target view. The first distribution is of an online embedding over the targets of some images, the
    /// second of the target embedding over the online embeddings of the same images.</summary>
    /// <param name="online">Online embeddings, [N, D]; normalised here.</param>
    /// <param name="target">Target embeddings, [N, D]; row i shows the same image as row i of <paramref name="online"/>; normalised and detached here.</param>
    /// <param name="negatives">Rows that serve as negatives of each row, in both distributions, [N, E] int64, see <see cref="DrawNegatives"/>; null takes all
    /// other rows.</param>
    /// <param name="temperature">Divisor of the cosines, positive.</param>
    /// <param name="invariance">Which way the divergence goes.</param>
    /// <param name="stopGradient">Whether the left side of each divergence, the reference, is a constant.</param>
    /// <returns>The contrastive loss of the online view and the divergence per image.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not a positive number.</exception>
    public static ReLICTerms Pair(Tensor online, Tensor target, Tensor? negatives, double temperature, ReLICInvariance invariance, bool stopGradient)
    {
        Rows.RequireSame(online, nameof(online), target, nameof(target));
        using var precision = Precision.Float32();
        var logits = SoftTargets.Logits(online, Rows.Unit(target), temperature);          // [N, N]: online i, target j
        var own = arange(online.shape[0], dtype: int64, device: online.device);           // [N]
        if (negatives is null)
        {
            return new(F.cross_entropy(logits, own), Divergence(logits, logits.t(), invariance, stopGradient));
        }

        var images = cat([own.unsqueeze(1), negatives.to(online.device)], 1);             // [N, 1 + E], the positive first
        var first = logits.gather(1, images);                                             // [N, 1 + E]
        var second = logits.t().gather(1, images);                                        // [N, 1 + E], the same images

        return new(InfoNCELoss.FromLogits(first), Divergence(first, second, invariance, stopGradient));
    }

    /// <summary>Other images of the batch for each image, uniformly and without repetition.</summary>
    /// <param name="images">Images N of the batch, at least 2.</param>
    /// <param name="count">Negatives E per image, from 1 to N - 1.</param>
    /// <param name="generator">Random numbers, on the CPU.</param>
    /// <returns>[N, E] int64 on the CPU; row i does not contain i.</returns>
    /// <exception cref="ArgumentOutOfRangeException">E is not in [1, N - 1].</exception>
    public static Tensor DrawNegatives(long images, int count, Generator generator)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(count, images);
        using var noGradients = no_grad();
        var order = rand([images, images], dtype: float32, generator: generator) + eye(images);   // [N, N], an image comes last in its own row

        return order.topk(count, 1, largest: false).indexes;
    }

    /// <summary>Divergence between two distributions given by their logits, mean over the rows.</summary>
    private static Tensor Divergence(Tensor first, Tensor second, ReLICInvariance invariance, bool stopGradient)
    {
        var (p, q) = (first.log_softmax(1), second.log_softmax(1));

        return invariance switch
        {
            ReLICInvariance.FirstToSecond => Divergence(p, q, stopGradient),
            ReLICInvariance.SecondToFirst => Divergence(q, p, stopGradient),
            _ => Divergence(p, q, stopGradient) + Divergence(q, p, stopGradient),
        };
    }

    private static Tensor Divergence(Tensor reference, Tensor other, bool stopGradient)
    {
        var left = stopGradient ? reference.detach() : reference;

        return (left.exp() * (left - other)).sum(1).mean();   // []
    }
}
