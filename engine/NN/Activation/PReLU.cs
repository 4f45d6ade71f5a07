namespace Parallax.Torch.Modules;

/// <summary>x, and a learned slope below zero.</summary>
/// <remarks>He et al., ICCV 2015, https://arxiv.org/abs/1502.01852.</remarks>
public sealed class PReLU : Module<Tensor, Tensor>
{
    [ComponentName(Name = nameof(weight))]
    private Parameter _weight;

    internal PReLU(long num_parameters, double init, Device? device, ScalarType? dtype)
        : base(nameof(PReLU))
    {
        this.init = init;
        _weight = ReplaceParameter(nameof(weight), null, new Parameter(full([num_parameters], init, dtype, device)));
    }

    /// <summary>Number of slopes: 1, or one per channel.</summary>
    public long num_parameters => _weight.numel();

    /// <summary>First value of the slopes.</summary>
    public double init { get; }

    /// <summary>The slopes.</summary>
    public Parameter weight
    {
        get => _weight;
        set => _weight = ReplaceParameter(nameof(weight), _weight, value);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => F.prelu(input, _weight);
}
