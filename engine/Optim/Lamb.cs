using Parallax.Torch.Modules;

namespace Parallax.Engine;

/// <summary>Layer-wise adaptive moments: Adam's direction, scaled to a share of each parameter's norm, with the global gradient norm clipped.</summary>
/// <remarks>You et al., "Large Batch Optimization for Deep Learning", ICLR 2020, https://arxiv.org/abs/1904.00962, with the clipping of the global norm of its NVIDIA form.</remarks>
public sealed class Lamb : OptimizerHelper
{
    private static readonly string[] Names = ["exp_avg", "exp_avg_sq"];

    private readonly LambOptions _defaults;
    private readonly double _maxGradientNorm;
    private Tensor? _gradientScale;

    /// <summary>One group.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="defaults">Settings.</param>
    /// <param name="maxGradientNorm">Bound of the norm over all gradients; 0 means none.</param>
    public Lamb(IEnumerable<Parameter> parameters, LambOptions defaults, double maxGradientNorm = 1)
        : this([new ParamGroup<LambOptions>(parameters)], defaults, maxGradientNorm)
    {
    }

    /// <summary>Several groups.</summary>
    /// <param name="groups">The groups; what they leave open comes from <paramref name="defaults"/>.</param>
    /// <param name="defaults">Settings of what a group leaves open.</param>
    /// <param name="maxGradientNorm">Bound of the norm over all gradients; 0 means none.</param>
    public Lamb(IEnumerable<ParamGroup<LambOptions>> groups, LambOptions defaults, double maxGradientNorm = 1)
    {
        ArgumentNullException.ThrowIfNull(groups);
        ArgumentNullException.ThrowIfNull(defaults);
        ArgumentOutOfRangeException.ThrowIfNegative(maxGradientNorm);
        (_defaults, _maxGradientNorm) = (defaults, maxGradientNorm);
        foreach (var group in groups)
        {
            add_param_group(group);
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> BufferNames => Names;

    private protected override void Complete(ParamGroup group) => OptionsOf<LambOptions>(group).FillFrom(_defaults);

    private protected override int BuffersOf(OptimizerOptions options) => 2;

    private protected override void Prepare(IReadOnlyList<UpdateEntry> entries)
    {
        _gradientScale = null;
        if (_maxGradientNorm > 0 && entries.Count > 0)
        {
            _gradientScale = (_maxGradientNorm / GradientNorm.Of([.. entries.Select(entry => entry.Gradient)])).clamp_max(1);   // [], infinite norm of 0 gives 1
        }
    }

    private protected override void UpdateDense(OptimizerOptions options, IReadOnlyList<UpdateEntry> entries, DenseBlocks blocks)
    {
        var settings = (LambOptions)options;
        var scale = _gradientScale?.item<double>() ?? 1;
        var norms = blocks.Reduce(i => new LambMoments(Constants(settings, entries[i].State.Steps, scale)));
        var adapts = Adapts(settings);
        blocks.Update(i => new LambStep(
            Constants(settings, entries[i].State.Steps, scale),
            settings.LearningRate!.Value * (adapts ? Trust(settings, norms[i]) : 1)));
    }

    private protected override void UpdateLists(OptimizerOptions options, TensorLists lists)
    {
        var settings = (LambOptions)options;
        var constants = Constants(settings, lists.Steps, gradientScale: 1);
        var (means, squares) = (lists.Buffers(0), lists.Buffers(1));
        var gradients = _gradientScale is { } scale ? Foreach.Multiply(lists.Gradients, scale) : lists.Gradients;
        Foreach.MultiplyInPlace(means, constants.Beta1);
        Foreach.AddInPlace(means, gradients, constants.Beta3);
        Foreach.MultiplyInPlace(squares, constants.Beta2);
        Foreach.AddProductInPlace(squares, gradients, gradients, 1 - constants.Beta2);

        var scales = Foreach.SquareRoot(squares);
        Foreach.DivideInPlace(scales, constants.SquareCorrection);
        Foreach.AddInPlace(scales, constants.Epsilon);
        var updates = Foreach.Divide(means, scales);
        Foreach.DivideInPlace(updates, constants.MeanCorrection);
        if (constants.Decay != 0)
        {
            Foreach.AddInPlace(updates, lists.Parameters, constants.Decay);
        }

        if (Adapts(settings))
        {
            updates = Foreach.MultiplyEach(updates, Trusts(settings, lists.Parameters, updates));
        }

        Foreach.AddInPlace(lists.Parameters, updates, -settings.LearningRate!.Value);
    }

    private static Tensor[] Trusts(LambOptions settings, Tensor[] parameters, Tensor[] updates)
    {
        var parameterNorms = torch.stack(Foreach.Norm(parameters));   // [P]
        var updateNorms = torch.stack(Foreach.Norm(updates));         // [P]
        var trusts = torch.where((parameterNorms > 0) & (updateNorms > 0), parameterNorms / updateNorms, torch.ones_like(updateNorms));
        return (settings.TrustClip!.Value ? trusts.clamp_max(1) : trusts).unbind();
    }

    private static double Trust(LambOptions settings, Sums norms)
    {
        var trust = norms is { First: > 0, Second: > 0 } ? Math.Sqrt(norms.First / norms.Second) : 1;
        return settings.TrustClip!.Value ? Math.Min(trust, 1) : trust;
    }

    private static bool Adapts(LambOptions settings) => settings.WeightDecay!.Value != 0 || settings.AlwaysAdapt!.Value;

    private static LambConstants Constants(LambOptions settings, long steps, double gradientScale)
    {
        var (beta1, beta2, corrects) = (settings.Beta1!.Value, settings.Beta2!.Value, settings.BiasCorrection!.Value);
        return new LambConstants
        {
            GradientScale = gradientScale,
            Beta1 = beta1,
            Beta2 = beta2,
            Beta3 = settings.GradientAveraging!.Value ? 1 - beta1 : 1,
            Epsilon = settings.Epsilon!.Value,
            Decay = settings.WeightDecay!.Value,
            MeanCorrection = corrects ? 1 - Math.Pow(beta1, steps) : 1,
            SquareCorrection = corrects ? Math.Sqrt(1 - Math.Pow(beta2, steps)) : 1,
        };
    }
}
