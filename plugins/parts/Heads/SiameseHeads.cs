namespace Parallax.Plugins.Parts;

/// <summary>Which linear layers of a two-layer head with batch normalisation between them have a bias.</summary>
public enum HeadBias
{
    /// <summary>The first only: the authors' JAX code of BYOL.</summary>
    First,

    /// <summary>The last only: the library lightly.</summary>
    Last,

    /// <summary>Both: the library solo-learn.</summary>
    Both,
}

/// <summary>Heads of networks that predict one view from the other.</summary>
public static class SiameseHeads
{
    /// <summary>Linear, batch normalisation, ReLU, Linear: projector and predictor of BYOL. Nothing normalises the output.</summary>
    /// <param name="features">Width of what comes in.</param>
    /// <param name="hidden">Width of the hidden layer, 4096 in the paper.</param>
    /// <param name="dimension">Width of the output, 256 in the paper.</param>
    /// <param name="bias">Which linear layers have a bias; sources disagree, and the first bias has no effect before a normalisation.</param>
    /// <remarks>Grill et al., "Bootstrap Your Own Latent", NeurIPS 2020, section 3.3, https://arxiv.org/abs/2006.07733.</remarks>
    public static Module<Tensor, Tensor> BYOL(long features, long hidden, long dimension, HeadBias bias) => ProjectionHead.Layers(
        features, new(hidden, Bias: bias != HeadBias.Last, HeadNorm.Batch, Relu: true), new(dimension, Bias: bias != HeadBias.First));

    /// <summary>Projector of SimSiam: Linear without bias, batch normalisation and ReLU; last Linear with a bias that is not trained, and normalisation without
    /// scale and shift.</summary>
    /// <param name="features">Width F of the features.</param>
    /// <param name="hidden">Width of the hidden layers; the authors take F.</param>
    /// <param name="dimension">Width D of the projections, 2048 in the paper.</param>
    /// <param name="layers">Number of linear layers: 3 in the paper, 2 on CIFAR-10.</param>
    /// <remarks>
    /// Chen and He, "Exploring Simple Siamese Representation Learning", CVPR 2021, section 3, https://arxiv.org/abs/2011.10566, and its code, which keeps the
    /// last bias in checkpoints although the normalisation behind it cancels it.
    /// </remarks>
    public static Module<Tensor, Tensor> SimSiamProjector(long features, long hidden, long dimension, int layers = 3)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(layers, 1);
        var projector = ProjectionHead.Layers(
            features,
            [
                .. Enumerable.Repeat(new HeadLayer(hidden, Bias: false, HeadNorm.Batch, Relu: true), layers - 1),
                new(dimension, Bias: true, HeadNorm.BatchWithoutAffine),
            ]);
        projector.get_parameter($"{3 * (layers - 1)}.bias")!.requires_grad = false;   // three modules per hidden layer come before the last Linear

        return projector;
    }

    /// <summary>Predictor of SimSiam: Linear without bias, batch normalisation, ReLU, Linear with bias; a bottleneck without normalisation at the
    /// end.</summary>
    /// <param name="dimension">Width D of the projections.</param>
    /// <param name="hidden">Width of the bottleneck, 512 in the paper.</param>
    /// <remarks>SimSiam, section 3.</remarks>
    public static Module<Tensor, Tensor> SimSiamPredictor(long dimension, long hidden) =>
        ProjectionHead.Layers(dimension, new(hidden, Bias: false, HeadNorm.Batch, Relu: true), new(dimension, Bias: true));
}
