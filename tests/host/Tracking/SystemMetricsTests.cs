using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.Tracking;

public sealed class SystemMetricsTests : IDisposable
{
    private readonly TrackingWorkplace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void Measure_KnownCounters_GivesMlflowsValues()
    {
        Write("stat", "cpu  100 0 0 900 0 0 0 0 0 0\ncpu0 1 1 1 1\n");
        Write("net/dev", "Inter-| Receive\n face |bytes\n    lo: 999 0 0 0 0 0 0 0 999 0\n  eth0: 1000000 0 0 0 0 0 0 0 2000000 0\n");
        Write("meminfo", "MemTotal:       1000000 kB\nMemFree: 1 kB\nMemAvailable:    750000 kB\n");
        var probe = new HostProbe(_place.Folder, "/");
        Write("stat", "cpu  175 0 0 925 0 0 0 0 0 0\n");
        Write("net/dev", "Inter-| Receive\n face |bytes\n    lo: 9999 0 0 0 0 0 0 0 9999 0\n  eth0: 4000000 0 0 0 0 0 0 0 2500000 0\n");

        var values = probe.Measure().ToDictionary(v => v.Name, v => v.Value);

        Assert.Equal(75, values["cpu_utilization_percentage"], 6);
        Assert.Equal(256, values["system_memory_usage_megabytes"], 6);
        Assert.Equal(25, values["system_memory_usage_percentage"], 6);
        Assert.Equal(3, values["network_receive_megabytes"], 6);
        Assert.Equal(0.5, values["network_transmit_megabytes"], 6);
        Assert.InRange(values["disk_usage_percentage"], 0, 100);
    }

    [Fact]
    public void Measure_NoCounters_LeavesThemOut()
    {
        var probe = new HostProbe("/nonexistent", "/");

        Assert.All(probe.Measure(), v => Assert.StartsWith("disk_", v.Name, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_Interval_LogsUnderSystemWithACounter()
    {
        var run = _place.Start();
        var probe = new ConstantProbe();
        using (new SystemMetricsSampler(run.LogMetric, [probe], TimeSpan.FromSeconds(1), _place.Time))
        {
            await probe.Measured.Task;
        }

        run.End(RunOutcome.Finished);

        using var store = _place.OpenDatabase();
        var points = await store.ReadHistoryAsync(run.RunId, "system/gpu_0_utilization_percentage", CancellationToken.None);
        Assert.Equal((0L, 12.3), (points[0].Step, points[0].Value));
    }

    [Fact]
    public async Task Start_ProbeThatFails_LeavesTheOthersAndTheRunAlone()
    {
        var run = _place.Start();
        var next = new ConstantProbe();
        using (new SystemMetricsSampler(run.LogMetric, [new BrokenProbe(), next], TimeSpan.FromSeconds(1), _place.Time))
        {
            await next.Measured.Task;
        }

        run.End(RunOutcome.Finished);

        using var store = _place.OpenDatabase();
        Assert.NotEmpty(await store.ReadHistoryAsync(run.RunId, "system/gpu_0_utilization_percentage", CancellationToken.None));
    }

    private void Write(string file, string content)
    {
        var path = Path.Combine(_place.Folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }

    private sealed class BrokenProbe : IMachineProbe, IDisposable
    {
        public IEnumerable<(string Name, double Value)> Measure() => throw new InvalidOperationException("a line has another form");

        public void Dispose() => throw new InvalidOperationException("it cannot be closed");
    }

    private sealed class ConstantProbe : IMachineProbe, IDisposable
    {
        public TaskCompletionSource Measured { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IEnumerable<(string Name, double Value)> Measure()
        {
            Measured.TrySetResult();
            return [("gpu_0_utilization_percentage", 12.345)];
        }

        public void Dispose()
        {
        }
    }
}
