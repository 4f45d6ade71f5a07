namespace Parallax.Engine;

/// <summary>What tensors hold now, for tests, progress displays and leak hunting.</summary>
public static class MemoryStatistics
{
    /// <summary>Tensor objects that are alive, on all threads.</summary>
    public static long LiveTensors => Torch.torch.Tensor.TotalCount;

    /// <summary>Bytes of storage held by tensors outside any dispose scope; views count as much as what they view.</summary>
    public static long UnscopedBytes => MemoryBudget.Bytes;

    /// <summary>When <see cref="UnscopedBytes"/> passes this many bytes, the collector is asked to find unused tensors.</summary>
    public static long UnscopedLimit => MemoryBudget.Limit;

    /// <summary>Resident memory of the process in bytes, as the kernel counts it.</summary>
    public static long ResidentBytes
    {
        get
        {
            var fields = File.ReadAllText("/proc/self/statm").Split(' ');
            return long.Parse(fields[1], System.Globalization.CultureInfo.InvariantCulture) * Environment.SystemPageSize;
        }
    }
}
