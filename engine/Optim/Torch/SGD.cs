using Parallax.Engine;
using static Parallax.Torch.torch.optim;

namespace Parallax.Torch.Modules;

/// <summary>Stochastic gradient descent with momentum.</summary>
/// <remarks>buffer = momentum * buffer + (1 - dampening) * gradient (the gradient itself at the first step); parameter -= lr * buffer. The learning rate stays outside the buffer.</remarks>
public sealed class SGD : OptimizerHelper, IMomentum
{
    private static readonly string[] Names = ["momentum_buffer"];

    private readonly Options _defaults;

    /// <inheritdoc cref="torch.optim.SGD(IEnumerable{Parameter}, double, double, double, double, bool, bool)"/>
    public SGD(IEnumerable<Parameter> parameters, double lr, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false)
        : this([new ParamGroup { Parameters = parameters }], lr, momentum, dampening, weight_decay, nesterov, maximize)
    {
    }

    /// <inheritdoc cref="torch.optim.SGD(IEnumerable{Parameter}, double, double, double, double, bool, bool)"/>
    public SGD(IEnumerable<ParamGroup> parameters, double lr, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentOutOfRangeException.ThrowIfNegative(lr);
        ArgumentOutOfRangeException.ThrowIfNegative(momentum);
        ArgumentOutOfRangeException.ThrowIfNegative(weight_decay);
        if (nesterov && (momentum <= 0 || dampening != 0))
        {
            throw new ArgumentException($"Nesterov needs momentum > 0 and dampening = 0; momentum is {momentum}, dampening {dampening}.", nameof(nesterov));
        }

        _defaults = new Options { LearningRate = lr, momentum = momentum, dampening = dampening, weight_decay = weight_decay, nesterov = nesterov, maximize = maximize };
        foreach (var group in parameters)
        {
            add_param_group(group);
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> BufferNames => Names;

    /// <summary>Momentum of groups to come.</summary>
    public double Momentum
    {
        get => _defaults.momentum ?? 0;
        set => _defaults.momentum = value;
    }

    private protected override void Complete(Modules.ParamGroup group)
    {
        var options = OptionsOf<Options>(group);
        options.LearningRate ??= _defaults.LearningRate;
        options.momentum ??= _defaults.momentum;
        options.dampening ??= _defaults.dampening;
        options.weight_decay ??= _defaults.weight_decay;
        options.nesterov ??= _defaults.nesterov;
        options.maximize ??= _defaults.maximize;
    }

    private protected override int BuffersOf(OptimizerOptions options) => ((Options)options).momentum is > 0 ? 1 : 0;

    private protected override void UpdateDense(OptimizerOptions options, IReadOnlyList<UpdateEntry> entries, DenseBlocks blocks)
    {
        var settings = (Options)options;
        var momentum = settings.momentum!.Value;
        blocks.Update(i => new SgdRule(
            Rate: settings.LearningRate!.Value,
            Decay: settings.weight_decay!.Value,
            Momentum: momentum,
            Keep: entries[i].IsFirst ? 0 : momentum,
            Add: entries[i].IsFirst ? 1 : 1 - settings.dampening!.Value,
            Nesterov: settings.nesterov!.Value,
            Sign: settings.maximize!.Value ? -1 : 1));
    }

    private protected override void UpdateLists(OptimizerOptions options, TensorLists lists)
    {
        var settings = (Options)options;
        var momentum = settings.momentum!.Value;
        var gradients = settings.maximize!.Value ? Foreach.Negate(lists.Gradients) : lists.Gradients;
        if (settings.weight_decay is not 0)
        {
            gradients = Foreach.Add(gradients, lists.Parameters, settings.weight_decay!.Value);
        }

        if (momentum != 0)
        {
            var buffers = lists.Buffers(0);
            Foreach.MultiplyInPlace(buffers, momentum);
            Foreach.AddInPlace(buffers, gradients, lists.IsFirst ? 1 : 1 - settings.dampening!.Value);
            gradients = settings.nesterov!.Value ? Foreach.Add(gradients, buffers, momentum) : buffers;
        }

        Foreach.AddInPlace(lists.Parameters, gradients, -settings.LearningRate!.Value);
    }

    /// <summary>Settings of a group.</summary>
    public sealed class Options : OptimizerOptions
    {
        /// <summary>Share of the buffer kept at each step; 0 means no buffer.</summary>
        public double? momentum { get; set; }

        /// <summary>Share of the gradient that does not enter the buffer.</summary>
        public double? dampening { get; set; }

        /// <summary>Share of the parameter added to the gradient.</summary>
        public double? weight_decay { get; set; }

        /// <summary>Whether the step looks ahead along the momentum.</summary>
        public bool? nesterov { get; set; }

        /// <summary>Whether to climb instead of descend.</summary>
        public bool? maximize { get; set; }
    }

    /// <summary>Parameters with their settings.</summary>
    public sealed class ParamGroup : ParamGroup<Options>, IMomentum
    {
        /// <summary>An empty group with the optimizer's settings.</summary>
        public ParamGroup()
        {
        }

        /// <summary>A group with given options; null values mean the optimizer's.</summary>
        public ParamGroup(IEnumerable<Parameter> parameters, Options options)
            : base(parameters, options)
        {
        }

        /// <summary>A group with its own settings.</summary>
        public ParamGroup(IEnumerable<Parameter> parameters, double lr = 1e-3, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false)
            : base(parameters, new Options { LearningRate = lr, momentum = momentum, dampening = dampening, weight_decay = weight_decay, nesterov = nesterov, maximize = maximize })
        {
        }

        /// <inheritdoc/>
        public double Momentum
        {
            get => Options.momentum ?? 0;
            set => Options.momentum = value;
        }
    }
}
