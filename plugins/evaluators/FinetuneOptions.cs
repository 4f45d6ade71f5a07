using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Evaluators;

/// <summary>What a classifier looks at when the backbone is fine-tuned.</summary>
public enum FinetunePooling
{
    /// <summary>What the backbone returns.</summary>
    Backbone,

    /// <summary>The normalised class token.</summary>
    Class,

    /// <summary>The mean of the patch tokens before the final normalisation, then a normalisation of its own: BEiT's and MAE's global pooling.</summary>
    Average,
}

/// <summary>Settings of fine-tuning, <c>evaluation.finetune</c> of a recipe. The defaults are those of MAE's code for ViT-B on ImageNet.</summary>
public sealed record FinetuneOptions : IValidatableObject
{
    /// <summary>Passes over the labelled images. MAE, ViT-B: 100.</summary>
    [Range(1, 100_000)]
    public int Epochs { get; init; } = 100;

    /// <summary>Images per step; all where there are fewer. MAE: 1024.</summary>
    [Range(2, 65_536)]
    public int BatchSize { get; init; } = 1024;

    /// <summary>Learning rate of the last layer per 256 images of a batch. MAE's code, ViT-B: 0.0005.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double BaseLearningRate { get; init; } = 5e-4;

    /// <summary>Rule that turns gradients into updates: adam-w, lars, sgd or nesterov (both with momentum 0.9). MAE: adam-w.</summary>
    public ClassifierOptimizer Optimizer { get; init; } = ClassifierOptimizer.AdamW;

    /// <summary>Learning rate at the end of the cosine, not scaled. MAE: 0.000001.</summary>
    [Range(0.0, 1000.0)]
    public double FinalLearningRate { get; init; } = 1e-6;

    /// <summary>Epochs over which the learning rate rises. MAE: 5.</summary>
    [Range(0.0, 100_000.0)]
    public double WarmupEpochs { get; init; } = 5;

    /// <summary>Epochs, rising from 1 on, that begin with a tenth of the learning rate, in place of the cosine. MAE: none.</summary>
    public IReadOnlyList<int> Milestones { get; init; } = [];

    /// <summary>Share of the labelled images of each class that it learns from, a fraction in (0, 1], drawn by the run's seed. MAE: 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double LabelledShare { get; init; } = 1;

    /// <summary>Weight decay. MAE: 0.05.</summary>
    [Range(0.0, 10.0)]
    public double WeightDecay { get; init; } = 0.05;

    /// <summary>Factor on the learning rate from one layer to that before it, a fraction in (0, 1]; 1 gives all layers the same. MAE's code, ViT-B:
    /// 0.65.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double LayerDecay { get; init; } = 0.65;

    /// <summary>How fine layers are numbered: block, or group for the stages of a large ConvNeXt. MAE: block.</summary>
    public LayerGrouping Layers { get; init; } = LayerGrouping.Block;

    /// <summary>Probability that an image skips the last block, a fraction in [0, 1), as the backbone's own option; 0 leaves that option as the run has it.
    /// MAE, ViT-B: 0.1.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double DropPath { get; init; } = 0.1;

    /// <summary>What the classifier looks at: backbone, class or average. MAE: average.</summary>
    public FinetunePooling Pooling { get; init; } = FinetunePooling.Average;

    /// <summary>Standard deviation of the classifier's first weights. MAE: 0.00002.</summary>
    [Range(0.0, 10.0, MinimumIsExclusive = true)]
    public double HeadStd { get; init; } = 2e-5;

    /// <summary>Both parameters of mixup's Beta distribution; 0 switches mixup off. MAE: 0.8.</summary>
    [Range(0.0, 100.0)]
    public double Mixup { get; init; } = 0.8;

    /// <summary>Both parameters of CutMix's Beta distribution; 0 switches CutMix off. MAE: 1.</summary>
    [Range(0.0, 100.0)]
    public double CutMix { get; init; } = 1;

    /// <summary>Probability of CutMix where both are on, a fraction in [0, 1]. timm: 0.5.</summary>
    [Range(0.0, 1.0)]
    public double MixSwitch { get; init; } = 0.5;

    /// <summary>Share of a target that is spread over all classes, a fraction in [0, 1). MAE: 0.1.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double LabelSmoothing { get; init; } = 0.1;

    /// <summary>Smallest share of an image's area in a crop, a fraction in (0, 1]. MAE: 0.08.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double CropScaleMin { get; init; } = 0.08;

    /// <summary>Whether crops are resized by bicubic interpolation; else it is bilinear. MAE: yes; VISSL: no.</summary>
    public bool Bicubic { get; init; } = true;

    /// <summary>Mean strength of RandAugment, 0 to 10; 0 switches it off. MAE: 9.</summary>
    [Range(0.0, 10.0)]
    public double RandAugment { get; init; } = 9;

    /// <summary>Standard deviation of the strength of RandAugment. MAE: 0.5.</summary>
    [Range(0.0, 10.0)]
    public double RandAugmentDeviation { get; init; } = 0.5;

    /// <summary>Share of images of which a box is erased, a fraction in [0, 1]. MAE: 0.25.</summary>
    [Range(0.0, 1.0)]
    public double RandomErasing { get; init; } = 0.25;

    /// <summary>Share of a moving average of the weights that is kept at each step, less in the first, a fraction in [0, 1); the average is what is
    /// measured. 0 measures the weights themselves. MAE: 0; ConvNeXt V2: 0.9999.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Ema { get; init; }

    /// <summary>Largest norm of the gradient; 0 never clips. MAE: 0.</summary>
    [Range(0.0, 1000.0)]
    public double ClipGradNorm { get; init; }

    internal ClassifierTraining Training => new(Epochs, BatchSize, BaseLearningRate)
    {
        Optimizer = Optimizer,
        Milestones = Milestones,
        LabelledShare = LabelledShare,
        FinalLearningRate = FinalLearningRate,
        WarmupEpochs = WarmupEpochs,
        WeightDecay = WeightDecay,
        ClipGradNorm = ClipGradNorm,
        Backbone = DropPath == 0 ? new Dictionary<string, object>() : new() { ["dropPath"] = DropPath },
    };

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => MilestoneRule.Faults(Milestones);
}
