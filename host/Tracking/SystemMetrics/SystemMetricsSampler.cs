namespace Parallax.Host.Tracking;

/// <summary>Measures the machine at a fixed interval and logs it under MLflow's names, so that its tab for system metrics shows them.</summary>
internal sealed class SystemMetricsSampler : IDisposable
{
    private static readonly TimeSpan DisposeDeadline = TimeSpan.FromSeconds(1);
    private readonly Action<string, double, long> _log;
    private readonly IReadOnlyList<IMachineProbe> _probes;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private long _step;
    private volatile bool _isDisposed;

    /// <summary>Begins to measure.</summary>
    /// <param name="log">Receives name, value and number of the measurement.</param>
    /// <param name="probes">What measures; belongs to the sampler.</param>
    /// <param name="interval">Time from one measurement to the next.</param>
    /// <param name="time">Clock.</param>
    public SystemMetricsSampler(Action<string, double, long> log, IReadOnlyList<IMachineProbe> probes, TimeSpan interval, TimeProvider time)
    {
        (_log, _probes) = (log, probes);
        _timer = time.CreateTimer(_ => Sample(), null, interval, interval);
    }

    /// <summary>Begins to measure this machine: processor, memory, disk, network, and NVIDIA GPUs when their library is there.</summary>
    public static SystemMetricsSampler OfThisMachine(Action<string, double, long> log, TimeSpan interval, TimeProvider time)
    {
        var probes = new[] { () => new HostProbe("/proc", Environment.CurrentDirectory), (Func<IMachineProbe?>)NvmlProbe.TryOpen };
        return new(log, [.. probes.Select(TryOpen).OfType<IMachineProbe>()], interval, time);
    }

    /// <summary>Ends; a probe that hangs is waited for a second, then left to itself.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _timer.Dispose();
        if (!_gate.TryEnter(DisposeDeadline))
        {
            return;
        }

        try
        {
            foreach (var probe in _probes)
            {
                Try(() => (probe as IDisposable)?.Dispose());
            }
        }
        finally
        {
            _gate.Exit();
        }
    }

    private static IMachineProbe? TryOpen(Func<IMachineProbe?> open)
    {
        IMachineProbe? probe = null;
        Try(() => probe = open());
        return probe;
    }

    // A reading is missing, no more: on the thread of a timer an exception would end the training.
    private static void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // For example a library of another version, or a file of the kernel in another form.
        }
    }

    private void Sample()
    {
        if (!_gate.TryEnter())
        {
            return;   // the last one still goes on
        }

        try
        {
            foreach (var probe in _isDisposed ? [] : _probes)
            {
                Try(() => Log(probe));
            }

            _step++;
        }
        finally
        {
            _gate.Exit();
        }
    }

    private void Log(IMachineProbe probe)
    {
        foreach (var (name, value) in probe.Measure())
        {
            _log(MetricPoint.SystemPrefix + name, Math.Round(value, 1), _step);
        }
    }
}

/// <summary>Measures a part of the machine.</summary>
internal interface IMachineProbe
{
    /// <summary>The values now, by MLflow's names without prefix; what cannot be measured is left out.</summary>
    IEnumerable<(string Name, double Value)> Measure();
}
