using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Evaluators;

/// <summary>Settings of fine-tuning on clips, <c>evaluation.finetune-clips</c> of a recipe. The defaults are those of the SlowFast family on UCF101.</summary>
public sealed record FinetuneClipsOptions : IValidatableObject
{
    /// <summary>Passes over the labelled videos, each with one clip of every video. SlowFast family: 200.</summary>
    [Range(1, 100_000)]
    public int Epochs { get; init; } = 200;

    /// <summary>Clips per step; all where there are fewer videos. SlowFast family: 64.</summary>
    [Range(2, 65_536)]
    public int BatchSize { get; init; } = 64;

    /// <summary>Rule that turns gradients into updates: adam-w, lars, sgd or nesterov (both with momentum 0.9). SlowFast family: sgd.</summary>
    public ClassifierOptimizer Optimizer { get; init; } = ClassifierOptimizer.Sgd;

    /// <summary>Learning rate of the classifier per 256 clips of a batch. SlowFast family: 0.04, which is 0.01 for 64.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double BaseLearningRate { get; init; } = 0.04;

    /// <summary>Factor on the learning rate of the backbone, a fraction in (0, 1]. CoCLR: 0.1; the others: 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double BackboneFactor { get; init; } = 1;

    /// <summary>Epochs over which the learning rate rises. SlowFast family: 0.</summary>
    [Range(0.0, 100_000.0)]
    public double WarmupEpochs { get; init; }

    /// <summary>Epochs, rising from 1 on, that begin with a tenth of the learning rate, in place of the cosine. SlowFast family: none.</summary>
    public IReadOnlyList<int> Milestones { get; init; } = [];

    /// <summary>Weight decay. SlowFast family: 0.</summary>
    [Range(0.0, 10.0)]
    public double WeightDecay { get; init; }

    /// <summary>Share of the features that are left out before the linear layer in training, a fraction in [0, 1). SlowFast family, SCE: 0.8; CoCLR:
    /// 0.9.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Dropout { get; init; } = 0.8;

    /// <summary>Whether features are given the length 1. CSTP: yes.</summary>
    public bool Normalise { get; init; }

    /// <summary>Whether a batch normalisation with scale and shift stands before the linear layer. CSTP: yes.</summary>
    public bool BatchNorm { get; init; }

    /// <summary>Standard deviation of the first weights of the linear layer. CoCLR: 0.01.</summary>
    [Range(0.0, 10.0, MinimumIsExclusive = true)]
    public double HeadStd { get; init; } = 0.01;

    /// <summary>Smallest share of a frame's area in a crop of random shape, a fraction in (0, 1]; 0 takes a square of the view's side out of frames that are
    /// resized to 8 / 7 of it (224 of 256). SlowFast family, SCE: 0; CoCLR, CSTP: 0.2.</summary>
    [Range(0.0, 1.0)]
    public double CropScaleMin { get; init; }

    /// <summary>Whether half of the clips are mirrored. SlowFast family: yes; CoCLR, CSTP: no.</summary>
    public bool Flip { get; init; } = true;

    /// <summary>Largest relative change of brightness, contrast and saturation, a fraction in [0, 1]; 0 leaves them. All: 0.4.</summary>
    [Range(0.0, 1.0)]
    public double Jitter { get; init; } = 0.4;

    /// <summary>Largest change of hue in turns of the colour circle, a fraction in [0, 0.5]. All: 0.1.</summary>
    [Range(0.0, 0.5)]
    public double JitterHue { get; init; } = 0.1;

    /// <summary>Share of the clips whose colours change, a fraction in [0, 1]. SCE: 0.8; CSTP: 0.3.</summary>
    [Range(0.0, 1.0)]
    public double JitterProbability { get; init; } = 0.8;

    /// <summary>Share of the clips that lose their colour, a fraction in [0, 1]. SlowFast family, SCE: 0.2.</summary>
    [Range(0.0, 1.0)]
    public double Grayscale { get; init; } = 0.2;

    /// <summary>What is averaged over the clips and crops of a held-out video: probabilities or logits. SlowFast family: probabilities; CSTP: logits.</summary>
    public ViewAverage Average { get; init; }

    internal ClassifierTraining Training => new(Epochs, BatchSize, BaseLearningRate)
    {
        Optimizer = Optimizer,
        WarmupEpochs = WarmupEpochs,
        Milestones = Milestones,
        WeightDecay = WeightDecay,
    };

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => MilestoneRule.Faults(Milestones);
}
