namespace Parallax.Benchmarks.Gate;

/// <summary>Processor time of a piece of work, all threads of the process together.</summary>
internal sealed class Clock
{
    private const int Step = 10, MostCalls = 10_000, WarmUps = 3;
    private static readonly TimeSpan LeastSample = TimeSpan.FromMilliseconds(25), LeastWarmUp = TimeSpan.FromMilliseconds(60);

    private readonly Action _work;
    private readonly int _counted, _calls;

    /// <summary>Warms up, and finds how many calls make a sample.</summary>
    /// <param name="work">The work.</param>
    /// <param name="extraWork">Share of calls that are made in addition, and not counted: the gate's own test.</param>
    public Clock(Action work, double extraWork = 0)
    {
        _work = work;
        var (calls, spent, last) = (0, TimeSpan.Zero, TimeSpan.Zero);
        while (calls < WarmUps || (spent < LeastWarmUp && calls < MostCalls))
        {
            last = Time(1);
            (calls, spent) = (calls + 1, spent + last);
        }

        var needed = (int)Math.Clamp(Math.Ceiling(LeastSample.TotalMicroseconds / Math.Max(1, last.TotalMicroseconds)), 1, MostCalls);
        _counted = extraWork > 0 ? (needed + Step - 1) / Step * Step : needed;
        _calls = (int)Math.Round(_counted * (1 + extraWork));
    }

    /// <summary>One sample, in milliseconds per call.</summary>
    public double Sample() => Time(_calls).TotalMilliseconds / _counted;

    private TimeSpan Time(int calls)
    {
        var start = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < calls; i++)
        {
            _work();
        }

        return Environment.CpuUsage.TotalTime - start;
    }
}
