using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Parts;

/// <summary>What PIRL takes, however it changes its images.</summary>
public abstract record InvarianceOptions : InstanceOptions, IRunRequirements
{
    /// <summary>How embeddings are compared with the bank: nce or info-nce as the authors' code, or paper. Authors' code, linear heads: nce.</summary>
    public PIRLContrast Contrast { get; init; } = PIRLContrast.NCE;

    /// <summary>Rows that each image is told apart from, K, drawn with replacement. Paper, section 3.4: 32000.</summary>
    [Range(1, 1 << 24)]
    public int Negatives { get; init; } = 32000;

    /// <summary>Width of the hidden layer of both heads, of images and of changed ones; 0 makes them linear, as the paper. Authors' code, MLP: 2048.</summary>
    [Range(0, 65536)]
    public int HiddenDim { get; init; }

    /// <inheritdoc/>
    public virtual IEnumerable<string> Faults(RunInfo run) => Contrast switch
    {
        PIRLContrast.NCE => PartitionConstant.Faults(Temperature, run),
        PIRLContrast.Paper when run.Data.Count == 1 =>
            ["method.contrast is paper, which draws negatives among the other images, but there is one training image. Take more, or method.contrast: nce."],
        _ => [],
    };
}
