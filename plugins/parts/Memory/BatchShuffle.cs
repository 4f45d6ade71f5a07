namespace Parallax.Plugins.Parts;

/// <summary>Runs a momentum encoder on its batch in random order, so that batch normalisation groups keys differently from queries.</summary>
/// <remarks>
/// ShuffleBN of He et al., "Momentum Contrast for Unsupervised Visual Representation Learning", CVPR 2020, section 3.3, https://arxiv.org/abs/1911.05722.
/// The paper permutes over GPUs. On one device the groups are those of <see cref="SplitBatchNorm2d"/>, as in the authors' CIFAR demo; with one group the order changes nothing.
/// </remarks>
public static class BatchShuffle
{
    /// <summary>Encodes the images in random order, without gradients, and returns the results in the original order.</summary>
    /// <param name="images">[N, ...].</param>
    /// <param name="generator">Random numbers of the step, on the CPU.</param>
    /// <param name="encode">From images to keys; row i of the result belongs to row i of its argument.</param>
    /// <returns>[N, ...]: row i belongs to row i of <paramref name="images"/>.</returns>
    public static Tensor Encode(Tensor images, Generator generator, Func<Tensor, Tensor> encode)
    {
        using var noGradients = no_grad();
        var order = randperm(images.shape[0], dtype: int64, generator: generator);   // [N]
        var back = order.argsort().to(images.device);                                // [N]

        return encode(images.index_select(0, order.to(images.device))).index_select(0, back);
    }
}
