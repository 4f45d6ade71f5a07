using System.Runtime.InteropServices;

namespace Parallax.Torch;

/// <summary>Memory for big CPU tensors: blocks are kept when they are freed, and handed out again.</summary>
/// <remarks>
/// A training step asks for the same sizes each time. Giving them back to the kernel in between costs a page fault for every 4 KB; keeping them in glibc's heap
/// wastes memory, since its aligned blocks do not fit into their own place again (before glibc 2.38). Blocks here are whole huge pages, so they cost few
/// entries of the processor's page table. Kept and live blocks together stay below one and a half times what was ever live at once.
/// </remarks>
internal static unsafe partial class CpuBlocks
{
    /// <summary>Below, malloc is good enough.</summary>
    public const nuint Smallest = 1 << 20;

    /// <summary>Every block begins at a multiple of this; hardly anything else does.</summary>
    public const nuint HugePage = 2 << 20;

    private const int ReadAndWrite = 3, PrivateAndAnonymous = 0x22, AdviseHugePages = 14;
    private const nint Failed = -1;

    private static readonly Lock Gate = new();
    private static readonly SortedList<nuint, Stack<Block>> Kept = [];   // by size
    private static readonly Dictionary<nint, nuint> Live = [];
    private static nuint _keptBytes, _liveBytes, _peakBytes;
    private static long _clock;

    /// <summary>A block of at least so many bytes; 0 when the system has no more.</summary>
    public static nint Take(nuint bytes)
    {
        var size = (bytes + HugePage - 1) / HugePage * HugePage;
        lock (Gate)
        {
            var kept = IndexOfAtLeast(size);
            if (kept < Kept.Count && Kept.Keys[kept] <= size + (size / 8))
            {
                var (found, blocks) = (Kept.Keys[kept], Kept.Values[kept]);
                var block = blocks.Pop();   // the one freed last: it may still be in a cache
                if (blocks.Count == 0)
                {
                    Kept.RemoveAt(kept);
                }

                _keptBytes -= found;

                return HandOut(block.Start, found);
            }

            Trim(Math.Max(_peakBytes, _liveBytes + size) / 2 * 3, _liveBytes + size);
            var start = Map(size);

            return start == 0 ? 0 : HandOut(start, size);
        }
    }

    /// <summary>Keeps a block for its next use.</summary>
    /// <returns>False when it is not from here.</returns>
    public static bool GiveBack(nint start)
    {
        if ((nuint)start % HugePage != 0 || start == 0)
        {
            return false;
        }

        lock (Gate)
        {
            if (!Live.Remove(start, out var size))
            {
                return false;
            }

            _liveBytes -= size;
            _keptBytes += size;
            if (!Kept.TryGetValue(size, out var blocks))
            {
                Kept.Add(size, blocks = new());
            }

            blocks.Push(new(start, ++_clock));

            return true;
        }
    }

    private static int IndexOfAtLeast(nuint size)
    {
        var (low, high) = (0, Kept.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = Kept.Keys[middle] < size ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <summary>Returns blocks to the kernel until kept and live ones fit into the limit, first those of the size that was not used for longest.</summary>
    private static void Trim(nuint limit, nuint live)
    {
        while (_keptBytes > 0 && live + _keptBytes > limit)
        {
            var oldest = 0;
            for (var i = 1; i < Kept.Count; i++)
            {
                oldest = Kept.Values[i].Peek().Freed < Kept.Values[oldest].Peek().Freed ? i : oldest;
            }

            var (size, blocks) = (Kept.Keys[oldest], Kept.Values[oldest]);
            _ = munmap(blocks.Pop().Start, size);
            _keptBytes -= size;
            if (blocks.Count == 0)
            {
                Kept.RemoveAt(oldest);
            }
        }
    }

    private static nint HandOut(nint start, nuint size)
    {
        Live.Add(start, size);
        _liveBytes += size;
        _peakBytes = Math.Max(_peakBytes, _liveBytes);

        return start;
    }

    private static nint Map(nuint size)
    {
        var memory = Reserve(size + HugePage);
        if (memory == Failed)
        {
            Trim(0, 0);
            memory = Reserve(size + HugePage);
        }

        if (memory == Failed)
        {
            return 0;
        }

        // From the first boundary of a huge page; what lies around it goes back.
        var before = (HugePage - ((nuint)memory % HugePage)) % HugePage;
        if (before > 0)
        {
            _ = munmap(memory, before);
        }

        var start = memory + (nint)before;
        _ = munmap(start + (nint)size, HugePage - before);
        _ = madvise(start, size, AdviseHugePages);   // a wish: without huge pages everything still works

        return start;
    }

    private static nint Reserve(nuint size) => mmap(0, size, ReadAndWrite, PrivateAndAnonymous, -1, 0);

    [LibraryImport("libc")]
    private static partial nint mmap(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc")]
    private static partial int munmap(nint address, nuint length);

    [LibraryImport("libc")]
    private static partial int madvise(nint address, nuint length, int advice);

    private readonly record struct Block(nint Start, long Freed);
}
