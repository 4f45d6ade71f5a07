namespace Parallax.Plugins.Parts;

/// <summary>One layer of a head: Linear, then what the paper puts behind it.</summary>
/// <param name="Width">Outputs of the linear layer.</param>
/// <param name="Bias">Whether the linear layer has a bias.</param>
/// <param name="Norm">Normalisation behind it.</param>
/// <param name="Relu">Whether a ReLU comes behind the normalisation.</param>
/// <param name="Dropout">Share of the outputs that training sets to 0, a fraction in [0, 1); at 0 there is no such module.</param>
public readonly record struct HeadLayer(long Width, bool Bias, HeadNorm Norm = HeadNorm.None, bool Relu = false, double Dropout = 0);

/// <summary>Normalisation behind a linear layer.</summary>
public enum HeadNorm
{
    /// <summary>None.</summary>
    None,

    /// <summary>Batch normalisation with scale and shift.</summary>
    Batch,

    /// <summary>Batch normalisation without scale and shift.</summary>
    BatchWithoutAffine,
}
