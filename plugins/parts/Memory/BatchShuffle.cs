namespace Parallax.Plugins.Parts;

/// <summary>Runs a momentum encoder on its batch in random order, so that batch normalisation groups keys differently from queries.</summary>
/// <remarks>
/// ShuffleBN of He et al., "Momentum Contrast for Unsupervised Visual Representation Learning", CVPR 2020, section 3.3, https://arxiv.org/abs/1911.05722.
/// The whole batch is permuted over all processes, as in the paper. On one process the groups are those of <see cref="SplitBatchNorm2d"/>, as in the authors'
/// CIFAR demo; with one group, or with batch normalisation synchronised over processes, the order changes nothing.
/// </remarks>
public static class BatchShuffle
{
    /// <summary>Encodes the images in random order, without gradients, and returns the results in the original order.</summary>
    /// <param name="images">This process's images, [N, ...].</param>
    /// <param name="context">Random numbers of the step and the processes that share it.</param>
    /// <param name="encode">From images to keys; row i of the result belongs to row i of its argument.</param>
    /// <returns>[N, ...]: row i belongs to row i of <paramref name="images"/>.</returns>
    public static Tensor Encode(Tensor images, StepContext context, Func<Tensor, Tensor> encode)
    {
        using var noGradients = no_grad();
        var processes = context.Processes;
        var all = processes.Gather(images);                                                     // [M, ...], M = N * processes
        var order = randperm(all.shape[0], dtype: int64, generator: context.Generator);         // [M]
        var back = order.argsort().to(images.device);                                           // [M]
        var keys = processes.Gather(encode(all.index_select(0, processes.Own(order).to(images.device))));   // [M, ...], in random order

        return processes.Own(keys.index_select(0, back));
    }
}
