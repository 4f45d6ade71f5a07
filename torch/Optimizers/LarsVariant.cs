namespace Parallax.Torch;

/// <summary>The arithmetics that go by the name LARS. In all: p parameter, g gradient, w weight decay, e trust coefficient, m momentum.</summary>
/// <remarks>A fifth arithmetic is <see cref="SumOfNorms"/> with <see cref="LarsOptions.ClipLearningRate"/>.</remarks>
public enum LarsVariant
{
    /// <summary>d = g + w p; q = e |p| / |d|, 1 when a norm is 0; buffer = m buffer + q d; p -= rate * buffer.</summary>
    NormOfDecayedGrad,

    /// <summary>The same d and q; buffer = m buffer + rate q d; p -= buffer. The learning rate is inside the buffer, which differs when it changes.</summary>
    ClassicMomentum,

    /// <summary>q = e |p| / (|g| + w |p| + 1e-8); buffer = m buffer + q (g + w p); p -= rate * buffer. At norm 0 g is left as it is.</summary>
    SumOfNorms,

    /// <summary>As <see cref="SumOfNorms"/>, but by default for vectors too (biases, normalisation).</summary>
    Larc,
}
