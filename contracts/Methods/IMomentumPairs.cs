namespace Parallax.Contracts;

/// <summary>Declares modules that follow others as a slow moving average; the trainer copies, freezes and updates them.</summary>
public interface IMomentumPairs
{
    /// <summary>All pairs. Read once, after construction.</summary>
    IReadOnlyList<MomentumPair> MomentumPairs { get; }
}

/// <summary>A target module that averages an online module: target = m * target + (1 - m) * online, parameters only.</summary>
/// <param name="Online">Trained by the optimizer.</param>
/// <param name="Target">Same structure. The trainer copies the online weights into it at the start, turns its gradients off, and saves it.</param>
/// <param name="Momentum">Share of the target kept at each step, a fraction in [0, 1].</param>
/// <param name="When">Before the forward pass of an optimizer step (MoCo), or after the optimizer step (BYOL).</param>
public sealed record MomentumPair(Module Online, Module Target, MomentumSchedule Momentum, MomentumUpdate When);

/// <summary>When a momentum pair is updated. Once per optimizer step, whatever the accumulation.</summary>
public enum MomentumUpdate
{
    /// <summary>Before the forward pass, with the weights of the previous optimizer step.</summary>
    BeforeForward,

    /// <summary>After the optimizer step.</summary>
    AfterOptimizerStep,
}
