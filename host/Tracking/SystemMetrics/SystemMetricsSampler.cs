using Parallax.Contracts;

namespace Parallax.Host.Tracking;

/// <summary>Measures the machine at a fixed interval and logs it under MLflow's names, so that its tab for system metrics shows them.</summary>
internal sealed class SystemMetricsSampler : IDisposable
{
    private readonly ITrackedRun _run;
    private readonly IReadOnlyList<IMachineProbe> _probes;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private long _step;
    private bool _isDisposed;

    private SystemMetricsSampler(ITrackedRun run, IReadOnlyList<IMachineProbe> probes, TimeSpan interval, TimeProvider time)
    {
        _run = run;
        _probes = probes;
        _timer = time.CreateTimer(_ => Sample(), null, interval, interval);
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
        lock (_gate)
        {
            _isDisposed = true;
            _timer.Dispose();
            foreach (var probe in _probes)
            {
                probe.Dispose();
            }
        }
    }

    private void Sample()
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            try
            {
                foreach (var (name, value) in _probes.SelectMany(p => p.Measure()))
                {
                    _run.LogMetric(ResumeFilter.SystemPrefix + name, Math.Round(value, 1), _step);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
            {
                // A reading is missing; on the thread of a timer an exception would end the training.
            }

            _step++;
        }
    }
}
