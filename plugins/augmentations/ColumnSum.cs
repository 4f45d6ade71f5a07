using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Parallax.Plugins.Augmentations;

/// <summary>The horizontal pass of a resize: result[x] = sum over t of weight[t, x] * row[start[x] + t], clipped to [0, 1].</summary>
/// <remarks>
/// With AVX-512, neighbouring results are computed at once: 32 pixels lie in two registers, and a permutation picks from them one pixel for each result. How
/// many results share these pixels depends on how much the image shrinks. Each result is summed in the same order either way: the same bits.
/// </remarks>
internal readonly ref struct ColumnSum
{
    /// <summary>Numbers that are read and written behind the last result.</summary>
    public const int Room = 16;

    /// <summary>Pixels that are read from the first one of a result on.</summary>
    public const int Reach = 32;

    private readonly WindowTable _table;
    private readonly int _together;   // results from one pair of registers; 1: one after the other

    public ColumnSum(WindowTable table)
    {
        _table = table;
        _together = Avx512F.IsSupported ? Together(table) : 1;
    }

    /// <summary>Computes a row of results.</summary>
    /// <param name="row">Pixels, and room for <see cref="Reach"/> behind the last start.</param>
    /// <param name="result">Results, and <see cref="Room"/> behind them.</param>
    public void Compute(ReadOnlySpan<float> row, Span<float> result)
    {
        if (_together == 1)
        {
            OneByOne(row, result);
            return;
        }

        for (var x = 0; x < _table.Positions; x += _together)
        {
            var start = _table.Starts[x];
            var pixels = row.Slice(start, Reach);
            var (lower, upper) = (Vector512.Create(pixels), Vector512.Create(pixels[Room..]));
            var places = Vector512.LoadUnsafe(ref _table.Starts[x]) - Vector512.Create(start);
            var sum = Vector512<float>.Zero;
            for (var tap = 0; tap < _table.Taps; tap++)
            {
                var taken = Avx512F.PermuteVar16x32x2(lower, places, upper);
                sum = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref _table.Weight(tap, x)), taken, sum);
                places += Vector512<int>.One;
            }

            Vector512.Min(Vector512.Max(sum, Vector512<float>.Zero), Vector512<float>.One).CopyTo(result.Slice(x, Room));
        }
    }

    private static int Together(WindowTable table)
    {
        for (var together = Room; together > 2; together /= 2)
        {
            if (Fits(table, together))
            {
                return together;
            }
        }

        return 1;
    }

    private static bool Fits(WindowTable table, int together)
    {
        for (var x = 0; x < table.Positions; x += together)
        {
            var last = Math.Min(x + together, table.Positions) - 1;
            if (table.Starts[last] - table.Starts[x] + table.Taps > Reach)
            {
                return false;
            }
        }

        return true;
    }

    private void OneByOne(ReadOnlySpan<float> row, Span<float> result)
    {
        for (var x = 0; x < _table.Positions; x++)
        {
            var pixels = row.Slice(_table.Starts[x], _table.Taps);
            var sum = 0f;
            for (var tap = 0; tap < pixels.Length; tap++)
            {
                sum = MathF.FusedMultiplyAdd(_table.Weight(tap, x), pixels[tap], sum);
            }

            result[x] = Math.Clamp(sum, 0f, 1f);
        }
    }
}
