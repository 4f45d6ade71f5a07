using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Parts;

/// <summary>What methods take that compare each image with a bank of one row per image.</summary>
public abstract record InstanceOptions
{
    /// <summary>Divisor of the cosines, positive. Instance discrimination and PIRL, authors' code: 0.07 on ImageNet; 0.1 on CIFAR-10.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double Temperature { get; init; } = 0.07;

    /// <summary>Width D of the embeddings, and of the bank's rows. Instance discrimination, section 4.1: 128; PIRL too.</summary>
    [Range(1, 65536)]
    public int ProjectionDim { get; init; } = 128;

    /// <summary>Share of an image's row that is kept when the image is seen, a fraction in [0, 1). Authors' code: 0.5.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double BankMomentum { get; init; } = 0.5;

    /// <summary>What the bank's rows are before the first epoch: random, or forward-pass, the embeddings of all images. Authors' code, also PIRL's: random;
    /// PIRL's paper: forward-pass.</summary>
    public BankStart BankStart { get; init; }
}
