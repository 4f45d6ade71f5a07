using Parallax.Contracts;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>The equations of losses against a bank, image by image, in float64.</summary>
internal static class MemoryEquations
{
    /// <summary>Added to both denominators by the authors of instance discrimination.</summary>
    private const double Epsilon = 1e-7;

    /// <summary>exp(v_i·m_j / T) for the own row and drawn ones, [N, 1 + K].</summary>
    public static Tensor Exponentials(Tensor v, Tensor bank, long[][] candidates, double temperature) => stack([.. candidates.Select((rows, i) =>
        (bank.to(float64).index_select(0, tensor(rows)).matmul(v.to(float64)[i]) / temperature).exp())]);

    /// <summary>M times the mean of the exponentials, a constant.</summary>
    public static double Z(Tensor exponentials, long images) => images * exponentials.detach().mean().item<double>();

    /// <summary>-ln h(own) - sum of ln(1 - h(negative)), mean over the images, h = P / (P + K/M).</summary>
    public static Tensor NCE(Tensor exponentials, double z, long images)
    {
        var (p, noise) = (exponentials / z, (exponentials.shape[1] - 1.0) / images);
        var own = p.select(1, 0);
        var negatives = p.narrow(1, 1, p.shape[1] - 1);

        return -((own / (own + noise + Epsilon)).log() + (noise / (negatives + noise + Epsilon)).log().sum(1)).mean();
    }

    /// <summary>The loss as PIRL's paper prints it: h = e / (e + sum over the negatives).</summary>
    public static Tensor Printed(Tensor exponentials)
    {
        var (own, negatives) = (exponentials.select(1, 0), exponentials.narrow(1, 1, exponentials.shape[1] - 1));
        var sum = negatives.sum(1);

        return -((own / (own + sum)).log() + (1 - (negatives / (negatives + sum.unsqueeze(1)))).log().sum(1)).mean();
    }

    /// <summary>The own image, then the negatives that belong to it in an epoch.</summary>
    public static long[][] Candidates(Tensor images, int epoch, int part, int negatives, long count, bool leavesOwnOut = false) =>
        [.. Tensors.Integers(images).Select(image =>
        {
            var random = new CounterRandom(seed: 1, epoch, image, RandomPurpose.Masking, part);
            long[] drawn = [.. Enumerable.Range(0, negatives).Select(_ => (long)random.NextInt((int)(leavesOwnOut ? count - 1 : count)))];

            return (long[])[image, .. drawn.Select(row => leavesOwnOut && row >= image ? row + 1 : row)];
        })];
}
