namespace Parallax.Host.Configuration;

/// <summary>Which of the arithmetics that are called LARS. g gradient, p weights, wd weight decay, eta trust coefficient.</summary>
public enum LarsVariant
{
    /// <summary>d = g + wd p, scaled by eta |p| / |d|; the learning rate multiplies the momentum buffer.</summary>
    NormOfDecayedGrad,

    /// <summary>The same, with the learning rate inside the momentum buffer, so warm-up echoes in it.</summary>
    ClassicMomentum,

    /// <summary>g + wd p, scaled by eta |p| / (|g| + wd |p| + 1e-8).</summary>
    SumOfNorms,

    /// <summary>As sum-of-norms, but never above the plain step: the scale is at most the learning rate.</summary>
    SumOfNormsClipped,

    /// <summary>As sum-of-norms, on every tensor, biases and normalisation included.</summary>
    Larc,
}
