namespace Parallax.Torch;

/// <summary>Layer-wise adaptive rate scaling: momentum steps whose length is a fixed share of each parameter's norm.</summary>
/// <remarks>You, Gitman, Ginsburg, "Large Batch Training of Convolutional Networks", 2017, https://arxiv.org/abs/1708.03888; see
/// <see cref="LarsVariant"/>.</remarks>
public sealed class Lars : FusedOptimizer
{
    private const double NormEpsilon = 1e-8;

    /// <summary>One group.</summary>
    public Lars(IEnumerable<Parameter> parameters, LarsOptions options)
        : this([new OptimizerGroup<LarsOptions>(parameters, options)])
    {
    }

    /// <summary>Several groups.</summary>
    /// <exception cref="ArgumentException">A parameter is in two groups.</exception>
    public Lars(IEnumerable<OptimizerGroup<LarsOptions>> groups)
        : base(groups, "momentum_buffer")
    {
    }

    private protected override int BuffersOf(OptimizerGroup group) => 1;

    private protected override void UpdateDense(OptimizerGroup group, IReadOnlyList<UpdateEntry> entries, DenseBlocks blocks)
    {
        var options = OptionsOf(group);
        var decayInNorm = options.TakesNormOfSum ? group.WeightDecay : 0;
        var norms = blocks.Reduce(_ => new LarsNorms(decayInNorm));
        blocks.Update(i => Rule(group, options.Excludes(entries[i].State.Parameter), Math.Sqrt(norms[i].First), Math.Sqrt(norms[i].Second)));
    }

    private protected override void UpdateLists(OptimizerGroup group, TensorLists lists)
    {
        var (inner, outer) = Rates(group);
        FusedOperators.Sgd(lists.Parameters, Scaled(group, lists), lists.Buffers(0), outer, momentum: OptionsOf(group).Momentum, dampening: 1 - inner);
    }

    private static LarsRule Rule(OptimizerGroup group, bool excluded, double parameterNorm, double gradientNorm)
    {
        var options = OptionsOf(group);
        var (inner, outer) = Rates(group);
        var decay = excluded ? 0 : group.WeightDecay;
        var trust = 1.0;
        if (!excluded && parameterNorm > 0 && gradientNorm > 0)
        {
            var divisor = options.TakesNormOfSum ? gradientNorm : gradientNorm + (decay * parameterNorm) + NormEpsilon;
            trust = options.TrustCoefficient * parameterNorm / divisor;
            trust = options.ClipLearningRate ? Math.Min(trust / group.LearningRate, 1) : trust;
        }
        else if (!options.TakesNormOfSum)
        {
            decay = 0;
        }

        return new(trust, decay, options.Momentum, inner, outer);
    }

    /// <summary>Decayed and scaled gradients; all norms stay on the device.</summary>
    private static Tensor[] Scaled(OptimizerGroup group, TensorLists lists)
    {
        var options = OptionsOf(group);
        using Scalar decay = group.WeightDecay, epsilon = NormEpsilon, coefficient = options.TrustCoefficient, rate = group.LearningRate, one = 1.0;
        var result = new Tensor[lists.Parameters.Length];
        for (var i = 0; i < result.Length; i++)
        {
            var (parameter, gradient) = (lists.Parameters[i], lists.Gradients[i]);
            if (options.Excludes(parameter))
            {
                result[i] = gradient;
                continue;
            }

            var decayed = gradient.add(parameter, decay);
            var plain = options.TakesNormOfSum ? decayed : gradient;
            var (parameterNorm, gradientNorm) = (parameter.norm(), plain.norm());   // [], []
            var divisor = options.TakesNormOfSum ? gradientNorm : gradientNorm + (parameterNorm * decay) + epsilon;
            var trust = parameterNorm * coefficient / divisor;
            if (options.ClipLearningRate)
            {
                trust = (trust / rate).clamp_max(one);
            }

            result[i] = torch.where((parameterNorm > 0) & (gradientNorm > 0), decayed * trust, plain);
        }

        return result;
    }

    /// <summary>Factors on what enters the buffer and on what leaves it.</summary>
    private static (double Inner, double Outer) Rates(OptimizerGroup group) =>
        OptionsOf(group).Variant == LarsVariant.ClassicMomentum ? (group.LearningRate, 1) : (1, group.LearningRate);

    private static LarsOptions OptionsOf(OptimizerGroup group) => ((OptimizerGroup<LarsOptions>)group).Options;
}
