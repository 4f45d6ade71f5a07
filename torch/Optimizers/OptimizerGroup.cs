namespace Parallax.Torch;

/// <summary>Parameters that share settings, and what of them changes between steps.</summary>
public abstract class OptimizerGroup : optim.ILearningRateController
{
    private protected OptimizerGroup(IEnumerable<Parameter> parameters, FusedOptimizerOptions options)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(options);
        options.RequireValid();
        Parameters = [.. parameters];
        LearningRate = InitialLearningRate = options.LearningRate;
        WeightDecay = options.WeightDecay;
    }

    /// <summary>The parameters.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>The rate of the next step.</summary>
    public double LearningRate { get; set; }

    /// <summary>The rate of the first step, to which TorchSharp's schedulers refer.</summary>
    public double InitialLearningRate { get; set; }

    /// <summary>The weight decay of the next step.</summary>
    public double WeightDecay { get; set; }

    /// <summary>Whether the group rests: a frozen group neither moves nor changes its buffers.</summary>
    public bool Frozen { get; set; }
}

/// <summary>Parameters with the settings of one kind of optimizer.</summary>
/// <typeparam name="TOptions">For example <see cref="SgdOptions"/>.</typeparam>
public sealed class OptimizerGroup<TOptions> : OptimizerGroup
    where TOptions : FusedOptimizerOptions
{
    /// <summary>A group.</summary>
    /// <exception cref="ArgumentException">A setting is outside its range.</exception>
    public OptimizerGroup(IEnumerable<Parameter> parameters, TOptions options)
        : base(parameters, options) => Options = options;

    /// <summary>The settings as given; <see cref="OptimizerGroup.LearningRate"/> and <see cref="OptimizerGroup.WeightDecay"/> of the group count.</summary>
    public TOptions Options { get; }
}
