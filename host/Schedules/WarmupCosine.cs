namespace Parallax.Host.Schedules;

/// <summary>How W warm-up steps lead from the start to the peak; t is the step, from 0. Published training codes differ here.</summary>
public enum WarmupRamp
{
    /// <summary>t / W: the first step is at the start, the peak comes with the first step after the warm-up.</summary>
    FromStart,

    /// <summary>t / (W - 1): the first step is at the start, the last warm-up step is at the peak already, and so is the next. A single warm-up step is at the
    /// start.</summary>
    BothEnds,

    /// <summary>(t + 1) / W: the first step is above the start, the last warm-up step is at the peak.</summary>
    ToPeak,
}

/// <summary>Whether the last step reaches the end of a cosine over n steps.</summary>
public enum CosineEnd
{
    /// <summary>Angle pi t / n: the last step comes close to the end; one step more would reach it.</summary>
    Approached,

    /// <summary>Angle pi t / (n - 1): the last step is at the end.</summary>
    Reached,
}

/// <summary>A linear warm-up from start to peak, then half a cosine from peak to end. Without warm-up and with a rising end it is the usual momentum of an
/// average.</summary>
/// <param name="Peak">Value after the warm-up.</param>
/// <param name="TotalSteps">Steps of the whole run, warm-up included.</param>
/// <param name="WarmupSteps">Steps of the warm-up; 0 for none.</param>
public sealed record WarmupCosine(double Peak, long TotalSteps, long WarmupSteps = 0) : ISchedule
{
    /// <summary>Value at the beginning of the warm-up.</summary>
    public double Start { get; init; }

    /// <summary>Value at the end of the cosine.</summary>
    public double End { get; init; }

    /// <summary>Shape of the warm-up.</summary>
    public WarmupRamp Ramp { get; init; } = WarmupRamp.FromStart;

    /// <summary>Whether the last step is at <see cref="End"/>.</summary>
    public CosineEnd Finish { get; init; } = CosineEnd.Approached;

    /// <inheritdoc/>
    public double At(long step) => step < WarmupSteps ? Warmup(step) : Cosine(step - WarmupSteps);

    private double Warmup(long step)
    {
        var share = Ramp switch
        {
            WarmupRamp.FromStart => (double)step / WarmupSteps,
            WarmupRamp.BothEnds => WarmupSteps == 1 ? 0 : (double)step / (WarmupSteps - 1),
            _ => (step + 1.0) / WarmupSteps,
        };
        return Start + ((Peak - Start) * share);
    }

    /// <summary>After the last step the value stays at the end, instead of rising again with the cosine.</summary>
    private double Cosine(long step)
    {
        var length = TotalSteps - WarmupSteps - (Finish == CosineEnd.Reached ? 1 : 0);
        var angle = length <= 0 ? Math.PI : Math.PI * Math.Min(1, (double)step / length);
        return End + ((Peak - End) * 0.5 * (1 + Math.Cos(angle)));
    }
}
