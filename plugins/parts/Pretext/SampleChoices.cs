using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>Choices for each image of a batch.</summary>
public static class SampleChoices
{
    /// <summary>Draws different numbers for each image.</summary>
    /// <remarks>Floyd's algorithm, as in Bentley and Floyd, "A sample of brilliance", CACM 1987: every set is equally likely.</remarks>
    /// <param name="randoms">One sequence per image; the draws are made on copies.</param>
    /// <param name="exclusiveMaximum">Above the largest number.</param>
    /// <param name="count">Numbers K per image, at most <paramref name="exclusiveMaximum"/>.</param>
    /// <returns>[N, K] int64 on the CPU.</returns>
    public static Tensor Distinct(IReadOnlyList<CounterRandom> randoms, int exclusiveMaximum, int count = 1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, exclusiveMaximum);
        var chosen = new long[randoms.Count * count];
        for (var i = 0; i < randoms.Count; i++)
        {
            var random = randoms[i];
            var own = chosen.AsSpan(i * count, count);
            for (var k = 0; k < count; k++)
            {
                var last = exclusiveMaximum - count + k;
                var drawn = random.NextInt(last + 1);
                own[k] = own[..k].Contains(drawn) ? last : drawn;
            }
        }

        return tensor(chosen, [randoms.Count, count]);   // [N, K]
    }
}
