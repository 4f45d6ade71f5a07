using System.Text.Json;
using Parallax.Benchmarks.Critical;

namespace Parallax.Benchmarks.Gate;

/// <summary>The measuring side of the gate, a process of its own: it answers requests, a line of JSON each, until there are no more.</summary>
/// <remarks>It does one thing at a time and rests in between, so that two of them can take turns without disturbing each other.</remarks>
internal sealed class MeasuringProgram : IDisposable
{
    /// <summary>Its argument.</summary>
    public const string Command = "measure";

    private const int ExtraManagedBytes = 4096, ExtraNativeBytes = 65_536;

    private bool? _countsMemory;   // installed when first needed: it takes time, which is measured elsewhere
    private Work? _work;
    private Clock? _body, _peer;

    /// <summary>Runs it to the end of the input.</summary>
    public static int Run()
    {
        _ = TorchLibrary.Current;
        CpuThreads.Set(1);
        var answers = Console.Out;
        Console.SetOut(Console.Error);   // whatever the measured code prints is no answer
        using var program = new MeasuringProgram();
        var names = CriticalSet.All.Select(measurement => measurement.Name);
        Print(answers, new Heading(MeasuringProcess.Protocol, MeasuringEnvironment.OfThisProcess(), [.. names]));
        while (Console.ReadLine() is { } line)
        {
            Print(answers, program.Reply(JsonSerializer.Deserialize<Request>(line, GateJson.Line)!));
        }

        return 0;
    }

    public void Dispose() => _work?.Dispose();

    private Answer Reply(Request request)
    {
        try
        {
            return request.Do switch
            {
                Do.Count => new() { Counts = Count(request) },
                Do.Prepare => Prepare(request),
                Do.Body => new() { Milliseconds = _body!.Sample() },
                _ => new() { Milliseconds = (_peer ??= new(_work!.Peer)).Sample() },
            };
        }
        catch (Exception e) when (e is not OutOfMemoryException)   // the others are measured all the same; this one fails
        {
            return new() { Error = $"{e.GetType().Name}: {e.Message.Split('\n')[0]}" };
        }
    }

    private Counted Count(Request request)
    {
        _countsMemory ??= CountingAllocator.TryInstall();
        using var work = Ready(request.Name!);

        return Counter.Count(request.ExtraAllocation ? () => WithAllocation(work.Body) : work.Body, _countsMemory.Value);
    }

    private Answer Prepare(Request request)
    {
        _work?.Dispose();
        (_work, _body, _peer) = (Ready(request.Name!), null, null);
        _body = new(_work.Body, request.ExtraWork);

        return new();
    }

    private static Work Ready(string name)
    {
        manual_seed(1).Dispose();

        return CriticalSet.All.Single(measurement => measurement.Name == name).Prepare();
    }

    /// <summary>The fault that the gate's own test has to find.</summary>
    private static void WithAllocation(Action body)
    {
        using var tensor = zeros(ExtraNativeBytes / sizeof(float));
        GC.KeepAlive(new byte[ExtraManagedBytes]);
        body();
    }

    private static void Print<T>(TextWriter answers, T line) => answers.WriteLine(JsonSerializer.Serialize(line, GateJson.Line));
}
