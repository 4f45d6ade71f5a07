namespace Parallax.Plugins.Parts;

/// <summary>Rows of a bank that an image is compared with: its own, then negatives that are drawn uniformly, with replacement.</summary>
/// <remarks>
/// Wu et al., "Unsupervised Feature Learning via Non-Parametric Instance Discrimination", CVPR 2018, section 3.2, https://arxiv.org/abs/1805.01978.
/// Differs from the authors' code: the draws belong to the image and the epoch, not to the step, so processes, accumulation and a resumed run agree.
/// </remarks>
public static class BankDraws
{
    /// <summary>Draws for each image.</summary>
    /// <param name="images">Indices of the images, [N] int64.</param>
    /// <param name="randoms">One sequence per image.</param>
    /// <param name="count">Rows of the bank, at least 1; 2 where the own row is left out.</param>
    /// <param name="negatives">Negatives per image, K, at least 1.</param>
    /// <param name="leavesOwnOut">Whether the own row is never among the negatives.</param>
    /// <returns>[N, 1 + K] int64 on the device of <paramref name="images"/>, the own row in column 0.</returns>
    public static Tensor Candidates(Tensor images, IReadOnlyList<CounterRandom> randoms, long count, int negatives, bool leavesOwnOut = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(negatives, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, leavesOwnOut ? 2 : 1);
        var (own, rows) = (images.cpu().data<long>().ToArray(), new long[randoms.Count * (1 + negatives)]);
        for (var i = 0; i < randoms.Count; i++)
        {
            var random = randoms[i];
            var row = rows.AsSpan(i * (1 + negatives), 1 + negatives);
            row[0] = own[i];
            foreach (ref var negative in row[1..])
            {
                negative = random.NextInt((int)(leavesOwnOut ? count - 1 : count));
                negative += leavesOwnOut && negative >= own[i] ? 1 : 0;
            }
        }

        return tensor(rows, [randoms.Count, 1 + negatives], dtype: int64, device: images.device);   // [N, 1 + K]
    }
}
