namespace Parallax.Torch;

/// <summary>Stochastic gradient descent with momentum.</summary>
/// <remarks>buffer = momentum * buffer + (1 - dampening) * gradient (at the first step the gradient); parameter -= rate * buffer.</remarks>
public sealed class FusedSgd : FusedOptimizer
{
    /// <summary>One group.</summary>
    public FusedSgd(IEnumerable<Parameter> parameters, SgdOptions options)
        : this([new OptimizerGroup<SgdOptions>(parameters, options)])
    {
    }

    /// <summary>Several groups.</summary>
    /// <exception cref="ArgumentException">A parameter is in two groups.</exception>
    public FusedSgd(IEnumerable<OptimizerGroup<SgdOptions>> groups)
        : base(groups, "momentum_buffer")
    {
    }

    private protected override int BuffersOf(OptimizerGroup group) => OptionsOf(group).Momentum > 0 ? 1 : 0;

    private protected override void UpdateDense(OptimizerGroup group, IReadOnlyList<UpdateEntry> entries, DenseBlocks blocks)
    {
        var options = OptionsOf(group);
        blocks.Update(i => new SgdRule(
            Rate: group.LearningRate,
            Decay: group.WeightDecay,
            Momentum: options.Momentum,
            Keep: entries[i].IsFirst ? 0 : options.Momentum,
            Add: entries[i].IsFirst ? 1 : 1 - options.Dampening,
            Nesterov: options.Nesterov));
    }

    private protected override void UpdateLists(OptimizerGroup group, TensorLists lists)
    {
        var options = OptionsOf(group);
        FusedOperators.Sgd(
            lists.Parameters,
            lists.Gradients,
            options.Momentum > 0 ? lists.Buffers(0) : [],
            group.LearningRate,
            group.WeightDecay,
            options.Momentum,
            options.Dampening,
            options.Nesterov,
            isFirst: lists.IsFirst);
    }

    private static SgdOptions OptionsOf(OptimizerGroup group) => ((OptimizerGroup<SgdOptions>)group).Options;
}
