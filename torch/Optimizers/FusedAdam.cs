namespace Parallax.Torch;

/// <summary>Adam (Kingma and Ba, ICLR 2015); weight decay is added to the gradient.</summary>
public class FusedAdam : FusedOptimizer
{
    /// <summary>One group.</summary>
    public FusedAdam(IEnumerable<Parameter> parameters, AdamOptions options)
        : this([new OptimizerGroup<AdamOptions>(parameters, options)])
    {
    }

    /// <summary>Several groups.</summary>
    /// <exception cref="ArgumentException">A parameter is in two groups.</exception>
    public FusedAdam(IEnumerable<OptimizerGroup<AdamOptions>> groups)
        : base(groups, "exp_avg", "exp_avg_sq", "max_exp_avg_sq")
    {
    }

    private protected virtual bool DecoupledDecay => false;

    private protected override int BuffersOf(OptimizerGroup group) => OptionsOf(group).AmsGrad ? 3 : 2;

    private protected override void UpdateDense(OptimizerGroup group, IReadOnlyList<UpdateEntry> entries, DenseBlocks blocks)
    {
        var options = OptionsOf(group);
        var (rate, decay, decoupled) = (group.LearningRate, group.WeightDecay, DecoupledDecay);
        blocks.Update(i => new AdamRule
        {
            StepSize = rate / (1 - Math.Pow(options.Beta1, entries[i].State.Steps)),
            Beta1 = options.Beta1,
            Beta2 = options.Beta2,
            Epsilon = options.Epsilon,
            SquareCorrection = Math.Sqrt(1 - Math.Pow(options.Beta2, entries[i].State.Steps)),
            CoupledDecay = decoupled ? 0 : decay,
            Shrink = decoupled ? 1 - (rate * decay) : 1,
            Maximum = options.AmsGrad,
        });
    }

    private protected override void UpdateLists(OptimizerGroup group, TensorLists lists) =>
        FusedOperators.Adam(lists, OptionsOf(group), group.LearningRate, group.WeightDecay, DecoupledDecay);

    private static AdamOptions OptionsOf(OptimizerGroup group) => ((OptimizerGroup<AdamOptions>)group).Options;
}
