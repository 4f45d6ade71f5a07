using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Backbones;

/// <summary>Published channels of AlexNet's five convolutions.</summary>
public enum AlexNetWidths
{
    /// <summary>64, 192, 384, 256, 256: Krizhevsky, 2014; torchvision, RotNet.</summary>
    Narrow,

    /// <summary>96, 256, 384, 384, 256: Krizhevsky et al., 2012; jigsaw puzzles, colorization, DeepCluster, SeLa.</summary>
    Wide,
}

/// <summary>Normalisation of AlexNet.</summary>
public enum AlexNetNorm
{
    /// <summary>Batch normalisation after every convolution: RotNet, DeepCluster, SeLa.</summary>
    Batch,

    /// <summary>The same without scale and shift: colorization, relative patch location.</summary>
    PlainBatch,

    /// <summary>Local response normalisation behind the first two poolings: Caffe's AlexNet, jigsaw puzzles.</summary>
    LocalResponse,

    /// <summary>None: torchvision.</summary>
    None,
}

/// <summary>Settings of AlexNet, section <c>backbone</c> of a recipe. The defaults are RotNet's network.</summary>
public sealed record AlexNetOptions : IValidatableObject
{
    /// <summary>Channels: narrow (64, 192, 384, 256, 256) or wide (96, 256, 384, 384, 256). RotNet's code: narrow.</summary>
    public AlexNetWidths Widths { get; init; } = AlexNetWidths.Narrow;

    /// <summary>Factor on the channels of every convolution, in (0, 8]. Papers: 1.</summary>
    [Range(0.0, 8.0, MinimumIsExclusive = true)]
    public double Width { get; init; } = 1;

    /// <summary>batch, plain-batch (without scale and shift), local-response or none. RotNet's code: batch.</summary>
    public AlexNetNorm Norm { get; init; } = AlexNetNorm.Batch;

    /// <summary>Whether the second, fourth and fifth convolution work in two groups of channels. Krizhevsky et al., 2012: yes; RotNet's code: no.</summary>
    public bool Grouped { get; init; }

    /// <summary>Stride of the first convolution. Papers: 4; jigsaw puzzles, in pretraining: 2. Images of 32 pixels need 1, to keep more than a
    /// position.</summary>
    [Range(1, 4)]
    public int StemStride { get; init; } = 4;

    /// <summary>Padding of the first convolution in pixels. RotNet's code: 2; colorization and relative patch location: 5.</summary>
    [Range(0, 5)]
    public int StemPadding { get; init; } = 2;

    /// <summary>Padding of the poolings in pixels. Papers: 0; colorization and split-brain, authors' code: 1, which makes 12 x 12 of 180 pixels.</summary>
    [Range(0, 1)]
    public int PoolPadding { get; init; }

    /// <summary>Width of the two fully connected layers, which is that of the features; 0 leaves them out: features are the mean of the last map.
    /// RotNet: 4096.</summary>
    [Range(0, 65_536)]
    public int FullyConnected { get; init; } = 4096;

    /// <summary>Side to which the last map is brought behind its pooling where there are no fully connected layers: all its values are then the features. 0
    /// takes the mean of the map. Jigsaw puzzles, whose head of a tile of 64 pixels sees 2 x 2 positions: 2; maps of larger images are averaged to
    /// it.</summary>
    [Range(0, 64)]
    public int FlattenedSide { get; init; }

    /// <summary>Whether the fully connected layers are normalised (batch normalisation, no bias). RotNet's code: yes; DeepCluster, SeLa: no.</summary>
    public bool FullyConnectedNorm { get; init; } = true;

    /// <summary>Probability of dropout before each fully connected layer, a fraction in [0, 1). RotNet's code: 0; DeepCluster, jigsaw puzzles: 0.5.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Dropout { get; init; }

    /// <summary>Whether the last fully connected layer ends with a ReLU. RotNet's code: yes. DeepCluster clusters the values before it.</summary>
    public bool FinalRelu { get; init; } = true;

    internal IReadOnlyList<long> Channels =>
    [
        .. (Widths == AlexNetWidths.Narrow ? new[] { 64, 192, 384, 256, 256 } : [96, 256, 384, 384, 256])
            .Select(width => 2 * Math.Max(1, (long)Math.Round(width * Width / 2))),   // even, for two groups
    ];

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => FlattenedSide == 0 || FullyConnected == 0 ? [] :
    [
        new($"backbone.flattenedSide is {FlattenedSide}, but the features are those of the fully connected layers (backbone.fullyConnected {FullyConnected}). "
            + "Set one of the two to 0.", [nameof(FlattenedSide)]),
    ];

    internal DenseLayers Dense => new(FullyConnected, FullyConnectedNorm, Dropout, FinalRelu);
}
