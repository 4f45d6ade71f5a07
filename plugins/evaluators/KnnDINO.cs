using Microsoft.Extensions.Logging;
using Parallax.Contracts;

namespace Parallax.Plugins.Evaluators;

/// <summary>Weighted kNN with k = 20 and T = 0.07, as DINO reports it.</summary>
/// <remarks>Caron et al., ICCV 2021, section 4.1, https://arxiv.org/abs/2104.14294. Features are normalised; the bank is the un-augmented training split. See <see cref="WeightedKnn"/>.</remarks>
/// <param name="logger">Told when the bank is smaller than k.</param>
[Plugin("knn-dino", Summary = "Weighted kNN, cosine, k = 20, T = 0.07.", Family = "knn",
    Paper = "Emerging Properties in Self-Supervised Vision Transformers", Authors = "Caron, Touvron, Misra, Jegou, Mairal, Bojanowski, Joulin", Venue = "ICCV", Year = 2021, ArXiv = "2104.14294")]
public sealed class KnnDINO(ILogger logger) : IEvaluator, IEvaluationRequirements
{
    private const int Neighbours = 20;
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
