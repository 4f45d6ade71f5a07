using Parallax.Torch.Modules;

namespace Parallax.Engine;

/// <summary>Layer-wise adaptive rate scaling: momentum steps whose length is a fixed share of each parameter's norm.</summary>
/// <remarks>You, Gitman, Ginsburg, "Large Batch Training of Convolutional Networks", 2017, https://arxiv.org/abs/1708.03888, in the forms of <see cref="LarsVariant"/>.</remarks>
public sealed class Lars : OptimizerHelper
{
    private const double NormEpsilon = 1e-8;
    private static readonly string[] Names = ["momentum_buffer"];

    private readonly LarsOptions _defaults;

    /// <summary>One group.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="defaults">Settings.</param>
    public Lars(IEnumerable<Parameter> parameters, LarsOptions defaults)
        : this([new ParamGroup<LarsOptions>(parameters)], defaults)
    {
    }

    /// <summary>Several groups.</summary>
    /// <param name="groups">The groups; what they leave open comes from <paramref name="defaults"/>.</param>
    /// <param name="defaults">Settings of what a group leaves open.</param>
    public Lars(IEnumerable<ParamGroup<LarsOptions>> groups, LarsOptions defaults)
    {
        ArgumentNullException.ThrowIfNull(groups);
        ArgumentNullException.ThrowIfNull(defaults);
        _defaults = defaults;
        foreach (var group in groups)
        {
            add_param_group(group);
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> BufferNames => Names;

    private protected override void Complete(ParamGroup group) => OptionsOf<LarsOptions>(group).FillFrom(_defaults);

    private protected override int BuffersOf(OptimizerOptions options) => 1;

    private protected override void UpdateDense(OptimizerOptions options, IReadOnlyList<UpdateEntry> entries, DenseBlocks blocks)
    {
        var settings = (LarsOptions)options;
        var decayInNorm = NormOfSum(settings) ? settings.WeightDecay!.Value : 0;
        var norms = blocks.Reduce(_ => new LarsNorms(decayInNorm));
        blocks.Update(i => Rule(settings, IsExcluded(settings, entries[i].State.Parameter), Math.Sqrt(norms[i].First), Math.Sqrt(norms[i].Second)));
    }

    private static LarsRule Rule(LarsOptions settings, bool excluded, double parameterNorm, double gradientNorm)
    {
        var rate = settings.LearningRate!.Value;
        var (inner, outer) = settings.Variant == LarsVariant.ClassicMomentum ? (rate, 1.0) : (1.0, rate);
        var decay = excluded ? 0 : settings.WeightDecay!.Value;
        var trust = 1.0;
        if (!excluded && parameterNorm > 0 && gradientNorm > 0)
        {
            var divisor = NormOfSum(settings) ? gradientNorm : gradientNorm + (decay * parameterNorm) + NormEpsilon;
            trust = settings.TrustCoefficient!.Value * parameterNorm / divisor;
            trust = settings.ClipLearningRate!.Value ? Math.Min(trust / rate, 1) : trust;
        }
        else if (!NormOfSum(settings))
        {
            decay = 0;
        }

        return new(trust, decay, settings.Momentum!.Value, inner, outer);
    }

    private protected override void UpdateLists(OptimizerOptions options, TensorLists lists)
    {
        var settings = (LarsOptions)options;
        var rate = settings.LearningRate!.Value;
        var (inner, outer) = settings.Variant == LarsVariant.ClassicMomentum ? (rate, 1.0) : (1.0, rate);
        var buffers = lists.Buffers(0);
        var scaled = Scaled(settings, lists);
        Foreach.MultiplyInPlace(buffers, settings.Momentum!.Value);
        Foreach.AddInPlace(buffers, scaled, inner);
        Foreach.AddInPlace(lists.Parameters, buffers, -outer);
    }

    /// <summary>Decayed and scaled gradients; all norms stay on the device.</summary>
    private static Tensor[] Scaled(LarsOptions settings, TensorLists lists)
    {
        var decay = settings.WeightDecay!.Value;
        var decayed = decay == 0 ? lists.Gradients : Foreach.Add(lists.Gradients, lists.Parameters, decay);
        var parameterNorms = torch.stack(Foreach.Norm(lists.Parameters));                                    // [P]
        var gradientNorms = torch.stack(Foreach.Norm(NormOfSum(settings) ? decayed : lists.Gradients));      // [P]
        var divisors = NormOfSum(settings) ? gradientNorms : gradientNorms + (parameterNorms * decay) + NormEpsilon;
        var trusts = parameterNorms * settings.TrustCoefficient!.Value / divisors;
        if (settings.ClipLearningRate!.Value)
        {
            trusts = (trusts / settings.LearningRate!.Value).clamp_max(1);
        }

        var isScaled = (parameterNorms > 0) & (gradientNorms > 0);
        var plain = NormOfSum(settings) ? decayed : lists.Gradients;
        var result = new Tensor[lists.Parameters.Length];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = IsExcluded(settings, lists.Parameters[i]) ? lists.Gradients[i] : torch.where(isScaled[i], decayed[i] * trusts[i], plain[i]);
        }

        return result;
    }

    private static bool NormOfSum(LarsOptions settings) => settings.Variant is LarsVariant.NormOfDecayedGrad or LarsVariant.ClassicMomentum;

    private static bool IsExcluded(LarsOptions settings, Tensor parameter) =>
        settings.ExcludeVectors!.Value && parameter.dim() <= 1;
}
