namespace Parallax.Plugins.Parts;

/// <summary>The heads of MoCo v3 and SDSSL: linear layers without bias, batch normalisation and ReLU behind each hidden one.</summary>
/// <remarks>
/// Chen et al., "An Empirical Study of Training Self-Supervised Vision Transformers", ICCV 2021, section 4.1, https://arxiv.org/abs/2104.02057, as in the
/// authors' code; the last normalisation neither scales nor shifts. State-dictionary names are those of the code's <c>Sequential</c>.
/// </remarks>
public static class MoCoV3Head
{
    /// <summary>Makes a head.</summary>
    /// <param name="features">Width of what comes in.</param>
    /// <param name="hidden">Width of the hidden layers.</param>
    /// <param name="dimension">Width D of what comes out.</param>
    /// <param name="layers">Linear layers, at least 1.</param>
    /// <param name="lastNorm">Whether a normalisation without scale and shift ends the head.</param>
    public static Module<Tensor, Tensor> Create(long features, long hidden, long dimension, int layers, bool lastNorm)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(layers, 1);
        var inner = Enumerable.Repeat(new HeadLayer(hidden, Bias: false, HeadNorm.Batch, Relu: true), layers - 1);
        var last = new HeadLayer(dimension, Bias: false, lastNorm ? HeadNorm.BatchWithoutAffine : HeadNorm.None);

        return ProjectionHead.Layers(features, [.. inner, last]);
    }
}
