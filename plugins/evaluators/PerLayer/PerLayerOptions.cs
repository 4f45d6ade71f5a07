using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Evaluators;

/// <summary>Normalisation between a pooled map and its linear classifier, channel by channel.</summary>
public enum MapNorm
{
    /// <summary>None: DeepCluster, Kolesnikov et al.</summary>
    None,

    /// <summary>Batch normalisation without scale and shift: Zhang et al., RotNet, SeLa, mmselfsup.</summary>
    Plain,

    /// <summary>Batch normalisation with scale and shift: VISSL.</summary>
    Affine,
}

/// <summary>Settings of probes on every layer, <c>evaluation.linear-per-layer</c> of a recipe. The defaults are mmselfsup's.</summary>
public sealed record PerLayerOptions : IValidatableObject
{
    /// <summary>How maps are pooled: adaptive-average, adaptive-max, padded-average, padded-max, overlapping-average, bilinear or max-if-larger. mmselfsup:
    /// adaptive-average.</summary>
    public MapPooling Pooling { get; init; } = MapPooling.AdaptiveAverage;

    /// <summary>Numbers of a pooled map at most. Published sides of 12, 6, 4, 3, 2 and 10, 6, 5, 5, 6 follow from 9600; Kolesnikov et al.: 9000.</summary>
    [Range(1, 1_000_000)]
    public int MostNumbers { get; init; } = 9600;

    /// <summary>none, plain (batch normalisation without scale and shift) or affine. mmselfsup: plain.</summary>
    public MapNorm Norm { get; init; } = MapNorm.Plain;

    /// <summary>Which map of a residual network's stem has a classifier, too: none, convolution (before the pooling), pooled (behind it) or both. VISSL,
    /// mmselfsup: convolution; Kolesnikov et al.: pooled; FAIR: both. Networks whose first layers are stages have no other stem.</summary>
    public StemLayer Stem { get; init; } = StemLayer.Convolution;

    /// <summary>Whether the maps behind poolings that a network names (AlexNet's <c>pool1</c>, <c>pool2</c>, <c>pool5</c>) have a classifier, too. Where the
    /// last layer is one of them, nothing behind it has one. Zhang et al., FAIR: yes; mmselfsup: no.</summary>
    public bool Pools { get; init; }

    /// <summary>Whether what the backbone itself returns has a classifier, too, called <c>features</c>; it is the last layer then. VISSL, Kolesnikov et al.:
    /// yes; mmselfsup: no.</summary>
    public bool Features { get; init; }

    /// <summary>Tiles on each side of an image: each is standardised and looked at by itself, and what is seen of all of them is averaged; 0 shows whole
    /// images. For networks that learned from tiles. Kolesnikov et al.: 3 for jigsaw puzzles and relative positions, on images of 192 pixels; else 0.</summary>
    [Range(0, 16)]
    public int Tiles { get; init; }

    /// <summary>Widths of hidden layers before the last one of each classifier, which is linear without them. RotNet: 200, 200 for ten classes; Kolesnikov et
    /// al.: 1000; mmselfsup: none.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [];

    /// <summary>Whether a batch normalisation with scale and shift takes the place of the bias of each hidden layer, before its ReLU. RotNet: yes; Kolesnikov
    /// et al.: no.</summary>
    public bool HiddenNorm { get; init; }

    /// <summary>Share of what hidden layers give that is left out in training, a fraction in [0, 1). Kolesnikov et al.: 0.5; RotNet: 0.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Dropout { get; init; }

    /// <summary>
    /// Share of the training images that no classifier learns from, a fraction in [0, 1): the layer that tells most of them right in the last epoch is the one
    /// that counts; at 0 that is the last layer. Kolesnikov et al.: 40 of 1024 parts.
    /// </summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double HeldOut { get; init; }

    /// <summary>Passes over the labelled images. mmselfsup: 90.</summary>
    [Range(1, 100_000)]
    public int Epochs { get; init; } = 90;

    /// <summary>Images per step; all where there are fewer. mmselfsup: 256.</summary>
    [Range(2, 65_536)]
    public int BatchSize { get; init; } = 256;

    /// <summary>Learning rate per 256 images of a batch. mmselfsup: 0.01.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double BaseLearningRate { get; init; } = 0.01;

    /// <summary>Whether SGD looks ahead along its momentum of 0.9. mmselfsup: yes.</summary>
    public bool Nesterov { get; init; } = true;

    /// <summary>Factor on the learning rate of the linear layers' biases. Zhang et al.: 2; mmselfsup: 1.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double BiasLearningRateScale { get; init; } = 1;

    /// <summary>Weight decay of the linear layers' weights. mmselfsup: 0.0001.</summary>
    [Range(0.0, 10.0)]
    public double WeightDecay { get; init; } = 1e-4;

    /// <summary>Epochs that begin with a drop of the learning rate, rising; empty for a cosine. mmselfsup: 60, 80.</summary>
    public IReadOnlyList<int> Milestones { get; init; } = [60, 80];

    /// <summary>Factor at each drop, a fraction in (0, 1]. mmselfsup: 0.1; RotNet: 0.2.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double DropFactor { get; init; } = 0.1;

    /// <summary>Whether the learning rate falls with the root of the steps, in place of milestones: rate / sqrt(1 + rate x weight decay x step). DeepCluster:
    /// yes.</summary>
    public bool FallsWithSteps { get; init; }

    /// <summary>Smallest share of an image's area in a crop of random shape, a fraction in (0, 1]; 0 takes a square of the image's size out of one that is
    /// resized to 8 / 7 of it (224 of 256), with tiles to 7 / 6 (192 of 224). mmselfsup: 0.08; DeepCluster, Zhang et al., Kolesnikov et al.: 0.</summary>
    [Range(0.0, 1.0)]
    public double CropScaleMin { get; init; } = 0.08;

    /// <summary>Whether crops of random shape are resized by bicubic interpolation; else it is bilinear. mmselfsup: yes; RotNet, SeLa, VISSL: no.</summary>
    public bool Bicubic { get; init; } = true;

    /// <summary>Whether the square is cut out of an image of its own size with a black border of an eighth of it, in place of a larger image; with a
    /// <c>cropScaleMin</c> of 0. RotNet on CIFAR-10: yes; mmselfsup: no.</summary>
    public bool Padded { get; init; }

    /// <summary>Whether half of the images are mirrored. mmselfsup: yes; Kolesnikov et al.: no.</summary>
    public bool Flip { get; init; } = true;

    /// <summary>Largest relative change of brightness, contrast and saturation, a fraction in [0, 1]. mmselfsup: 0.4.</summary>
    [Range(0.0, 1.0)]
    public double Jitter { get; init; } = 0.4;

    /// <summary>Standard deviation of AlexNet's change of colours along their principal components (<c>lighting</c>); 0 leaves colours alone. mmselfsup,
    /// FAIR: 0.1.</summary>
    [Range(0.0, 10.0)]
    public double Lighting { get; init; } = 0.1;

    internal LayerChoice Layers => new(Pooling, MostNumbers, Stem, Features) { Pools = Pools, Tiles = Tiles };

    internal ClassifierTraining Training => new(Epochs, BatchSize, BaseLearningRate)
    {
        Optimizer = Nesterov ? ClassifierOptimizer.Nesterov : ClassifierOptimizer.Sgd,
        WeightDecay = WeightDecay,
        Milestones = Milestones,
        DropFactor = DropFactor,
        FallsWithSteps = FallsWithSteps,
    };

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var fault in MilestoneRule.Faults(Milestones))
        {
            yield return fault;
        }

        if (FallsWithSteps && Milestones.Count > 0)
        {
            yield return new($"fallsWithSteps is true, and milestones is [{string.Join(", ", Milestones)}]; the learning rate falls in one way. "
                + "Set milestones: [], or fallsWithSteps: false.", [nameof(FallsWithSteps)]);
        }

        if (Hidden.Any(width => width < 1))
        {
            yield return new($"hidden is [{string.Join(", ", Hidden)}]; expected widths from 1 on.", [nameof(Hidden)]);
        }

        if (Hidden.Count == 0 && (HiddenNorm || Dropout > 0))
        {
            var other = HiddenNorm ? "hiddenNorm is true" : FormattableString.Invariant($"dropout is {Dropout}");

            yield return new($"hidden is [], and {other}, which belongs to hidden layers. Give hidden their widths, or leave it out.", [nameof(Hidden)]);
        }

        if (Padded && CropScaleMin > 0)
        {
            yield return new(FormattableString.Invariant($"padded is true, and cropScaleMin is {CropScaleMin}; a crop of random shape has no border. ")
                + "Set cropScaleMin: 0, or padded: false.", [nameof(Padded)]);
        }
    }
}
