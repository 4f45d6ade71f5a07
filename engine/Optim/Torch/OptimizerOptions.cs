namespace Parallax.Torch.Modules;

/// <summary>Settings of a parameter group; null means the optimizer's default.</summary>
public class OptimizerOptions
{
    /// <summary>The rate of the next step.</summary>
    public double? LearningRate { get; set; }

    /// <summary>The rate when the group was added.</summary>
    public double InitialLearningRate { get; set; }

    /// <summary>A copy that later changes do not reach.</summary>
    internal OptimizerOptions Copy() => (OptimizerOptions)MemberwiseClone();
}
