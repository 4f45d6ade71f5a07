namespace Parallax.Torch;

/// <summary>Layer-wise adaptive moments: Adam's direction, scaled to a share of each parameter's norm, with the global gradient norm clipped.</summary>
/// <remarks>You et al., "Large Batch Optimization for Deep Learning", ICLR 2020, https://arxiv.org/abs/1904.00962, with NVIDIA's global clipping.</remarks>
public sealed class Lamb : FusedOptimizer
{
    private readonly double _maxGradientNorm;
    private Tensor? _gradientScale;   // [], float64, of this step

    /// <summary>One group.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="options">Settings.</param>
    /// <param name="maxGradientNorm">Bound of the norm over all gradients; 0 means none.</param>
    public Lamb(IEnumerable<Parameter> parameters, LambOptions options, double maxGradientNorm = 1)
        : this([new OptimizerGroup<LambOptions>(parameters, options)], maxGradientNorm)
    {
    }

    /// <summary>Several groups.</summary>
    /// <param name="groups">The groups.</param>
    /// <param name="maxGradientNorm">Bound of the norm over all gradients; 0 means none.</param>
    /// <exception cref="ArgumentException">A parameter is in two groups.</exception>
    public Lamb(IEnumerable<OptimizerGroup<LambOptions>> groups, double maxGradientNorm = 1)
        : base(groups, "exp_avg", "exp_avg_sq")
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxGradientNorm);
        _maxGradientNorm = maxGradientNorm;
    }

    private protected override int BuffersOf(OptimizerGroup group) => 2;

    private protected override void Prepare(IReadOnlyList<UpdateEntry> entries)
    {
        _gradientScale = null;
        if (_maxGradientNorm > 0 && entries.Count > 0)
        {
            _gradientScale = (_maxGradientNorm / GradientNorm.Of([.. entries.Select(entry => entry.Gradient)])).clamp_max(1);   // norm 0: infinity, so 1
        }
    }

    private protected override void UpdateDense(OptimizerGroup group, IReadOnlyList<UpdateEntry> entries, DenseBlocks blocks)
    {
        var scale = _gradientScale?.item<double>() ?? 1;
        var norms = blocks.Reduce(i => new LambMoments(Constants(group, entries[i].State.Steps, scale)));
        blocks.Update(i => new LambStep(
            Constants(group, entries[i].State.Steps, scale),
            group.LearningRate * (Adapts(group) ? Trust(OptionsOf(group), norms[i]) : 1)));
    }

    private protected override void UpdateLists(OptimizerGroup group, TensorLists lists)
    {
        var constants = Constants(group, lists.Steps, gradientScale: 1);
        var (means, squares) = (lists.Buffers(0), lists.Buffers(1));
        var scale = _gradientScale?.to(means[0].dtype, means[0].device);
        using Scalar keep1 = constants.Beta1, add1 = constants.Beta3, keep2 = constants.Beta2, add2 = 1 - constants.Beta2;
        using Scalar epsilon = constants.Epsilon, decay = constants.Decay, rate = -group.LearningRate;
        using Scalar meanCorrection = constants.MeanCorrection, squareCorrection = constants.SquareCorrection;
        for (var i = 0; i < means.Length; i++)
        {
            var parameter = lists.Parameters[i];
            var gradient = scale is null ? lists.Gradients[i] : lists.Gradients[i] * scale;
            means[i].mul_(keep1).add_(gradient, add1);
            squares[i].mul_(keep2).addcmul_(gradient, gradient, add2);
            var update = means[i].div(meanCorrection).div_(squares[i].sqrt().div_(squareCorrection).add_(epsilon)).add_(parameter, decay);
            if (Adapts(group))
            {
                var (parameterNorm, updateNorm) = (parameter.norm(), update.norm());   // [], []
                var trust = torch.where((parameterNorm > 0) & (updateNorm > 0), parameterNorm / updateNorm, torch.ones_like(updateNorm));
                update.mul_(OptionsOf(group).TrustClip ? trust.clamp_max(1) : trust);
            }

            parameter.add_(update, rate);
        }
    }

    private static double Trust(LambOptions options, Sums norms)
    {
        var trust = norms is { First: > 0, Second: > 0 } ? Math.Sqrt(norms.First / norms.Second) : 1;
        return options.TrustClip ? Math.Min(trust, 1) : trust;
    }

    private static bool Adapts(OptimizerGroup group) => group.WeightDecay != 0 || OptionsOf(group).AlwaysAdapt;

    private static LambConstants Constants(OptimizerGroup group, long steps, double gradientScale)
    {
        var options = OptionsOf(group);
        return new LambConstants
        {
            GradientScale = gradientScale,
            Beta1 = options.Beta1,
            Beta2 = options.Beta2,
            Beta3 = options.GradientAveraging ? 1 - options.Beta1 : 1,
            Epsilon = options.Epsilon,
            Decay = group.WeightDecay,
            MeanCorrection = options.BiasCorrection ? 1 - Math.Pow(options.Beta1, steps) : 1,
            SquareCorrection = options.BiasCorrection ? Math.Sqrt(1 - Math.Pow(options.Beta2, steps)) : 1,
        };
    }

    private static LambOptions OptionsOf(OptimizerGroup group) => ((OptimizerGroup<LambOptions>)group).Options;
}
