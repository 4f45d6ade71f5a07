namespace Parallax.Plugins.Parts;

/// <summary>The small networks between backbone and loss, used only in pretraining: features [N, F] to projections [N, D].</summary>
public static class ProjectionHead
{
    private const double SimCLRWeightStd = 0.01;

    /// <summary>One linear layer with bias: the head of MoCo v1.</summary>
    /// <param name="features">Width F of the features.</param>
    /// <param name="dimension">Width D of the projections.</param>
    /// <remarks>He et al., CVPR 2020, https://arxiv.org/abs/1911.05722; PyTorch's default initialisation, as the authors.</remarks>
    public static Module<Tensor, Tensor> LinearLayer(long features, long dimension) => Linear(features, dimension);

    /// <summary>Linear, ReLU, Linear, both with bias and without normalisation: the head of MoCo v2.</summary>
    /// <param name="features">Width F of the features.</param>
    /// <param name="hidden">Width of the hidden layer; 0 takes F, as the authors.</param>
    /// <param name="dimension">Width D of the projections.</param>
    /// <remarks>Chen et al., "Improved Baselines with Momentum Contrastive Learning", 2020, https://arxiv.org/abs/2003.04297.</remarks>
    public static Module<Tensor, Tensor> Mlp(long features, long hidden, long dimension)
    {
        var width = hidden == 0 ? features : hidden;

        return Sequential(Linear(features, width), ReLU(), Linear(width, dimension));
    }

    /// <summary>A linear layer, or the head of MoCo v2 where a hidden layer is asked for: the heads of PIRL.</summary>
    /// <param name="features">Width F of the features.</param>
    /// <param name="hidden">Width of the hidden layer; 0 for none.</param>
    /// <param name="dimension">Width D of the projections.</param>
    /// <remarks>Misra and van der Maaten, CVPR 2020, https://arxiv.org/abs/1912.01991: linear; the authors' code has both.</remarks>
    public static Module<Tensor, Tensor> LinearOrMlp(long features, long hidden, long dimension) =>
        hidden == 0 ? LinearLayer(features, dimension) : Mlp(features, hidden, dimension);

    /// <summary>Layers of Linear, normalisation and activation as a paper lists them, with PyTorch's default initialisation.</summary>
    /// <param name="features">Width of what comes in.</param>
    /// <param name="layers">First to last; at least one.</param>
    /// <remarks>State-dictionary names are those of a <c>Sequential</c> of everything in order: of a hidden layer Linear, norm, ReLU, dropout.</remarks>
    public static Module<Tensor, Tensor> Layers(long features, params ReadOnlySpan<HeadLayer> layers)
    {
        ArgumentOutOfRangeException.ThrowIfZero(layers.Length);
        var modules = new List<Module<Tensor, Tensor>>();
        foreach (var layer in layers)
        {
            modules.Add(Linear(features, layer.Width, hasBias: layer.Bias));
            if (layer.Norm != HeadNorm.None)
            {
                modules.Add(BatchNorm1d(layer.Width, affine: layer.Norm == HeadNorm.Batch));
            }

            if (layer.Relu)
            {
                modules.Add(ReLU());
            }

            if (layer.Dropout > 0)
            {
                modules.Add(Dropout(layer.Dropout));
            }

            features = layer.Width;
        }

        return Sequential(modules);
    }

    /// <summary>Layers of Linear without bias and batch normalisation, ReLU between them: the head of SimCLR.</summary>
    /// <param name="features">Width F of the features.</param>
    /// <param name="hidden">Width of the hidden layers; the authors take F.</param>
    /// <param name="dimension">Width D of the projections.</param>
    /// <param name="layers">Number of linear layers, at least 1: 2 in SimCLR v1, 3 in v2.</param>
    /// <remarks>
    /// Chen et al., "A Simple Framework for Contrastive Learning of Visual Representations", ICML 2020, https://arxiv.org/abs/2002.05709, as in the authors'
    /// code: weights from N(0, 0.01²), and the last normalisation scales but does not shift (its bias stays 0 and is not trained).
    /// </remarks>
    public static Module<Tensor, Tensor> BatchNormMlp(long features, long hidden, long dimension, int layers = 2)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(layers, 1);
        var modules = new List<Module<Tensor, Tensor>>();
        for (var layer = 1; layer <= layers; layer++)
        {
            var linear = Linear(layer == 1 ? features : hidden, layer == layers ? dimension : hidden, hasBias: false);
            init.normal_(linear.weight!, 0, SimCLRWeightStd);
            var norm = BatchNorm1d(layer == layers ? dimension : hidden);
            modules.AddRange([linear, norm]);
            if (layer < layers)
            {
                modules.Add(ReLU());
            }
            else
            {
                norm.bias!.requires_grad = false;
            }
        }

        return Sequential(modules);
    }
}
