using Parallax.Contracts;

namespace Parallax.Host.Tracking;

/// <summary>Measures the machine at a fixed interval and logs it under MLflow's names, so that its tab for system metrics shows them.</summary>
internal sealed class SystemMetricsSampler : IDisposable
{
    private readonly ITrackedRun run;
    private readonly IReadOnlyList<IMachineProbe> probes;
    private readonly ITimer timer;
    private readonly Lock gate = new();
    private long step;
    private bool isDisposed;

    private SystemMetricsSampler(ITrackedRun run, IReadOnlyList<IMachineProbe> probes, TimeSpan interval, TimeProvider time)
    {
        this.run = run;
        this.probes = probes;
        timer = time.CreateTimer(_ => Sample(), null, interval, interval);
    }

    /// <summary>Starts to measure this machine: processor, memory, disk, network, and NVIDIA GPUs when their library is there.</summary>
    public static SystemMetricsSampler Start(ITrackedRun run, TimeSpan interval, TimeProvider time)
    {
        var probes = new List<IMachineProbe> { new HostProbe("/proc", Environment.CurrentDirectory) };
        if (NvmlProbe.TryOpen() is { } gpus)
        {
            probes.Add(gpus);
        }

        return Start(run, probes, interval, time);
    }

    /// <summary>Starts with other probes; they belong to the sampler.</summary>
    public static SystemMetricsSampler Start(ITrackedRun run, IReadOnlyList<IMachineProbe> probes, TimeSpan interval, TimeProvider time) => new(run, probes, interval, time);

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            isDisposed = true;
            timer.Dispose();
            foreach (var probe in probes)
            {
                probe.Dispose();
            }
        }
    }

    private void Sample()
    {
        lock (gate)
        {
            if (isDisposed)
            {
                return;
            }

            foreach (var (name, value) in probes.SelectMany(p => p.Measure()))
            {
                run.LogMetric(ResumeFilter.SystemPrefix + name, Math.Round(value, 1), step);
            }

            step++;
        }
    }
}
