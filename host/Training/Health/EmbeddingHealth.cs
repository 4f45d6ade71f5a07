namespace Parallax.Host.Training;

/// <summary>How the embeddings of one step spread, in numbers that do not depend on the method.</summary>
/// <param name="Spread">Mean standard deviation per dimension of the unit embeddings, times the root of their width: 1 when they fill the sphere evenly, 0 when
/// all are the same.</param>
/// <param name="EffectiveRank">RankMe: the exponential of the entropy of the singular values; from 1 to the smaller of rows and width.</param>
/// <param name="Rows">Rows that were looked at.</param>
/// <param name="Width">Width D of the embeddings.</param>
/// <param name="Uniformity">Logarithm of the mean of exp(-2 d²) over pairs; 0 when all are the same, about -4 when they fill the sphere.</param>
/// <param name="Alignment">Mean squared distance to what the embedding is pulled towards, from 0 to 4; null when the method does not show it.</param>
/// <param name="Usage">Share of the targets' columns in use: the exponential of the entropy of their mean, over their number; null without targets.</param>
/// <param name="TargetEntropy">Mean entropy of a target over the largest possible, a fraction in [0, 1]; null without targets.</param>
/// <param name="TargetWidth">Columns of the targets; 0 without.</param>
/// <remarks>
/// Spread: Chen and He, "Exploring Simple Siamese Representation Learning", CVPR 2021, section 4.1. Effective rank: Garrido et al., "RankMe", ICML 2023.
/// Alignment and uniformity: Wang and Isola, ICML 2020.
/// </remarks>
internal sealed record EmbeddingHealth(
    double Spread, double EffectiveRank, long Rows, long Width, double Uniformity, double? Alignment, double? Usage, double? TargetEntropy, long TargetWidth)
{
    private const int MostRows = 256;   // the spectrum of 256 rows takes some milliseconds, whatever the batch

    /// <summary>Looks at the embedding of a step; null when the method shows none, or fewer than two rows.</summary>
    public static EmbeddingHealth? Of(Tensor? embedding, Tensor? positive, Tensor? targets)
    {
        if (embedding is not { shape: [> 1, _] })
        {
            return null;
        }

        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        var z = Unit(embedding);                                  // [N, D]
        var (rows, width) = (z.shape[0], z.shape[1]);
        var cosines = z.matmul(z.t());                            // [N, N]
        var spread = z.std(0, unbiased: false).mean().item<float>() * Math.Sqrt(width);
        var potential = (cosines - 1).mul(4).exp();               // exp(-2 d²), d² = 2 - 2 cos
        var pairs = (potential.sum() - potential.trace()) / (rows * (rows - 1));

        var shares = targets is null ? null : Head(targets).clamp_min(1e-12);   // [N, K]

        return new(
            spread, EffectiveRankOf(rows <= width ? cosines : z.t().matmul(z)), rows, width, pairs.log().item<float>(),
            positive is null || !positive.shape.SequenceEqual(embedding.shape) ? null : (2 - (2 * (z * Unit(positive)).sum(1))).mean().item<float>(),
            shares is null ? null : Math.Exp(Entropy(shares.mean([0]))) / shares.shape[1],
            shares is null ? null : -(shares * shares.log()).sum(1).mean().item<float>() / Math.Log(shares.shape[1]),
            shares?.shape[1] ?? 0);
    }

    /// <summary>The numbers as metrics.</summary>
    public IEnumerable<(string Name, double Value)> Metrics()
    {
        yield return ("embedding/spread", Spread);
        yield return ("embedding/effective_rank", EffectiveRank);
        yield return ("embedding/uniformity", Uniformity);
        if (Alignment is { } alignment)
        {
            yield return ("embedding/alignment", alignment);
        }

        if (Usage is { } usage && TargetEntropy is { } entropy)
        {
            yield return ("targets/usage", usage);
            yield return ("targets/entropy", entropy);
        }
    }

    private static Tensor Unit(Tensor rows) => torch.nn.functional.normalize(Head(rows), dim: 1);

    private static Tensor Head(Tensor rows) => rows.narrow(0, 0, Math.Min(MostRows, rows.shape[0])).detach().to(torch.float32).cpu();

    // The eigenvalues of the Gram matrix are the squares of the singular values.
    private static double EffectiveRankOf(Tensor gram)
    {
        var singular = torch.linalg.eigvalsh(gram).clamp_min(0).sqrt();

        return Math.Exp(Entropy(singular / singular.sum().clamp_min(1e-12)));
    }

    private static double Entropy(Tensor shares)
    {
        var p = shares.clamp_min(1e-12);

        return -(p * p.log()).sum().item<float>();
    }
}
