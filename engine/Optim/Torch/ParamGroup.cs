using static Parallax.Torch.torch.optim;

namespace Parallax.Torch.Modules;

/// <summary>Parameters that share settings.</summary>
public class ParamGroup : ILearningRateController
{
    private OptimizerOptions? _options;

    /// <summary>The parameters.</summary>
    public IEnumerable<Parameter> Parameters { get; set; } = [];

    /// <summary>The settings; what is not set comes from the optimizer's defaults when the group is added.</summary>
    public OptimizerOptions Options
    {
        get => _options ?? throw new InvalidOperationException("This parameter group has no options yet; add it to an optimizer, or set Options.");
        set => _options = value;
    }

    /// <summary>Whether the group rests: a frozen group neither moves nor changes its buffers. Ours.</summary>
    public bool Frozen { get; set; }

    /// <inheritdoc/>
    public double LearningRate
    {
        get => Options.LearningRate ?? throw new InvalidOperationException("This parameter group has no learning rate yet; add it to an optimizer.");
        set => Options.LearningRate = value;
    }

    /// <inheritdoc/>
    public double InitialLearningRate
    {
        get => Options.InitialLearningRate;
        set => Options.InitialLearningRate = value;
    }

    internal bool HasOptions => _options is not null;
}

/// <summary>Parameters with the settings of one kind of optimizer.</summary>
public class ParamGroup<TOptions> : ParamGroup
    where TOptions : OptimizerOptions
{
    /// <summary>An empty group with the optimizer's defaults.</summary>
    public ParamGroup()
    {
    }

    /// <summary>A group.</summary>
    public ParamGroup(IEnumerable<Parameter> parameters, TOptions? options = null)
    {
        Parameters = parameters;
        if (options is not null)
        {
            base.Options = options;
        }
    }

    /// <inheritdoc cref="ParamGroup.Options"/>
    public new TOptions Options
    {
        get => (TOptions)base.Options;
        set => base.Options = value;
    }
}
