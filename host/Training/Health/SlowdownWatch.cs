using Parallax.Host.Data;
using Parallax.Host.Tracking;

namespace Parallax.Host.Training;

/// <summary>Notices that other programs take the processor from a run.</summary>
/// <param name="threads">Threads of the run's arithmetic.</param>
/// <param name="samples">Images or videos per step.</param>
/// <param name="areVideos">Whether these are videos.</param>
/// <param name="read">What the machine and this process have used so far; null where that is not known.</param>
internal sealed class SlowdownWatch(int threads, int samples, bool areVideos, Func<ProcessorUse?> read)
{
    /// <summary>Slow is less than this share of the best speed of the run.</summary>
    private const double Slow = 0.7;

    private const int SlowWindows = 2;   // one may be an accident
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(5);

    private ProcessorUse? _before = read();
    private long _stepBefore = -1;
    private double _best;
    private int _slow;
    private bool _told;

    /// <summary>Looks at the run where a step is logged.</summary>
    /// <param name="step">Optimizer steps done.</param>
    /// <returns>What to tell the user, once; else null.</returns>
    public string? Observe(long step)
    {
        if (_told || _before is not { } before || read() is not { } now || (now.Time - before.Time < Window && _stepBefore >= 0))
        {
            return null;
        }

        var speed = _stepBefore < 0 ? 0 : (step - _stepBefore) * samples / (now.Time - before.Time).TotalSeconds;
        (_before, _stepBefore, _best) = (now, step, Math.Max(_best, speed));
        var use = now.Since(before);
        var isSlowed = speed > 0 && speed < Slow * _best && ProcessorUse.IsShared(use);
        _slow = isSlowed ? _slow + 1 : 0;
        _told = _slow == SlowWindows;

        return _told ? Message(speed, use) : null;
    }

    private string Message(double speed, (double Cores, double MachineShare, double OthersShare) use) => FormattableString.Invariant(
        $"Other programs slow this run down: {SpeedText.Of(speed, areVideos)}, {SpeedText.Number(_best)} at its best; they use ")
        + FormattableString.Invariant($"{use.OthersShare * use.Cores:F1} of {use.Cores:F0} cores. ")
        + FormattableString.Invariant($"It keeps its {threads} threads, because another number would change its bits. End the other programs")
        + (threads > 1 ? ", or stop the run and go on with --resume RUN_ID and fewer trainer.threads." : ".");
}
