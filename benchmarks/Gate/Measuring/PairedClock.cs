namespace Parallax.Benchmarks.Gate;

/// <summary>Processor time of a piece of work and of its peer, measured in turn so that both see the same machine.</summary>
internal static class PairedClock
{
    private const int Step = 10, MostCalls = 10_000, WarmUps = 3;
    private static readonly TimeSpan LeastSample = TimeSpan.FromMilliseconds(30), LeastWarmUp = TimeSpan.FromMilliseconds(60);

    /// <summary>Samples of both, in milliseconds per call. Which of them is first changes from sample to sample.</summary>
    /// <param name="body">The work.</param>
    /// <param name="peer">The other work; null for none.</param>
    /// <param name="samples">Number of samples.</param>
    /// <param name="extraWork">Share of calls that are made in addition, and not counted: the gate's own test.</param>
    public static (double[] Body, double[] Peer) Measure(Action body, Action? peer, int samples, double extraWork = 0)
    {
        var bodyCalls = CallsOf(body, extraWork > 0);
        var peerCalls = peer is null ? 0 : CallsOf(peer, inTens: false);
        var (bodies, peers) = (new List<double>(), new List<double>());
        for (var i = 0; i < samples; i++)
        {
            var bodyFirst = i % 4 is 0 or 3;   // AB BA BA AB
            for (var turn = 0; turn < 2; turn++)
            {
                if (turn == 0 == bodyFirst)
                {
                    bodies.Add(Time(body, bodyCalls, (int)Math.Round(bodyCalls * (1 + extraWork))));
                }
                else if (peer is not null)
                {
                    peers.Add(Time(peer, peerCalls, peerCalls));
                }
            }
        }

        return ([.. bodies], [.. peers]);
    }

    /// <summary>Warms up, and finds how many calls make a sample.</summary>
    private static int CallsOf(Action work, bool inTens)
    {
        var (calls, spent, last) = (0, TimeSpan.Zero, TimeSpan.Zero);
        while (calls < WarmUps || (spent < LeastWarmUp && calls < MostCalls))
        {
            var start = Environment.CpuUsage.TotalTime;
            work();
            last = Environment.CpuUsage.TotalTime - start;
            (calls, spent) = (calls + 1, spent + last);
        }

        var one = last > TimeSpan.Zero ? last : spent / calls;
        var needed = (int)Math.Clamp(Math.Ceiling(LeastSample / (one > TimeSpan.Zero ? one : TimeSpan.FromMicroseconds(1))), 1, MostCalls);

        return inTens ? (needed + Step - 1) / Step * Step : needed;
    }

    private static double Time(Action work, int counted, int calls)
    {
        var start = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < calls; i++)
        {
            work();
        }

        return (Environment.CpuUsage.TotalTime - start).TotalMilliseconds / counted;
    }
}
