using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Evaluators;

/// <summary>Settings of MAE's linear probe, <c>evaluation.linear-mae</c> of a recipe.</summary>
public sealed record LinearMaeOptions
{
    /// <summary>Passes over the labelled images. MAE: 90, and 50 for ViT-L and ViT-H.</summary>
    [Range(1, 100_000)]
    public int Epochs { get; init; } = 90;

    /// <summary>Images per step; all where there are fewer. MAE: 16384.</summary>
    [Range(2, 65_536)]
    public int BatchSize { get; init; } = 16_384;

    /// <summary>Learning rate per 256 images of a batch. MAE: 0.1.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double BaseLearningRate { get; init; } = 0.1;

    /// <summary>Epochs over which the learning rate rises. MAE: 10.</summary>
    [Range(0.0, 100_000.0)]
    public double WarmupEpochs { get; init; } = 10;

    /// <summary>Smallest share of an image's area in a crop, a fraction in (0, 1]. MAE's code: 0.08.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double CropScaleMin { get; init; } = 0.08;

    /// <summary>What the classifier looks at: pooled, class, mean or both. MAE: the class token, which a backbone with that pooling returns.</summary>
    public FeatureTokens Tokens { get; init; } = FeatureTokens.Pooled;
}

/// <summary>The linear classifier of MAE on frozen features of augmented images: batch normalisation without scale and shift, then a linear layer, by
/// LARS.</summary>
/// <remarks>
/// He et al., "Masked Autoencoders Are Scalable Vision Learners", CVPR 2022, appendix A.1, https://arxiv.org/abs/2111.06377: momentum 0.9, no weight decay,
/// cosine; crops and flips are drawn anew in each epoch, as there, so that every epoch is a pass through the backbone. The normalisation, in training, is
/// over at most 256 images at a time, as on each device of the authors. Weights start from a normal distribution of deviation 0.01.
/// </remarks>
/// <param name="options">Settings.</param>
[Plugin("linear-mae", Options = typeof(LinearMaeOptions), Family = "linear", Summary = "Linear probe of MAE: batch normalisation and LARS, on augmented crops.",
    Paper = "Masked Autoencoders Are Scalable Vision Learners", Authors = "He, Chen, Xie, Li, Dollár, Girshick", Venue = "CVPR", Year = 2022,
    ArXiv = "2111.06377")]
public sealed class LinearMae(LinearMaeOptions options) : ITrainingEvaluator, IEvaluationRequirements
{
    private const double Epsilon = 1e-6, InitialStd = 0.01;

    /// <inheritdoc/>
    public ClassifierTraining Training => new(options.Epochs, options.BatchSize, options.BaseLearningRate)
    {
        Optimizer = ClassifierOptimizer.Lars,
        WarmupEpochs = options.WarmupEpochs,
    };

    /// <inheritdoc/>
    public bool FreezesBackbone => true;

    /// <inheritdoc/>
    public IEnumerable<string> Faults(DatasetInfo train, DatasetInfo test) => FeatureSets.Faults(train, test);

    /// <inheritdoc/>
    public IEnumerable<string> Faults(IBackbone backbone) => TokenFeatures.Fault(backbone, options.Tokens) is { } fault
        ? [$"tokens is {options.Tokens.ToString().ToLowerInvariant()}. {fault}"]
        : [];

    /// <inheritdoc/>
    public IClassifier CreateClassifier(BackboneFactory copies, RunInfo run)
    {
        var (backbone, view) = (copies(), new ViewBuilder(run.ImageSize));
        if (Faults(backbone).ToList() is { Count: > 0 } faults)
        {
            throw new ConfigurationException(faults);
        }

        var features = new TokenFeatures(backbone, [options.Tokens]);
        var layer = Linear(features.Width, run.Data.Classes.Count);
        TruncatedNormal.Fill(layer.weight!, InitialStd);
        init.zeros_(layer.bias!);
        var head = Sequential(("norm", BatchNorm1d(features.Width, eps: Epsilon, affine: false)), ("linear", layer));

        return new FrozenClassifier(backbone, head, features.Encode, View(view.Crop(options.CropScaleMin, bicubic: true), Flip()));
    }
}
