using System.Diagnostics;
using System.Text.Json;
using Parallax.Host.Tracking;
using Parallax.Host.Training;

namespace Parallax.Host.Tests.Training;

/// <summary>What a profile says about operators.</summary>
public sealed class OperatorCostsTests
{
    private static readonly StepTrace Trace = new(2,
    [
        Span("step", "step 1", 1, 0, 100), Span("step", "step 2", 1, 100, 200), Span("phase", "forward", 1, 0, 90),
        Span("operator", "matmul", 1, 10, 50), Span("operator", "mm", 1, 12, 32), Span("operator", "mm", 1, 35, 45), Span("operator", "add", 1, 50, 60),
        Span("operator", "mm", 2, 20, 40),   // beside the first thread
        Span("operator", "mm", 1, 210, 290),   // after the steps: of a measurement
        Span("image", "image", 3, 0, 10),
    ], new Dictionary<int, string> { [1] = "steps", [3] = "loader 0" });

    [Fact]
    public void Of_NestedCalls_CountsTheTimeOfEachByItself()
    {
        var costs = OperatorCosts.Of(Trace, most: 2);

        Assert.Equal(["mm", "add"], costs.Select(cost => cost.Name));
        Assert.Equal(1.5, costs[0].Calls);
        Assert.Equal(25, costs[0].Self.TotalMilliseconds, tolerance: 1e-6);   // 20 + 10 + 20 in two steps
        Assert.Equal(0.25, costs[0].Share, tolerance: 1e-9);
        Assert.Equal(5, costs[1].Self.TotalMilliseconds, tolerance: 1e-6);
    }

    [Fact]
    public void Write_FolderThatTakesNoFile_IsToldAndEndsNothing()
    {
        var (file, told) = (Path.GetTempFileName(), new List<string>());
        try
        {
            ProfileFiles.Write(Trace, file, new UntrackedRun("run"), told.Add);
        }
        finally
        {
            File.Delete(file);
        }

        Assert.StartsWith($"The profile is lost, the training goes on: {Path.Combine(file, "profile.json")} cannot be written: ", Assert.Single(told),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Write_ATrace_IsAListOfEventsInTheFormatOfTheViewers()
    {
        using var stream = new MemoryStream();

        Trace.Write(stream);

        var events = JsonDocument.Parse(stream.ToArray()).RootElement.GetProperty("traceEvents").EnumerateArray().ToList();
        Assert.Equal(["loader 0", "steps"],
            events.Where(e => e.GetProperty("ph").GetString() == "M").Select(e => e.GetProperty("args").GetProperty("name").GetString()!)
                .Order(StringComparer.Ordinal));
        var matmul = events.Single(e => e.GetProperty("name").GetString() == "matmul");
        Assert.Equal(("X", "operator", 1, 10_000, 40_000), (matmul.GetProperty("ph").GetString(), matmul.GetProperty("cat").GetString(),
            matmul.GetProperty("tid").GetInt32(), matmul.GetProperty("ts").GetDouble(), matmul.GetProperty("dur").GetDouble()));
        Assert.Equal(Trace.Spans.Count + 2, events.Count);
    }

    private static TraceSpan Span(string category, string name, int thread, int startMilliseconds, int endMilliseconds) =>
        new(category, name, thread, startMilliseconds * Stopwatch.Frequency / 1000, endMilliseconds * Stopwatch.Frequency / 1000);
}
