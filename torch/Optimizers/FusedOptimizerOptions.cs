namespace Parallax.Torch;

/// <summary>Settings of a parameter group that all optimizers share.</summary>
public abstract record FusedOptimizerOptions
{
    /// <summary>The rate of the first step, at least 0; <see cref="OptimizerGroup.LearningRate"/> changes it later. Default 1e-3.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Weight decay at the first step, at least 0; <see cref="OptimizerGroup.WeightDecay"/> changes it. Default 0 (<see cref="Lamb"/>:
    /// 0.01).</summary>
    public double WeightDecay { get; init; }

    internal virtual void RequireValid()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(LearningRate, nameof(LearningRate));
        ArgumentOutOfRangeException.ThrowIfNegative(WeightDecay, nameof(WeightDecay));
    }

    private protected static void RequireShare(double value, string name)
    {
        if (value is not (>= 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must lie in [0, 1).");
        }
    }
}
