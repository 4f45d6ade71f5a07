namespace Parallax.Plugins.Parts;

/// <summary>The step of MoCo: each query must find its own key among the keys of a queue, which takes in the keys after the step.</summary>
/// <remarks>He et al., "Momentum Contrast for Unsupervised Visual Representation Learning", CVPR 2020, algorithm 1, https://arxiv.org/abs/1911.05722.</remarks>
public static class QueueContrast
{
    /// <summary>Contrasts queries with their keys and a queue.</summary>
    /// <param name="q">Queries, [N, D]; normalised here.</param>
    /// <param name="k">Keys, [N, D], rows of length one, without gradients; row i shows the same image as row i of <paramref name="q"/>.</param>
    /// <param name="queue">Keys of earlier batches.</param>
    /// <param name="temperature">Divisor of the cosines, positive.</param>
    /// <returns><see cref="InfoNCELoss"/>, the share of queries that find their key (<c>proxy_accuracy</c>), and the keys for the queue.</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not a positive number.</exception>
    public static StepOutput Step(Tensor q, Tensor k, FeatureQueue queue, double temperature)
    {
        return new(InfoNCELoss.Compute(q, k, queue.Keys, temperature))
        {
            Embedding = q,
            Positive = k,
            Diagnostics = [new("proxy_accuracy", ProxyTask.Accuracy(q, k, queue.Keys, temperature))],
            Remember = [new(queue, k)],
        };
    }
}
