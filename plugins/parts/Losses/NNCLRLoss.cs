namespace Parallax.Plugins.Parts;

/// <summary>What a neighbour must tell its own prediction from.</summary>
public enum NNCLRNegatives
{
    /// <summary>The other images' predictions: the paper.</summary>
    OtherPredictions,

    /// <summary>The other images' predictions and neighbours, as in NT-Xent: a widespread implementation.</summary>
    PredictionsAndNeighbours,
}

/// <summary>Contrast of nearest neighbours: what stands in for one view of an image must find the other view's prediction.</summary>
/// <remarks>
/// Dwibedi et al., "With a Little Help from My Friends: Nearest-Neighbor Contrastive Learning of Visual Representations", ICCV 2021, section 3,
/// https://arxiv.org/abs/2104.14548. Only predictions carry gradients.
/// </remarks>
public static class NNCLRLoss
{
    /// <summary>For each row, the row of a memory with the largest cosine.</summary>
    /// <param name="z">[N, D]; its length does not matter.</param>
    /// <param name="memory">[K, D], rows of length one.</param>
    /// <returns>Indices into the memory, [N] int64.</returns>
    /// <exception cref="ArgumentException">A tensor is not a matrix, or the lengths of their rows differ.</exception>
    public static Tensor NearestRows(Tensor z, Tensor memory)
    {
        Rows.RequireSameWidth(z, nameof(z), memory, nameof(memory));

        return NearestKeys.Of(z, memory, 1).Indices.squeeze(1);   // [N]
    }

    /// <summary>Loss of one direction.</summary>
    /// <param name="neighbours">What stands in for one view, [N, D]; normalised and detached here.</param>
    /// <param name="predictions">Predictions from the other view, [N, D]; normalised here.</param>
    /// <param name="temperature">Divisor of the cosines, positive.</param>
    /// <param name="negatives">What is in the softmax beside the right prediction.</param>
    /// <returns>Scalar, [], float32, mean over the images; ln N when all predictions are equal (for <see cref="NNCLRNegatives.OtherPredictions"/>).</returns>
    /// <exception cref="ArgumentException">The shapes differ or are not [N, D].</exception>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not a positive number.</exception>
    public static Tensor Compute(Tensor neighbours, Tensor predictions, double temperature, NNCLRNegatives negatives = NNCLRNegatives.OtherPredictions)
    {
        Rows.RequireSame(neighbours, nameof(neighbours), predictions, nameof(predictions));
        Rows.RequireTemperature(temperature);
        using var precision = Precision.Float32();
        if (negatives == NNCLRNegatives.PredictionsAndNeighbours)
        {
            return NTXentLoss.Compute(neighbours.detach(), predictions, temperature);
        }

        var (n, p) = (Rows.Unit(neighbours.detach()), Rows.Unit(predictions));   // [N, D]
        var positives = (n * p).sum(1) / temperature;                            // [N]

        return (LogSumExp.Over(n, p, temperature) - positives).mean();           // []
    }
}
