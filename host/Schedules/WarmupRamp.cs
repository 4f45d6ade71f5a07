namespace Parallax.Host.Schedules;

/// <summary>How W warm-up steps lead from the start to the peak; t is the step, from 0. Published training codes differ here.</summary>
public enum WarmupRamp
{
    /// <summary>t / W: the first step is at the start, the peak comes with the first step after the warm-up.</summary>
    FromStart,

    /// <summary>t / (W - 1): the first step is at the start, the last warm-up step is at the peak already, and so is the next. A single warm-up step is at the start.</summary>
    BothEnds,

    /// <summary>(t + 1) / W: the first step is above the start, the last warm-up step is at the peak.</summary>
    ToPeak,
}
