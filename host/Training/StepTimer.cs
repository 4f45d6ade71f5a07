using System.Diagnostics;
using System.Text.Json.Serialization;

namespace Parallax.Host.Training;

/// <summary>Where the time of training goes.</summary>
internal enum Phase
{
    /// <summary>Waiting for the input pipeline and moving its batch to the device.</summary>
    Data,

    /// <summary>Views to loss.</summary>
    Forward,

    /// <summary>Gradients.</summary>
    Backward,

    /// <summary>Optimizer, momentum pairs, queues.</summary>
    Optimizer,
}

/// <summary>Adds up wall time per phase; <see cref="Enter"/> ends one phase and begins the next.</summary>
internal sealed class StepTimer(TimeProvider time)
{
    private readonly long[] _ticks = new long[Enum.GetValues<Phase>().Length];
    private long _since = time.GetTimestamp();
    private Phase? _phase;

    public void Enter(Phase phase)
    {
        Leave();
        _phase = phase;
    }

    public void Leave()
    {
        var now = time.GetTimestamp();
        if (_phase is { } phase)
        {
            _ticks[(int)phase] += now - _since;
        }

        _since = now;
        _phase = null;
    }

    /// <summary>Shares of the phases since the last call, fractions that sum to 1, and starts over.</summary>
    public TimeSplit TakeSplit()
    {
        double total = Math.Max(1, _ticks.Sum());
        var split = new TimeSplit(_ticks[0] / total, _ticks[1] / total, _ticks[2] / total, _ticks[3] / total);
        Array.Clear(_ticks);

        return split;
    }
}

/// <summary>Shares of wall time, fractions that sum to 1.</summary>
internal readonly record struct TimeSplit(double Data, double Forward, double Backward, double Optimizer)
{
    /// <summary>Above this share of waiting, the input pipeline is the limit.</summary>
    private const double DataLimitShare = 0.2;

    /// <summary>What limits the run: data when much of the time is spent waiting for them, else what takes the most of the time.</summary>
    [JsonIgnore]
    public Phase Limit => Data > DataLimitShare ? Phase.Data
        : Optimizer > Math.Max(Forward, Backward) ? Phase.Optimizer
        : Backward > Forward ? Phase.Backward : Phase.Forward;

    /// <summary>The shares in words, and last what limits the run.</summary>
    public IReadOnlyList<string> Parts() =>
    [
        FormattableString.Invariant($"data {Data:P0}"), FormattableString.Invariant($"fwd {Forward:P0}"), FormattableString.Invariant($"bwd {Backward:P0}"),
        FormattableString.Invariant($"opt {Optimizer:P0}"), $"limit: {Limit.ToString().ToLowerInvariant()}",
    ];

    public override string ToString() => $"{string.Join(' ', Parts().SkipLast(1))} ({Parts()[^1]})";
}
