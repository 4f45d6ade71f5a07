namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>What the papers' equations are made of, in float64. Nothing here or in the tests of steps calls a loss of the product.</summary>
internal static class Equations
{
    /// <summary>Rows of length one.</summary>
    public static Tensor Unit(Tensor z)
    {
        var rows = z.to(float64);

        return rows / rows.square().sum(1, keepdim: true).sqrt();
    }

    /// <summary>Cosine of row i of <paramref name="a"/> with row j of <paramref name="b"/>, [N, M].</summary>
    public static Tensor Cosines(Tensor a, Tensor b) => Unit(a).matmul(Unit(b).t());

    /// <summary>Cosine of row i with row i, [N].</summary>
    public static Tensor PairCosines(Tensor a, Tensor b) => (Unit(a) * Unit(b)).sum(1);

    /// <summary>Rows that add up to one.</summary>
    public static Tensor Softmax(Tensor logits) => logits.exp() / logits.exp().sum(1, keepdim: true);

    /// <summary>-sum over j of target_ij log softmax(logits_i)_j, mean over i.</summary>
    public static Tensor CrossEntropy(Tensor targets, Tensor logits) => -(targets * Softmax(logits).log()).sum(1).mean();

    /// <summary>-log( exp(p_i) / (exp(p_i) + sum over j of exp(n_ij)) ), mean over i; n_ij may be minus infinity.</summary>
    public static Tensor InfoNCE(Tensor positives, Tensor negatives) => -(positives.exp() / (positives.exp() + negatives.exp().sum(1))).log().mean();

    /// <summary>Cross-entropy of square logits whose right answers are on the diagonal.</summary>
    public static Tensor Diagonal(Tensor logits) => -Softmax(logits).diagonal().log().mean();

    /// <summary>KL(p || q), mean over the rows of probabilities.</summary>
    public static Tensor Divergence(Tensor p, Tensor q) => (p * (p.log() - q.log())).sum(1).mean();

    /// <summary>1 - entropy / ln(candidates), mean over the rows.</summary>
    public static Tensor Confidence(Tensor p, long candidates) => 1 + ((p * p.log()).nan_to_num(0).sum(1) / Math.Log(candidates)).mean();

    /// <summary>Share of rows whose positive is above all negatives.</summary>
    public static Tensor Wins(Tensor positives, Tensor negatives) => (positives > negatives.amax([1])).to(float64).mean();

    /// <summary>NT-Xent, by loops over the 2N anchors: each must find the other view of its image among all other embeddings.</summary>
    public static Tensor NTXent(Tensor za, Tensor zb, double temperature) =>
        MeanOverAnchors(za, zb, temperature, (s, own, other) => -(s[other].exp() / (s.exp().sum() - s[own].exp())).log());

    /// <summary>Mean over both views of a loss of one anchor: logits with all 2N embeddings, own place, place of the image's other view.</summary>
    public static Tensor MeanOverAnchors(Tensor za, Tensor zb, double temperature, Func<Tensor, long, long, Tensor> loss)
    {
        var n = za.shape[0];
        var z = cat([Unit(za), Unit(zb)], 0);
        var s = z.matmul(z.t()) / temperature;

        return stack([.. Enumerable.Range(0, (int)(2 * n)).Select(i => loss(s[i], i, (i + n) % (2 * n)))]).mean();
    }
}
