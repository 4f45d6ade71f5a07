using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Parallax.Plugins.Augmentations;

/// <summary>The inner loop of resizing and blurring: result[x] = sum over t of weights[t] * source[starts[t] + x].</summary>
/// <remarks>Each result is summed in the order of the weights, however many are computed at once: the same bits on every processor.</remarks>
internal static class ShiftedSum
{
    public static void Compute(ReadOnlySpan<float> source, ReadOnlySpan<int> starts, ReadOnlySpan<float> weights, Span<float> result)
    {
        if (Vector512.IsHardwareAccelerated && result.Length >= Vector512<float>.Count)
        {
            Wide(source, starts, weights, result);
        }
        else
        {
            Narrow(source, starts, weights, result);
        }
    }

    private static void Wide(ReadOnlySpan<float> source, ReadOnlySpan<int> starts, ReadOnlySpan<float> weights, Span<float> result)
    {
        foreach (var start in starts)
        {
            _ = source.Slice(start, result.Length);   // checked once for all reads below
        }

        var lanes = Vector512<float>.Count;
        ref var first = ref MemoryMarshal.GetReference(source);
        var x = 0;
        for (; x <= result.Length - (4 * lanes); x += 4 * lanes)   // four at once: the weight is spread once, and the sums do not wait for each other
        {
            var (sum0, sum1, sum2, sum3) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
            for (var tap = 0; tap < weights.Length; tap++)
            {
                var (weight, place) = (Vector512.Create(weights[tap]), (nuint)(starts[tap] + x));
                sum0 = Vector512.FusedMultiplyAdd(weight, Vector512.LoadUnsafe(ref first, place), sum0);
                sum1 = Vector512.FusedMultiplyAdd(weight, Vector512.LoadUnsafe(ref first, place + (nuint)lanes), sum1);
                sum2 = Vector512.FusedMultiplyAdd(weight, Vector512.LoadUnsafe(ref first, place + (nuint)(2 * lanes)), sum2);
                sum3 = Vector512.FusedMultiplyAdd(weight, Vector512.LoadUnsafe(ref first, place + (nuint)(3 * lanes)), sum3);
            }

            sum0.CopyTo(result[x..]);
            sum1.CopyTo(result[(x + lanes)..]);
            sum2.CopyTo(result[(x + (2 * lanes))..]);
            sum3.CopyTo(result[(x + (3 * lanes))..]);
        }

        for (; x < result.Length; x += lanes)
        {
            x = Math.Min(x, result.Length - lanes);   // the last ones overlap those before, which get the same values again
            var sum = Vector512<float>.Zero;
            for (var tap = 0; tap < weights.Length; tap++)
            {
                sum = Vector512.FusedMultiplyAdd(Vector512.Create(weights[tap]), Vector512.LoadUnsafe(ref first, (nuint)(starts[tap] + x)), sum);
            }

            sum.CopyTo(result[x..]);
        }
    }

    private static void Narrow(ReadOnlySpan<float> source, ReadOnlySpan<int> starts, ReadOnlySpan<float> weights, Span<float> result)
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
