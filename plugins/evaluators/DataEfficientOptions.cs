using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Evaluators;

/// <summary>Settings of a residual network on the last map, <c>evaluation.data-efficient</c> of a recipe. Its depth is CPC v2's, from memory; how it is trained
/// is not known, and ours.</summary>
public sealed record DataEfficientOptions
{
    /// <summary>Residual blocks of three convolutions each. CPC v2: 11, which are 33 layers.</summary>
    [Range(1, 1000)]
    public int Blocks { get; init; } = 11;

    /// <summary>Channels of the blocks, a multiple of 4; convolutions inside have a quarter of them. 0 takes those of the map, as CPC v2 with its 4096; another
    /// number puts a convolution of 1x1 before the blocks.</summary>
    [Range(0, 65_536)]
    public int Width { get; init; }

    /// <summary>Factor on the learning rate for the backbone; 0 keeps it frozen, in evaluation mode. CPC v2: both, frozen and fine-tuned.</summary>
    [Range(0.0, 1000.0)]
    public double BackboneRate { get; init; }

    /// <summary>Share of the labelled images of each class that it learns from, a fraction in (0, 1], drawn by the run's seed. CPC v2: 0.01, 0.02, 0.05, 0.1,
    /// 0.2, 0.5 and 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double LabelledShare { get; init; } = 1;

    /// <summary>Passes over the labelled images. Ours: 100.</summary>
    [Range(1, 100_000)]
    public int Epochs { get; init; } = 100;

    /// <summary>Images per step; all where there are fewer. Ours: 256.</summary>
    [Range(2, 65_536)]
    public int BatchSize { get; init; } = 256;

    /// <summary>Learning rate of the residual network per 256 images of a batch, for SGD with Nesterov's momentum of 0.9. Ours: 0.1, down to 0 in a
    /// cosine.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double BaseLearningRate { get; init; } = 0.1;

    /// <summary>Epochs over which the learning rate rises. Ours: 5.</summary>
    [Range(0.0, 100_000.0)]
    public double WarmupEpochs { get; init; } = 5;

    /// <summary>Weight decay. Ours: 0.0001.</summary>
    [Range(0.0, 10.0)]
    public double WeightDecay { get; init; } = 1e-4;

    /// <summary>Smallest share of an image's area in a crop, a fraction in (0, 1]. Ours: 0.08.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double CropScaleMin { get; init; } = 0.08;

    internal ClassifierTraining Training => new(Epochs, BatchSize, BaseLearningRate)
    {
        Optimizer = ClassifierOptimizer.Nesterov,
        LabelledShare = LabelledShare,
        WarmupEpochs = WarmupEpochs,
        WeightDecay = WeightDecay,
    };
}
