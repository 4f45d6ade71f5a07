using Microsoft.Extensions.Logging;
using Parallax.Contracts;

namespace Parallax.Plugins.Evaluators;

/// <summary>Weighted kNN with k = 200 and T = 0.07, as instance discrimination reports it.</summary>
/// <remarks>Wu et al., CVPR 2018, section 4.1, https://arxiv.org/abs/1805.01978. Features are normalised; the bank is the un-augmented training split. See <see cref="WeightedKnn"/>.</remarks>
/// <param name="logger">Told when the bank is smaller than k.</param>
[Plugin("knn-instdisc", Summary = "Weighted kNN, cosine, k = 200, T = 0.07.", Family = "knn",
    Paper = "Unsupervised Feature Learning via Non-Parametric Instance Discrimination", Authors = "Wu, Xiong, Yu, Lin", Venue = "CVPR", Year = 2018, ArXiv = "1805.01978")]
public sealed class KnnInstDisc(ILogger logger) : IEvaluator, IEvaluationRequirements
{
    private const int Neighbours = 200;
    private const double Temperature = 0.07;

    /// <inheritdoc/>
    public IEnumerable<string> Faults(DatasetInfo train, DatasetInfo test) => FeatureSets.Faults(train, test);

    /// <inheritdoc/>
    public IEnumerable<string> Notes(DatasetInfo train, DatasetInfo test) => WeightedKnn.Notes(train.Count, Neighbours);

    /// <inheritdoc/>
    public EvaluationResult Evaluate(FeatureSet train, FeatureSet test, long seed, IProgress<double>? progress = null)
    {
        if (WeightedKnn.SmallBankNote(train, Neighbours) is { } note)
        {
            logger.LogWarning("{Note}", note);
        }

        return WeightedKnn.Evaluate(train, test, Neighbours, Temperature, progress);
    }
}
