using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Logging;

namespace Parallax.Plugins.Evaluators;

/// <summary>How a neighbour votes.</summary>
public enum KnnWeighting
{
    /// <summary>By exp(cosine / T): Wu et al.</summary>
    Exponential,

    /// <summary>All alike.</summary>
    Uniform,
}

/// <summary>Settings of the weighted kNN protocol, <c>evaluation.knn</c> of a recipe.</summary>
public sealed record KnnOptions
{
    /// <summary>Neighbours k that vote; all of them where the bank is smaller. DINO: 20.</summary>
    [Range(1, 1_000_000)]
    public int Neighbours { get; init; } = 20;

    /// <summary>Divisor T of the cosines: a neighbour votes exp(cosine / T), which would overflow far below the smallest T. DINO: 0.07.</summary>
    [Range(0.02, 100.0)]
    public double Temperature { get; init; } = 0.07;

    /// <summary>How neighbours vote: exponential, by exp(cosine / T), or uniform, all alike and without a temperature. Wu et al.: exponential.</summary>
    public KnnWeighting Weighting { get; init; } = KnnWeighting.Exponential;

    /// <summary>Whether features are given the length 1. Without it similarities are plain products, as VISSL has them for features that have that length
    /// already. Wu et al.: yes.</summary>
    public bool Normalise { get; init; } = true;

    /// <summary>Whether the training images are asked about each other, each without itself, and held-out images play no part; the number is called
    /// leave-one-out-accuracy then. Wu et al.: no.</summary>
    public bool LeaveOneOut { get; init; }

    /// <summary>What it looks at: pooled (what the backbone returns), class, mean (of the patch tokens) or both, one behind the other. Ours: pooled.</summary>
    public FeatureTokens Tokens { get; init; } = FeatureTokens.Pooled;
}

/// <summary>Weighted kNN: under its own name with k and T as given, under the names of protocols with theirs.</summary>
/// <remarks>
/// Wu et al., CVPR 2018, section 3.4, https://arxiv.org/abs/1805.01978. <c>knn-instdisc</c> is theirs, section 4.1;
/// <c>knn-dino</c> that of Caron et al., ICCV 2021, section 4.1, https://arxiv.org/abs/2104.14294;
/// <c>knn-lightly</c> the kNN monitor of MoCo's CIFAR demo, which the lightly library took over. <c>knn-1</c> and
/// <c>knn-10</c> complete the numbers of neighbours that papers report: 1, 10, 20 (<c>knn-dino</c>) and 200 (<c>knn-instdisc</c>).
/// <c>knn-class</c>, <c>knn-mean</c> and <c>knn-both</c> have
/// DINO's numbers on other features: class token, mean of the patch tokens, and both as one row, each behind the final normalisation.
/// Features are normalised; the bank is the un-augmented training split. See <see cref="WeightedKnn"/>. The names have these numbers alone; uniform votes,
/// features as they are and leaving one out are options of <c>knn</c>.
/// </remarks>
/// <param name="logger">Told when the bank is smaller than k.</param>
/// <param name="options">Neighbours and temperature.</param>
[Plugin("knn", Revision = 2, Options = typeof(KnnOptions), Summary = "Weighted kNN, cosine, k and T as given.", Family = "knn",
    Paper = InstDisc, Authors = InstDiscAuthors, Venue = "CVPR", Year = 2018, ArXiv = InstDiscArXiv)]
[Plugin("knn-dino", Revision = 2, Family = "knn", Options = typeof(KnnOptions), Preset = "{neighbours: 20, temperature: 0.07}",
    Summary = "Weighted kNN, cosine, k = 20, T = 0.07.",
    Paper = "Emerging Properties in Self-Supervised Vision Transformers", Authors = "Caron, Touvron, Misra, Jegou, Mairal, Bojanowski, Joulin",
    Venue = "ICCV", Year = 2021, ArXiv = "2104.14294")]
[Plugin("knn-instdisc", Revision = 2, Family = "knn", Options = typeof(KnnOptions), Preset = "{neighbours: 200, temperature: 0.07}",
    Summary = "Weighted kNN, cosine, k = 200, T = 0.07.",
    Paper = InstDisc, Authors = InstDiscAuthors, Venue = "CVPR", Year = 2018, ArXiv = InstDiscArXiv)]
[Plugin("knn-lightly", Revision = 2, Family = "knn", Options = typeof(KnnOptions), Preset = "{neighbours: 200, temperature: 0.1}",
    Summary = "Weighted kNN, cosine, k = 200, T = 0.1.",
    Paper = InstDisc, Authors = InstDiscAuthors, Venue = "CVPR", Year = 2018, ArXiv = InstDiscArXiv)]
[Plugin("knn-1", Revision = 2, Family = "knn", Options = typeof(KnnOptions), Preset = "{neighbours: 1, temperature: 0.07}",
    Summary = "Nearest neighbour, cosine: k = 1.")]
[Plugin("knn-10", Revision = 2, Family = "knn", Options = typeof(KnnOptions), Preset = "{neighbours: 10, temperature: 0.07}",
    Summary = "Weighted kNN, cosine, k = 10, T = 0.07.")]
[Plugin("knn-class", Revision = 2, Family = "knn", Options = typeof(KnnOptions), Preset = "{neighbours: 20, temperature: 0.07, tokens: class}",
    Summary = "Weighted kNN on the class token, k = 20, T = 0.07.")]
[Plugin("knn-mean", Revision = 2, Family = "knn", Options = typeof(KnnOptions), Preset = "{neighbours: 20, temperature: 0.07, tokens: mean}",
    Summary = "Weighted kNN on the mean of the patch tokens, k = 20, T = 0.07.")]
[Plugin("knn-both", Revision = 2, Family = "knn", Options = typeof(KnnOptions), Preset = "{neighbours: 20, temperature: 0.07, tokens: both}",
    Summary = "Weighted kNN on class token and mean of the patch tokens, k = 20, T = 0.07.")]
public sealed class Knn(ILogger logger, KnnOptions options) : IEvaluator, IFeatureChoice, IEvaluationRequirements
{
    private const string InstDisc = "Unsupervised Feature Learning via Non-Parametric Instance Discrimination";
    private const string InstDiscAuthors = "Wu, Xiong, Yu, Lin", InstDiscArXiv = "1805.01978";

    /// <inheritdoc/>
    public FeatureTokens Tokens => options.Tokens;

    /// <inheritdoc/>
    public IEnumerable<string> Faults(DatasetInfo train, DatasetInfo test) => FeatureSets.Faults(train, test);

    /// <inheritdoc/>
    public IEnumerable<string> Notes(DatasetInfo train, DatasetInfo test) =>
        WeightedKnn.Notes(train.Count - (options.LeaveOneOut ? 1 : 0), options.Neighbours);

    /// <inheritdoc/>
    public EvaluationResult Evaluate(FeatureSet train, FeatureSet test, long seed, IProgress<double>? progress = null)
    {
        if (WeightedKnn.Notes(train.Features.shape[0] - (options.LeaveOneOut ? 1 : 0), options.Neighbours) is [var note])
        {
            logger.LogWarning("{Note}", note);
        }

        return WeightedKnn.Evaluate(train, test, options, progress);
    }
}
