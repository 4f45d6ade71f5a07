using Parallax.Engine;

namespace Parallax.Torch.Modules;

/// <summary>The arithmetic that Adam and AdamW share.</summary>
public abstract class AdamFamily : OptimizerHelper
{
    private static readonly string[] Names = ["exp_avg", "exp_avg_sq", "max_exp_avg_sq"];

    private protected AdamFamily(AdamOptions defaults)
    {
        RequireShare(defaults.beta1!.Value, nameof(defaults.beta1));
        RequireShare(defaults.beta2!.Value, nameof(defaults.beta2));
        ArgumentOutOfRangeException.ThrowIfNegative(defaults.LearningRate!.Value, "lr");
        ArgumentOutOfRangeException.ThrowIfNegative(defaults.eps!.Value, "eps");
        ArgumentOutOfRangeException.ThrowIfNegative(defaults.weight_decay!.Value, "weight_decay");
        Defaults = defaults;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> BufferNames => Names;

    private protected AdamOptions Defaults { get; }

    private protected abstract bool DecoupledDecay { get; }

    private protected override int BuffersOf(OptimizerOptions options) => ((AdamOptions)options).amsgrad!.Value ? 3 : 2;

    private protected override void UpdateDense(OptimizerOptions options, IReadOnlyList<UpdateEntry> entries, DenseBlocks blocks)
    {
        var settings = (AdamOptions)options;
        blocks.Update(i => Rule(settings, entries[i].State.Steps));
    }

    private protected override void UpdateLists(OptimizerOptions options, TensorLists lists)
    {
        var settings = (AdamOptions)options;
        var rule = Rule(settings, lists.Steps);
        var (means, squares) = (lists.Buffers(0), lists.Buffers(1));
        var gradients = rule.Sign < 0 ? Foreach.Negate(lists.Gradients) : lists.Gradients;
        if (rule.CoupledDecay != 0)
        {
            gradients = Foreach.Add(gradients, lists.Parameters, rule.CoupledDecay);
        }

        if (rule.Shrink != 1)
        {
            Foreach.MultiplyInPlace(lists.Parameters, rule.Shrink);
        }

        Foreach.MultiplyInPlace(means, rule.Beta1);
        Foreach.AddInPlace(means, gradients, 1 - rule.Beta1);
        Foreach.MultiplyInPlace(squares, rule.Beta2);
        Foreach.AddProductInPlace(squares, gradients, gradients, 1 - rule.Beta2);
        if (rule.Maximum)
        {
            var largest = lists.Buffers(2);
            Foreach.Copy(Foreach.Maximum(largest, squares), largest);
            squares = largest;
        }

        var scales = Foreach.SquareRoot(squares);
        Foreach.DivideInPlace(scales, rule.SquareCorrection);
        Foreach.AddInPlace(scales, rule.Epsilon);
        Foreach.AddQuotientInPlace(lists.Parameters, means, scales, -rule.StepSize);
    }

    private AdamRule Rule(AdamOptions settings, long steps)
    {
        var (rate, decay) = (settings.LearningRate!.Value, settings.weight_decay!.Value);
        return new AdamRule
        {
            StepSize = rate / (1 - Math.Pow(settings.beta1!.Value, steps)),
            Beta1 = settings.beta1.Value,
            Beta2 = settings.beta2!.Value,
            Epsilon = settings.eps!.Value,
            SquareCorrection = Math.Sqrt(1 - Math.Pow(settings.beta2.Value, steps)),
            CoupledDecay = DecoupledDecay ? 0 : decay,
            Shrink = DecoupledDecay ? 1 - (rate * decay) : 1,
            Maximum = settings.amsgrad!.Value,
            Sign = settings.maximize!.Value ? -1 : 1,
        };
    }

    private static void RequireShare(double value, string name)
    {
        if (value is not (>= 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must lie in [0, 1).");
        }
    }
}
