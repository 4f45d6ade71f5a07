namespace Parallax.Plugins.Parts;

/// <summary>CoCLR's positives: keys that the network of the other modality finds similar, and keys of the same source video.</summary>
/// <remarks>
/// Han et al., "Self-supervised Co-training for Video Representation Learning", NeurIPS 2020, section 3.2, https://arxiv.org/abs/2010.09709, and the authors'
/// code: the keys of the batch in the other modality are compared with their own past ones, which lie in a second queue, row by row beside the first.
/// </remarks>
public static class MinedPositives
{
    /// <summary>Finds them.</summary>
    /// <param name="others">Keys of the batch in the other modality, [N, D]; normalised here.</param>
    /// <param name="otherQueue">Keys of earlier batches in the other modality, [K, D], rows of length one.</param>
    /// <param name="sources">Source video of each clip, [N] int64, not negative. Several videos of a data set may be cut from one source.</param>
    /// <param name="queueSources">Source video of each key of the queue, [K] int64; -1 where nothing was written yet.</param>
    /// <param name="count">Most similar keys of other sources per clip, from 1 to K. None are taken until the whole queue has been written.</param>
    /// <returns>[N, 1 + K] bool, the clip's own key in column 0; without gradients.</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public static Tensor Of(Tensor others, Tensor otherQueue, Tensor sources, Tensor queueSources, int count)
    {
        Rows.RequireSameWidth(others, nameof(others), otherQueue, nameof(otherQueue));
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var same = sources.unsqueeze(1).eq(queueSources);                                                            // [N, K]
        var (_, similar) = NearestKeys.Of(
            Rows.Unit(others), otherQueue, count, (start, values) => values.masked_fill_(same.narrow(0, start, values.shape[0]), double.NegativeInfinity));
        var mined = zeros_like(same).scatter_(1, similar, ones_like(similar, dtype: @bool)).logical_and(queueSources.ge(0).all());   // [N, K]
        var own = ones([same.shape[0], 1], dtype: @bool, device: same.device);                             // [N, 1]

        return cat([own, same.logical_or(mined)], 1).MoveToOuterDisposeScope();                                      // [N, 1 + K]
    }
}
