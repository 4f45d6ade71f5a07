using Microsoft.Extensions.Logging;

namespace Parallax.Plugins.Evaluators;

/// <summary>Settings of the SVM protocol on every layer, <c>evaluation.svm-voc07-layers</c> of a recipe.</summary>
public sealed record SvmVoc07LayersOptions : SvmLayersOptions
{
    /// <inheritdoc cref="SvmVoc07Options.Fit"/>
    public ImageFit Fit { get; init; } = ImageFit.ResizedSquash;
}

/// <summary><see cref="SvmVoc07"/> on the maps of every layer, pooled to about 9,000 numbers: as the paper measures.</summary>
/// <remarks>
/// Goyal et al., "Scaling and Benchmarking Self-Supervised Visual Representation Learning", ICCV 2019, section 6.1, https://arxiv.org/abs/1905.01235, and
/// VISSL's code for the windows. The number is that of the last layer; papers print the best, which the test images choose.
/// </remarks>
/// <param name="options">Layers and costs.</param>
/// <param name="logger">Told of each layer.</param>
[Plugin("svm-voc07-layers", Revision = 3, Options = typeof(SvmVoc07LayersOptions), Family = "svm",
    Summary = "Linear SVMs on the pooled maps of every layer; mean average precision of each. Several classes, too.",
    Paper = "Scaling and Benchmarking Self-Supervised Visual Representation Learning", Authors = "Goyal, Mahajan, Gupta, Misra", Venue = "ICCV", Year = 2019,
    ArXiv = "1905.01235")]
public sealed class SvmVoc07Layers(SvmVoc07LayersOptions options, ILogger logger) : ILayerEvaluator, IEvaluationRequirements, IImageFitChoice
{
    private readonly SvmVoc07 _protocol = new(new() { Costs = options.Costs });

    /// <inheritdoc/>
    public ImageFit Fit => options.Fit;

    /// <inheritdoc/>
    public bool TakesSeveralClasses => true;

    /// <inheritdoc/>
    public IEnumerable<string> Faults(DatasetInfo train, DatasetInfo test) => _protocol.Faults(train, test);

    /// <inheritdoc/>
    public IEnumerable<string> Faults(IBackbone backbone) => LayerChoice.Faults(backbone);

    /// <inheritdoc/>
    public EvaluationResult Evaluate(IBackbone backbone, RunInfo run, FeatureSource features, long seed) => LayeredSvm.Measure(
        new(backbone, options.Layers, run), features, (train, test) => _protocol.Evaluate(train, test, seed), logger);
}
