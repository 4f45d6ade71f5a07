using System.Globalization;
using System.Runtime.InteropServices;

namespace Parallax.Torch;

/// <summary>Threads of one operator on the CPU.</summary>
/// <remarks>
/// OpenMP keeps the count per thread, and a new thread starts with <c>OMP_NUM_THREADS</c> as the process had it when OpenMP was loaded:
/// <c>torch.set_num_threads</c> holds for the thread that calls it only. Worker threads therefore call <see cref="UseOnThisThread"/>.
/// </remarks>
public static partial class CpuThreads
{
    private const string Variable = "OMP_NUM_THREADS", WaitPolicy = "OMP_WAIT_POLICY", SpinCount = "GOMP_SPINCOUNT";

    /// <summary>
    /// Rounds that an idle thread of OpenMP turns before it sleeps: microseconds instead of the usual milliseconds. On an idle machine nobody notices;
    /// where others compute too, waiting threads would otherwise keep the cores from the threads that they wait for.
    /// </summary>
    private const string ShortSpin = "1000";

    /// <summary>Sets the count for the calling thread and for every thread that starts OpenMP work later through this class.</summary>
    /// <param name="count">At least 1.</param>
    public static void Set(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        Count = count;
        UseOnThisThread();
    }

    /// <summary>Gives the calling thread the count of the process.</summary>
    public static void UseOnThisThread()
    {
        if (Count > 0)
        {
            torch.set_num_threads(Count);
        }
    }

    /// <summary>What <see cref="Set"/> was given; 0 before.</summary>
    public static int Count { get; private set; }

    /// <summary>Before libtorch is loaded: without a wish, one thread per core of this process, said to OpenMP so that all its threads agree.</summary>
    internal static void Prepare()
    {
        if (Environment.GetEnvironmentVariable(Variable) is null or "")
        {
            // .NET's own copy of the environment is not what OpenMP reads.
            _ = setenv(Variable, Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture), 1);
        }

        if (Environment.GetEnvironmentVariable(WaitPolicy) is null && Environment.GetEnvironmentVariable(SpinCount) is null)
        {
            _ = setenv(SpinCount, ShortSpin, 1);
        }
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);
}
