using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>Draws some images of a data set, each the likelier the larger its weight.</summary>
/// <remarks>Efraimidis and Spirakis, "Weighted random sampling with a reservoir", 2006: the largest values of ln(u) / weight, u uniform in (0, 1].</remarks>
public static class WeightedSample
{
    /// <summary>Draws without replacement.</summary>
    /// <param name="weights">One per image, [count] float32 on the CPU, not negative; an image of weight 0 is drawn only where no other is left.</param>
    /// <param name="size">How many, at most the number of images.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <returns>[size] int64, ascending.</returns>
    public static Tensor Draw(Tensor weights, int size, long seed)
    {
        var values = weights.data<float>().ToArray();
        var keys = new double[values.Length];
        for (var image = 0; image < keys.Length; image++)
        {
            var random = new CounterRandom(seed, epoch: 0, image, RandomPurpose.EpochPhase);
            keys[image] = Math.Log(1 - random.NextDouble()) / Math.Max(values[image], float.Epsilon);
        }

        var largest = Enumerable.Range(0, keys.Length).OrderByDescending(image => keys[image]).ThenBy(image => image).Take(size);

        return tensor(largest.Order().Select(image => (long)image).ToArray());   // [size]
    }
}
