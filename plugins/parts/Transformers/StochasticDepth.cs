namespace Parallax.Plugins.Parts;

/// <summary>Stochastic depth: in training, leaves out the branch of a sample with a probability and scales up the others ("drop path").</summary>
/// <remarks>
/// Huang et al., "Deep Networks with Stochastic Depth", ECCV 2016, https://arxiv.org/abs/1603.09382, per sample and scaled by 1 / (1 - rate), as in timm.
/// The draws come from the global generator, which the trainer seeds at each step: a resumed run repeats them, another number of processes does not.
/// </remarks>
public static class StochasticDepth
{
    /// <summary>Rates that rise evenly from 0 in the first block to <paramref name="last"/> in the last.</summary>
    /// <param name="last">Rate of the last block, a fraction in [0, 1).</param>
    /// <param name="depth">Number of blocks.</param>
    public static IReadOnlyList<double> Rates(double last, int depth) =>
        [.. Enumerable.Range(0, depth).Select(block => depth == 1 ? 0 : last * block / (depth - 1))];

    /// <summary>Drops the branch of some samples.</summary>
    /// <param name="branch">[N, ...], before it is added to the shortcut.</param>
    /// <param name="rate">Probability that a sample loses the branch, a fraction in [0, 1).</param>
    /// <param name="training">Without training nothing is dropped.</param>
    /// <returns>The same shape.</returns>
    public static Tensor Drop(Tensor branch, double rate, bool training)
    {
        if (!training || rate == 0)
        {
            return branch;
        }

        long[] shape = [branch.shape[0], .. Enumerable.Repeat(1L, branch.shape.Length - 1)];
        var kept = zeros(shape, dtype: branch.dtype, device: branch.device).bernoulli_(1 - rate);   // [N, 1, ...]

        return branch * (kept / (1 - rate));
    }
}
