namespace Parallax.Plugins.Parts;

/// <summary>First centroids for k-means that lie apart: each is a sample, drawn in proportion to its squared distance from those before it.</summary>
/// <remarks>Arthur and Vassilvitskii, "k-means++: The Advantages of Careful Seeding", SODA 2007, section 2.2.</remarks>
public static class KMeansPlusPlus
{
    /// <summary>Draws first centroids.</summary>
    /// <param name="samples">[N, D] float32.</param>
    /// <param name="clusters">Number of centroids K, from 1 to N.</param>
    /// <param name="random">Draws them.</param>
    /// <returns>[K, D]; a sample stands in it twice only where all others are equal to one of it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer samples than clusters, or no cluster.</exception>
    public static Tensor Choose(Tensor samples, long clusters, CounterRandom random)
    {
        Rows.RequireMatrix(samples, nameof(samples));
        ArgumentOutOfRangeException.ThrowIfLessThan(clusters, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(clusters, samples.shape[0]);
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var lengths = samples.square().sum([1]);                                              // [N]
        var distances = full_like(lengths, double.PositiveInfinity);                          // [N], squared, to the nearest chosen one
        List<long> chosen = [(long)(random.NextDouble() * samples.shape[0])];
        while (chosen.Count < clusters)
        {
            using var round = NewDisposeScope();
            var last = samples[chosen[^1]];                                                   // [D]
            var squared = lengths - (2 * samples.mv(last)) + last.square().sum();             // [N]
            distances.copy_(minimum(distances, squared.clamp_min(0)));
            chosen.Add(Draw(distances.to(float64).cumsum(0), random.NextDouble()));
        }

        return samples.index_select(0, tensor(chosen.ToArray(), device: samples.device)).MoveToOuterDisposeScope();
    }

    // The first sample whose cumulated distance exceeds a share of the sum.
    private static long Draw(Tensor cumulated, double share)
    {
        var wanted = cumulated[-1] * share;

        return Math.Min((cumulated <= wanted).sum([0]).item<long>(), cumulated.shape[0] - 1);
    }
}
