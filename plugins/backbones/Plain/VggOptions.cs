using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Backbones;

/// <summary>Settings of VGG-16 and VGG-19, section <c>backbone</c> of a recipe.</summary>
public sealed record VggOptions : IRunRequirements
{
    /// <summary>Whether every convolution has a batch normalisation. Simonyan and Zisserman: no; DeepCluster, DeeperCluster, Kolesnikov et al.: yes.</summary>
    public bool Norm { get; init; } = true;

    /// <summary>Factor on the channels of every convolution, in (0, 8]. 1 is the paper's network, of 64 channels in the first block; Kolesnikov et al.:
    /// 0.5 to 2, an eighth of their widening factor k of 4, 8, 12, 16.</summary>
    [Range(0.0, 8.0, MinimumIsExclusive = true)]
    public double Width { get; init; } = 1;

    /// <inheritdoc cref="AlexNetOptions.FullyConnected"/>
    /// <remarks>Simonyan and Zisserman: 4096.</remarks>
    [Range(0, 65_536)]
    public int FullyConnected { get; init; } = 4096;

    /// <summary>Whether the fully connected layers are normalised (batch normalisation, no bias). Kolesnikov et al.: yes; torchvision, DeeperCluster:
    /// no.</summary>
    public bool FullyConnectedNorm { get; init; }

    /// <summary>Probability of dropout between the fully connected layers, a fraction in [0, 1). Simonyan and Zisserman: 0.5; Kolesnikov et al.: 0.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Dropout { get; init; } = 0.5;

    /// <summary>Whether the last fully connected layer ends with a ReLU. Simonyan and Zisserman: yes. DeepCluster clusters the values before it.</summary>
    public bool FinalRelu { get; init; } = true;

    internal DenseLayers Dense => new(FullyConnected, FullyConnectedNorm, Dropout, FinalRelu);

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run)
    {
        if (run.ImageSize < Vgg.Stride)
        {
            yield return $"data.imageSize is {run.ImageSize}, and VGG halves the side five times: images need at least {Vgg.Stride} pixels. "
                + "Take larger images, or another backbone.";
        }
    }
}
