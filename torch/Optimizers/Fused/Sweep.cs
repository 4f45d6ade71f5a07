using System.Numerics;
using System.Runtime.CompilerServices;

namespace Parallax.Torch;

/// <summary>Runs a rule once over the memory of many parameters: one pass, all threads, the same result for any number of threads.</summary>
/// <remarks>
/// A rule sees whole vectors only. What is left at the end of a parameter goes through a padded scratch vector: parameter, gradient and first buffer
/// are padded with 0, the other buffers with 1, so that neither a square root of 0 nor a division by 0 arises and padding adds nothing to a sum.
/// Sums are taken per tile and added in a fixed order in double precision.
/// </remarks>
internal static unsafe class Sweep
{
    private const int TileElements = 2048;
    private const int ChunkElements = 32 * TileElements;
    private const int WorthThreads = 4 * ChunkElements;

    /// <summary>Updates every block with its rule.</summary>
    public static void Update<TRule>(DenseBlock[] blocks, TRule[] rules)
        where TRule : struct, IUpdateRule => Run(blocks, Array.ConvertAll(rules, rule => new Updating<TRule>(rule)), changesParameters: true);

    /// <summary>The sums of every block.</summary>
    public static Sums[] Reduce<TRule>(DenseBlock[] blocks, TRule[] rules)
        where TRule : struct, IReduceRule => Run(blocks, rules, changesParameters: false);

    private static Sums[] Run<TRule>(DenseBlock[] blocks, TRule[] rules, bool changesParameters)
        where TRule : struct, IReduceRule
    {
        var partial = Array.ConvertAll(blocks, block => new Sums[(block.Count + ChunkElements - 1) / ChunkElements]);
        ForEachChunk(blocks, (index, start, count) =>
        {
            ref readonly var block = ref blocks[index];
            var tile = changesParameters ? ChunkElements : TileElements;   // sums are added tile by tile
            partial[index][start / ChunkElements] = block.Type switch
            {
                ScalarType.Float32 => RunRange(rules[index], Full<float>(block, start), count, tile),
                ScalarType.Float64 => RunRange(rules[index], Full<double>(block, start), count, tile),
                ScalarType.BFloat16 => RunHalf<BFloat16Type, TRule>(rules[index], block, start, count, changesParameters),
                _ => RunHalf<Float16Type, TRule>(rules[index], block, start, count, changesParameters),
            };
        });

        return Array.ConvertAll(partial, chunks => chunks.Aggregate(default(Sums), (sum, chunk) => sum + chunk));
    }

    private static void ForEachChunk(DenseBlock[] blocks, Action<int, nint, nint> work)
    {
        var chunks = new List<(int Block, nint Start, nint Count)>(blocks.Length);
        nint total = 0;
        for (var i = 0; i < blocks.Length; i++)
        {
            total += blocks[i].Count;
            for (nint start = 0; start < blocks[i].Count; start += ChunkElements)
            {
                chunks.Add((i, start, Math.Min(ChunkElements, blocks[i].Count - start)));
            }
        }

        var threads = get_num_threads();
        if (threads > 1 && total >= WorthThreads)
        {
            Parallel.ForEach(chunks, new ParallelOptions { MaxDegreeOfParallelism = threads }, chunk => work(chunk.Block, chunk.Start, chunk.Count));
            return;
        }

        foreach (var (block, start, count) in chunks)
        {
            work(block, start, count);
        }
    }

    private static Lanes<T> Full<T>(in DenseBlock block, nint start)
        where T : unmanaged =>
        new((T*)block.Parameter + start, At<T>(block.Gradient, start), At<T>(block.First, start), At<T>(block.Second, start), At<T>(block.Third, start));

    private static T* At<T>(void* memory, nint start)
        where T : unmanaged => memory == null ? null : (T*)memory + start;

    private static Sums RunRange<T, TRule>(in TRule rule, Lanes<T> lanes, nint count, nint tile)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TRule : struct, IReduceRule
    {
        var whole = count - (count % Vector<T>.Count);
        var sums = default(Sums);
        for (nint start = 0; start < whole; start += tile)
        {
            sums += rule.Reduce(Shift(lanes, start), Math.Min(tile, whole - start));
        }

        if (whole < count)
        {
            var memory = stackalloc T[5 * Vector<T>.Count];
            var padded = Pad(lanes, whole, count - whole, memory);
            sums += rule.Reduce(padded, Vector<T>.Count);
            Unpad(padded, lanes, whole, count - whole);
        }

        return sums;
    }

    [SkipLocalsInit]
    private static Sums RunHalf<THalf, TRule>(in TRule rule, in DenseBlock block, nint start, nint count, bool changesParameters)
        where THalf : struct, IHalfType
        where TRule : struct, IReduceRule
    {
        var parameter = stackalloc float[TileElements];
        var gradient = stackalloc float[TileElements];
        var sums = default(Sums);
        for (nint done = 0; done < count; done += TileElements)
        {
            var size = Math.Min(TileElements, count - done);
            sums += RunRange(rule, WidenTile<THalf>(block, start + done, size, parameter, gradient), size, TileElements);
            if (changesParameters)
            {
                THalf.Narrow(parameter, (ushort*)block.Parameter + start + done, size);
            }
        }

        return sums;
    }

    private static Lanes<float> WidenTile<THalf>(in DenseBlock block, nint start, nint size, float* parameter, float* gradient)
        where THalf : struct, IHalfType
    {
        THalf.Widen((ushort*)block.Parameter + start, parameter, size);
        if (block.Gradient != null)
        {
            THalf.Widen((ushort*)block.Gradient + start, gradient, size);
        }

        return new(parameter, gradient, At<float>(block.First, start), At<float>(block.Second, start), At<float>(block.Third, start));
    }

    private static Lanes<T> Shift<T>(Lanes<T> lanes, nint start)
        where T : unmanaged =>
        new(lanes.Parameter + start, At<T>(lanes.Gradient, start), At<T>(lanes.First, start), At<T>(lanes.Second, start), At<T>(lanes.Third, start));

    private static Lanes<T> Pad<T>(Lanes<T> lanes, nint start, nint count, T* memory)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        new(
            PadLane(lanes.Parameter, start, count, memory, T.Zero),
            PadLane(lanes.Gradient, start, count, memory + Vector<T>.Count, T.Zero),
            PadLane(lanes.First, start, count, memory + (2 * Vector<T>.Count), T.Zero),
            PadLane(lanes.Second, start, count, memory + (3 * Vector<T>.Count), T.One),
            PadLane(lanes.Third, start, count, memory + (4 * Vector<T>.Count), T.One));

    private static T* PadLane<T>(T* lane, nint start, nint count, T* target, T padding)
        where T : unmanaged
    {
        if (lane == null)
        {
            return null;
        }

        for (nint i = 0; i < Vector<T>.Count; i++)
        {
            target[i] = i < count ? lane[start + i] : padding;
        }

        return target;
    }

    private static void Unpad<T>(Lanes<T> padded, Lanes<T> lanes, nint start, nint count)
        where T : unmanaged
    {
        for (nint i = 0; i < count; i++)
        {
            lanes.Parameter[start + i] = padded.Parameter[i];
            if (lanes.First != null)
            {
                lanes.First[start + i] = padded.First[i];
            }

            if (lanes.Second != null)
            {
                lanes.Second[start + i] = padded.Second[i];
            }

            if (lanes.Third != null)
            {
                lanes.Third[start + i] = padded.Third[i];
            }
        }
    }

    /// <summary>An update as a reduction without sums.</summary>
    private readonly record struct Updating<TRule>(TRule Rule) : IReduceRule
        where TRule : struct, IUpdateRule
    {
        public Sums Reduce<T>(Lanes<T> lanes, nint count)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            Rule.Update(lanes, count);
            return default;
        }
    }
}
