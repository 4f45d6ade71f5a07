using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Evaluators;

/// <summary>Settings of linear probes on clips, <c>evaluation.linear-clips</c> of a recipe. The defaults are CVRL's.</summary>
public sealed record LinearClipsOptions : IValidatableObject
{
    /// <summary>Passes over the labelled videos, each with one clip of every video. CVRL: 100.</summary>
    [Range(1, 100_000)]
    public int Epochs { get; init; } = 100;

    /// <summary>Clips per step; all where there are fewer videos. CVRL: 1024.</summary>
    [Range(2, 65_536)]
    public int BatchSize { get; init; } = 1024;

    /// <summary>Learning rate per 256 clips of a batch. CVRL: 8, which is 32 for a batch of 1024.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double BaseLearningRate { get; init; } = 8;

    /// <summary>Epochs over which the learning rate rises. CVRL's are not known; ours: 0.</summary>
    [Range(0.0, 100_000.0)]
    public double WarmupEpochs { get; init; }

    /// <summary>Epochs, rising from 1 on, that begin with a tenth of the learning rate, in place of the cosine. CVRL: none.</summary>
    public IReadOnlyList<int> Milestones { get; init; } = [];

    /// <summary>Weight decay. CVRL: 0.</summary>
    [Range(0.0, 10.0)]
    public double WeightDecay { get; init; }

    /// <summary>Whether features are given the length 1. CVRL: yes.</summary>
    public bool Normalise { get; init; } = true;

    /// <summary>Whether a batch normalisation with scale and shift stands before the linear layer. CoCLR: yes; CVRL: no.</summary>
    public bool BatchNorm { get; init; }

    /// <summary>Smallest share of a frame's area in a crop of random shape, a fraction in (0, 1]; 0 takes a square of the view's side out of frames that are
    /// resized to 8 / 7 of it (224 of 256). CVRL's pretraining: 0.3.</summary>
    [Range(0.0, 1.0)]
    public double CropScaleMin { get; init; } = 0.3;

    /// <summary>What is averaged over the clips and crops of a held-out video: probabilities or logits. CVRL: probabilities.</summary>
    public ViewAverage Average { get; init; }

    internal ClassifierTraining Training => new(Epochs, BatchSize, BaseLearningRate)
    {
        Optimizer = ClassifierOptimizer.Sgd,
        WarmupEpochs = WarmupEpochs,
        Milestones = Milestones,
        WeightDecay = WeightDecay,
    };

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => MilestoneRule.Faults(Milestones);
}

/// <summary>A linear classifier on the features of a frozen backbone for clips. It learns from one clip of each video, drawn and cropped anew in each epoch;
/// a held-out video is measured on the clips and crops that the section <c>clips</c> asks for, ten and three for the usual 30 views.</summary>
/// <remarks>
/// <para><c>linear-cvrl</c>: Qian et al., "Spatiotemporal Contrastive Video Representation Learning", CVPR 2021, https://arxiv.org/abs/2008.03800: features of
/// length 1, SGD with momentum 0.9, 32 for a batch of 1024. <c>linear-slowfast</c>: Feichtenhofer et al., "A Large-Scale Study on Unsupervised Spatiotemporal
/// Representation Learning", CVPR 2021, https://arxiv.org/abs/2104.14558: 0.5 for 64 clips, 60 epochs; SCE's probe of video has the same numbers.
/// <c>linear-coclr</c>: Han et al., "Self-supervised Co-training for Video Representation Learning", NeurIPS 2020, https://arxiv.org/abs/2010.09709, and its
/// code, which has learning rates from 0.1 to 1 (here 0.1, for batches of 32).</para>
/// <para>Differs from the sources: weights start from N(0, 0.01²), biases have no weight decay; SlowFast and SCE resize to a random shorter side of 256 to 320
/// before they crop, here it is 256 (in proportion); CVRL's crops and warm-up are ours. CoCLR's code changes colours at random while it measures; here nothing
/// is random there. Length and side of the clips are the run's: CVRL's probe has 32 frames of 256 pixels.</para>
/// </remarks>
/// <param name="options">Settings.</param>
[Plugin("linear-clips", Options = typeof(LinearClipsOptions), Family = FamilyName,
    Summary = "Linear probe on augmented clips with the options given; by default CVRL's.")]
[Plugin("linear-cvrl", Options = typeof(LinearClipsOptions), Family = FamilyName, Preset = "{epochs: 100}",
    Summary = "Linear probe of CVRL: features of length 1, learning rate 32 for 1024 clips, 100 epochs.",
    Paper = "Spatiotemporal Contrastive Video Representation Learning", Authors = "Qian et al.", Venue = "CVPR", Year = 2021, ArXiv = "2008.03800")]
[Plugin("linear-slowfast", Options = typeof(LinearClipsOptions), Family = FamilyName,
    Preset = "{epochs: 60, batchSize: 512, baseLearningRate: 2, warmupEpochs: 8, normalise: false, cropScaleMin: 0}",
    Summary = "Linear probe of the SlowFast family: learning rate 4 for 512 clips, 60 epochs.",
    Paper = "A Large-Scale Study on Unsupervised Spatiotemporal Representation Learning", Authors = "Feichtenhofer, Fan, Xiong, Girshick, He",
    Venue = "CVPR", Year = 2021, ArXiv = "2104.14558")]
[Plugin("linear-coclr", Options = typeof(LinearClipsOptions), Family = FamilyName,
    Preset = "{batchSize: 32, baseLearningRate: 0.8, milestones: [60, 80], weightDecay: 0.001, batchNorm: true, cropScaleMin: 0.2}",
    Summary = "Linear probe of CoCLR: features of length 1, batch normalisation, 100 epochs.",
    Paper = "Self-supervised Co-training for Video Representation Learning", Authors = "Han, Xie, Zisserman", Venue = "NeurIPS", Year = 2020,
    ArXiv = "2010.09709")]
public sealed class LinearClips(LinearClipsOptions options) : ITrainingEvaluator, IEvaluationRequirements
{
    private const string FamilyName = "linear";
    private const double InitialStd = 0.01;

    /// <inheritdoc/>
    public ClassifierTraining Training => options.Training;

    /// <inheritdoc/>
    public bool FreezesBackbone => true;

    /// <inheritdoc/>
    public IEnumerable<string> Faults(DatasetInfo train, DatasetInfo test) => FeatureSets.Faults(train, test);

    /// <inheritdoc/>
    public IEnumerable<string> Faults(IBackbone backbone) => ClipFaults.Of(backbone);

    /// <inheritdoc/>
    public IClassifier CreateClassifier(BackboneFactory copies, RunInfo run)
    {
        var backbone = copies();
        ClipFaults.Require(backbone);
        var head = new ClipHead(
            backbone.FeatureDim, run.Data.Classes.Count, options.Normalise, options.BatchNorm, dropped: 0, InitialStd);
        var view = ViewBuilder.View([.. new ViewBuilder(run.ImageSize).ProbeCrop(options.CropScaleMin), ViewBuilder.Flip()]);

        return new FrozenClassifier(backbone, head, clips => backbone.call(clips), view, options.Average);
    }
}
