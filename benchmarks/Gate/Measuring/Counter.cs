using System.Runtime;

namespace Parallax.Benchmarks.Gate;

/// <summary>Counts what a piece of work uses: the same numbers each time, however busy the machine is.</summary>
/// <remarks>
/// After some calls that warm up, each kind is counted in calls of its own, because counting operators allocates managed memory. The smallest number counts,
/// and it must be seen twice: what grows a table or fills a cache now and then is not what the work costs.
/// </remarks>
internal static class Counter
{
    private const int WarmUps = 4, Least = 3, Most = 12;
    private const long NoCollectionBytes = 64 << 20;   // managed memory that a call may take before the garbage collector runs

    /// <summary>Counts what a piece of work uses.</summary>
    /// <param name="body">The work.</param>
    /// <param name="countsMemory">Whether <see cref="CountingAllocator"/> is installed.</param>
    public static Counted Count(Action body, bool countsMemory)
    {
        for (var i = 0; i < WarmUps; i++)
        {
            body();
        }

        var numbers = new SortedDictionary<string, double>(StringComparer.Ordinal);
        IReadOnlyDictionary<string, long> operators = new Dictionary<string, long>();
        List<string> unsteady =
        [
            .. Take(numbers, [NumberKind.ManagedBytes], () => [ManagedBytes(body)]),
            .. Take(numbers, [NumberKind.Operators, NumberKind.Tensors], () => Operators(body, out operators)),
            .. countsMemory ? Take(numbers, [NumberKind.NativeBlocks, NumberKind.NativePeakBytes], () => Native(body)) : [],
        ];

        return new() { Numbers = numbers, Operators = operators, Unsteady = unsteady };
    }

    /// <summary>Repeats until the smallest of each kind was seen twice.</summary>
    /// <returns>The kinds of which it never was.</returns>
    private static List<string> Take(SortedDictionary<string, double> numbers, IReadOnlyList<NumberKind> kinds, Func<double[]> count)
    {
        var rows = new List<double[]>();
        while (rows.Count < Least || (rows.Count < Most && Enumerable.Range(0, kinds.Count).Any(IsUnsteady)))
        {
            rows.Add(Alone(count));
        }

        for (var i = 0; i < kinds.Count; i++)
        {
            numbers[kinds[i].Name] = rows.Min(row => row[i]);
        }

        return [.. Enumerable.Range(0, kinds.Count).Where(IsUnsteady).Select(i => kinds[i].Name)];

        bool IsUnsteady(int kind) => rows.Count(row => row[kind].Equals(rows.Min(other => other[kind]))) < 2;
    }

    /// <summary>Counts while the garbage collector does not run, and nothing waits to be finalised that would free memory in between.</summary>
    private static double[] Alone(Func<double[]> count)
    {
        var holds = GC.TryStartNoGCRegion(NoCollectionBytes);
        GC.WaitForPendingFinalizers();
        try
        {
            return count();
        }
        finally
        {
            if (holds && GCSettings.LatencyMode == GCLatencyMode.NoGCRegion)
            {
                GC.EndNoGCRegion();
            }
        }
    }

    private static double ManagedBytes(Action body)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        body();

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static double[] Operators(Action body, out IReadOnlyDictionary<string, long> operators)
    {
        using var recorder = OperatorRecorder.Start();
        var before = TensorsMade();
        body();
        var tensors = TensorsMade() - before;
        operators = recorder.Counts;

        return [operators.Values.Sum(), tensors];
    }

    private static double[] Native(Action body)
    {
        CountingAllocator.Restart();
        body();
        var (blocks, peak) = CountingAllocator.Read();

        return [blocks, peak];
    }

    private static long TensorsMade() =>
        DisposeScopeManager.Statistics.CreatedInScopeCount + DisposeScopeManager.Statistics.CreatedOutsideScopeCount;
}
