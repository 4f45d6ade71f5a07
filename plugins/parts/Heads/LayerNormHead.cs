namespace Parallax.Plugins.Parts;

/// <summary>Linear layers with layer normalisation and GELU behind each hidden one: a head in which images of a batch do not interact.</summary>
/// <remarks>
/// Wu et al., "Extreme Masking for Learning Instance and Distributed Visual Representations", TMLR 2023, https://arxiv.org/abs/2206.04667, as in the authors'
/// code: every layer has a bias, the normalisation PyTorch's epsilon of 1e-5, and weights start by Glorot's uniform rule. State-dictionary names are those of a
/// <c>Sequential</c>.
/// </remarks>
public static class LayerNormHead
{
    /// <summary>Makes a head.</summary>
    /// <param name="features">Width of what comes in.</param>
    /// <param name="hidden">Width of the hidden layers.</param>
    /// <param name="dimension">Width D of what comes out.</param>
    /// <param name="layers">Linear layers, at least 1: 3 in the projector, 2 in the predictor.</param>
    public static Module<Tensor, Tensor> Create(long features, long hidden, long dimension, int layers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(layers, 1);
        var modules = new List<Module<Tensor, Tensor>>();
        for (var layer = 1; layer < layers; layer++)
        {
            modules.AddRange([Linear(features, hidden), LayerNorm(hidden), GELU()]);
            features = hidden;
        }

        var head = Sequential([.. modules, Linear(features, dimension)]);
        LinearLayers.StartByGlorot(head);

        return head;
    }
}
