namespace Parallax.Plugins.Parts;

/// <summary>
/// The similarities of two views as in-batch contrastive losses see them: each of the 2N embeddings has one positive, its other view, and 2N - 2 negatives.
/// </summary>
/// <param name="Positives">Cosine of each embedding with its other view, divided by the temperature, [2N] float32; first the N of the first view.</param>
/// <param name="Negatives">Log-sum-exp over the negatives, log of the sum of exp(cosine / temperature) over the embeddings of other images, [2N]
/// float32.</param>
public readonly record struct PairLogits(Tensor Positives, Tensor Negatives)
{
    /// <summary>Number of negatives of each embedding, 2N - 2.</summary>
    public long NegativeCount => Positives.shape[0] - 2;

    /// <summary>Computes the similarities of a batch.</summary>
    /// <param name="za">Projections of the first view, [N, D], N at least 2; normalised here.</param>
    /// <param name="zb">Projections of the second view, [N, D]; row i shows the same image as row i of <paramref name="za"/>.</param>
    /// <param name="temperature">Divisor of the cosines, positive.</param>
    /// <exception cref="ArgumentException">The shapes differ, are not [N, D], or there is one image only and so no negative.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not a positive number.</exception>
    public static PairLogits Of(Tensor za, Tensor zb, double temperature)
    {
        Rows.RequireSame(za, nameof(za), zb, nameof(zb));
        Rows.RequireTemperature(temperature);
        var count = za.shape[0];
        if (count < 2)
        {
            throw new ArgumentException($"'{nameof(za)}' holds {count} image; expected at least 2, because negatives are the other images.", nameof(za));
        }

        var (a, b) = (Rows.Unit(za), Rows.Unit(zb));                              // [N, D]
        var z = cat([a, b], 0);                                                   // [2N, D]
        var positives = ((a * b).sum(1) / temperature).repeat(2);                 // [2N]
        var negatives = LogSumExp.Over(                                           // [2N], without the embedding itself and its other view
            z, z, temperature, new Diagonal(0, 0, 2 * count), new Diagonal(0, count, count), new Diagonal(count, 0, count));

        return new(positives, negatives);
    }
}
