namespace Parallax.Plugins.Parts;

/// <summary>The critic of ReLIC: hidden layers of Linear, batch normalisation and ReLU, each half as wide as the one before, then a linear layer.</summary>
/// <remarks>
/// Mitrovic et al., "Representation Learning via Invariant Causal Mechanisms", ICLR 2021, https://arxiv.org/abs/2010.07922; widths 4096, 2048, 1024, 512 are
/// from memory of the paper.
/// </remarks>
public static class ReLICCritic
{
    /// <summary>Builds the critic.</summary>
    /// <param name="features">Width F of the features.</param>
    /// <param name="hidden">Width of the first layer.</param>
    /// <param name="dimension">Width D of the embeddings.</param>
    /// <param name="layers">Linear layers, at least 1.</param>
    /// <returns>From features [N, F] to embeddings [N, D].</returns>
    public static Module<Tensor, Tensor> Create(long features, int hidden, int dimension, int layers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(layers, 1);
        var widths = Enumerable.Range(0, layers - 1).Select(layer => new HeadLayer(Math.Max(1, hidden >> layer), Bias: false, HeadNorm.Batch, Relu: true));

        return ProjectionHead.Layers(features, [.. widths, new HeadLayer(dimension, Bias: true)]);
    }
}
