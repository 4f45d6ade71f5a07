using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>Noise for each image of a batch.</summary>
public static class SampleNoise
{
    /// <summary>Uniform noise.</summary>
    /// <param name="randoms">One sequence per image; the draws go on from their present places, on copies.</param>
    /// <param name="count">Values per image.</param>
    /// <returns>[N, <paramref name="count"/>] float32 in [0, 1) on the CPU; 24 bits, so that no value becomes 1.</returns>
    public static Tensor Uniform(IReadOnlyList<CounterRandom> randoms, long count)
    {
        const int bits = 24;
        var values = new float[randoms.Count * count];
        for (var i = 0; i < randoms.Count; i++)
        {
            var random = randoms[i];
            foreach (ref var value in values.AsSpan((int)(i * count), (int)count))
            {
                value = (random.NextUInt32() >> (32 - bits)) * (1f / (1 << bits));
            }
        }

        return tensor(values, [randoms.Count, count]);
    }
}
