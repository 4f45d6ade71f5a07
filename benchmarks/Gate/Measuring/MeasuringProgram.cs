using System.Text.Json;
using Parallax.Benchmarks.Critical;

namespace Parallax.Benchmarks.Gate;

/// <summary>The measuring side of the gate, a process of its own: <c>measure</c> and options; it prints a line of JSON for each measurement.</summary>
internal static class MeasuringProgram
{
    /// <summary>Its first argument.</summary>
    public const string Command = "measure";

    private const int ExtraManagedBytes = 4096, ExtraNativeBytes = 65_536;

    /// <summary>Runs it.</summary>
    /// <param name="arguments">What comes after <see cref="Command"/>: one JSON object.</param>
    public static int Run(IReadOnlyList<string> arguments)
    {
        var order = JsonSerializer.Deserialize<MeasuringOrder>(arguments[0], GateJson.Line)!;
        _ = TorchLibrary.Current;
        CpuThreads.Set(1);
        var countsMemory = order.Kind == MeasuringKind.Counts && CountingAllocator.TryInstall();
        Print(new MeasuredHeading(MeasuringProcess.Protocol, MeasuringEnvironment.OfThisProcess()));
        foreach (var measurement in CriticalSet.All.Where(measurement => Globs.Match(order.Filters, measurement.Name)))
        {
            Print(Measure(measurement, order, countsMemory));
        }

        return 0;
    }

    private static Measured Measure(Measurement measurement, MeasuringOrder order, bool countsMemory)
    {
        try
        {
            manual_seed(1).Dispose();
            using var work = measurement.Prepare();
            var name = measurement.Name;
            var body = order.ExtraAllocation && Globs.Match(order.ExtraFilters, name) ? WithAllocation(work.Body) : work.Body;
            if (order.Kind == MeasuringKind.Counts)
            {
                return Counter.Count(name, body, countsMemory);
            }

            var extra = Globs.Match(order.ExtraFilters, name) ? order.ExtraWork : 0;
            var (bodies, peers) = PairedClock.Measure(body, order.Kind == MeasuringKind.Ratios ? work.Peer : null, order.Samples, extra);

            return new(name) { Body = bodies, Peer = peers };
        }
        catch (Exception e) when (e is not OutOfMemoryException)   // the others are measured all the same; this one fails
        {
            return new(measurement.Name) { Error = $"{e.GetType().Name}: {e.Message.Split('\n')[0]}" };
        }
    }

    /// <summary>The fault that the gate's own test has to find.</summary>
    private static Action WithAllocation(Action body) => () =>
    {
        using var tensor = zeros(ExtraNativeBytes / sizeof(float));
        GC.KeepAlive(new byte[ExtraManagedBytes]);
        body();
    };

    private static void Print<T>(T line) => Console.WriteLine(JsonSerializer.Serialize(line, GateJson.Line));
}
