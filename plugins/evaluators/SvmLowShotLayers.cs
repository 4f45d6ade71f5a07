using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Logging;

namespace Parallax.Plugins.Evaluators;

/// <summary>Settings of the low-shot SVM protocol on every layer, <c>evaluation.svm-lowshot-layers</c> of a recipe.</summary>
public sealed record SvmLowShotLayersOptions : SvmLayersOptions, IValidatableObject
{
    /// <inheritdoc cref="SvmLowShotOptions.Shots"/>
    public IReadOnlyList<int> Shots { get; init; } = [1, 2, 4, 8, 16, 32, 64, 96];

    /// <inheritdoc cref="SvmLowShotOptions.Draws"/>
    [Range(1, 1000)]
    public int Draws { get; init; } = 5;

    /// <inheritdoc cref="SvmLowShotOptions.ChooseOnTest"/>
    public bool ChooseOnTest { get; init; }

    /// <inheritdoc cref="SvmLowShotOptions.Fit"/>
    public ImageFit Fit { get; init; } = ImageFit.Squash;

    internal SvmLowShotOptions OfLayer => new() { Shots = Shots, Draws = Draws, Costs = Costs, ChooseOnTest = ChooseOnTest };

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => SvmLowShotOptions.ShotFaults(Shots, "svm-lowshot-layers");
}

/// <summary><see cref="SvmLowShot"/> on the maps of every layer, pooled to about 9,000 numbers: as the paper measures.</summary>
/// <remarks>
/// Goyal et al., "Scaling and Benchmarking Self-Supervised Visual Representation Learning", ICCV 2019, section 6.2, https://arxiv.org/abs/1905.01235. The
/// number and the details that are no layer's are those of the last layer.
/// </remarks>
/// <param name="options">Layers, numbers of images, draws and costs.</param>
/// <param name="logger">Told of each layer.</param>
[Plugin("svm-lowshot-layers", Revision = 3, Options = typeof(SvmLowShotLayersOptions), Family = "svm",
    Summary = "Linear SVMs on 1 to 96 images of each class and the pooled maps of every layer. Several classes, too.",
    Paper = "Scaling and Benchmarking Self-Supervised Visual Representation Learning", Authors = "Goyal, Mahajan, Gupta, Misra", Venue = "ICCV", Year = 2019,
    ArXiv = "1905.01235")]
public sealed class SvmLowShotLayers(SvmLowShotLayersOptions options, ILogger logger)
    : ILayerEvaluator, IEvaluationRequirements, ITestSetChoice, IImageFitChoice
{
    private readonly SvmLowShot _protocol = new(options.OfLayer);

    /// <inheritdoc/>
    public ImageFit Fit => options.Fit;

    /// <inheritdoc/>
    public bool ChoosesOnTest => options.ChooseOnTest;

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
