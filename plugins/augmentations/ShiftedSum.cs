using System.Numerics;

namespace Parallax.Plugins.Augmentations;

/// <summary>The inner loop of resizing and blurring: result[x] = sum over t of weights[t] * source[starts[t] + x].</summary>
internal static class ShiftedSum
{
    public static void Compute(ReadOnlySpan<float> source, ReadOnlySpan<int> starts, ReadOnlySpan<float> weights, Span<float> result)
    {
        var lanes = Vector<float>.Count;
        var x = 0;
        for (; x <= result.Length - (4 * lanes); x += 4 * lanes)   // four at once: the weight is spread once, and the sums do not wait for each other
        {
            var (sum0, sum1, sum2, sum3) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
            for (var tap = 0; tap < weights.Length; tap++)
            {
                var weight = new Vector<float>(weights[tap]);
                var values = source.Slice(starts[tap] + x, 4 * lanes);
                sum0 = Vector.FusedMultiplyAdd(weight, new Vector<float>(values), sum0);
                sum1 = Vector.FusedMultiplyAdd(weight, new Vector<float>(values[lanes..]), sum1);
                sum2 = Vector.FusedMultiplyAdd(weight, new Vector<float>(values[(2 * lanes)..]), sum2);
                sum3 = Vector.FusedMultiplyAdd(weight, new Vector<float>(values[(3 * lanes)..]), sum3);
            }

            sum0.CopyTo(result[x..]);
            sum1.CopyTo(result[(x + lanes)..]);
            sum2.CopyTo(result[(x + (2 * lanes))..]);
            sum3.CopyTo(result[(x + (3 * lanes))..]);
        }

        for (; x <= result.Length - lanes; x += lanes)
        {
            var sum = Vector<float>.Zero;
            for (var tap = 0; tap < weights.Length; tap++)
            {
                sum = Vector.FusedMultiplyAdd(new Vector<float>(weights[tap]), new Vector<float>(source[(starts[tap] + x)..]), sum);
            }

            sum.CopyTo(result[x..]);
        }

        for (; x < result.Length; x++)
        {
            var sum = 0f;
            for (var tap = 0; tap < weights.Length; tap++)
            {
                sum = MathF.FusedMultiplyAdd(weights[tap], source[starts[tap] + x], sum);
            }

            result[x] = sum;
        }
    }
}
