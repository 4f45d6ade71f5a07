namespace Parallax.Host.Configuration;

/// <summary>Arithmetic of the training step.</summary>
public enum TrainingPrecision
{
    /// <summary>32-bit floating point throughout.</summary>
    Fp32,

    /// <summary>Matrix products and convolutions in bfloat16; weights, losses and sums in 32 bits.</summary>
    Bf16,

    /// <summary>The same with 16-bit floating point and a scaled loss; needs CUDA.</summary>
    Fp16,
}
