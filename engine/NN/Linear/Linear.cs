namespace Parallax.Torch.Modules;

/// <summary>y = x A^T + b over the last dimension.</summary>
public sealed class Linear : Module<Tensor, Tensor>
{
    [ComponentName(Name = nameof(weight))]
    private Parameter _weight;

    [ComponentName(Name = nameof(bias))]
    private Parameter? _bias;

    internal Linear(long inputSize, long outputSize, bool hasBias, Device? device, ScalarType? dtype)
        : this(
            new Parameter(empty([outputSize, inputSize], dtype, device)),
            hasBias ? new Parameter(empty([outputSize], dtype, device)) : null)
    {
        init.FanInUniform(_weight, _bias);
    }

    internal Linear(Parameter weight, Parameter? bias)
        : base(nameof(Linear))
    {
        _weight = ReplaceParameter(nameof(weight), null, weight);
        _bias = ReplaceParameter(nameof(bias), null, bias);
        in_features = weight.shape[1];
        out_features = weight.shape[0];
    }

    /// <summary>Width of the input.</summary>
    public long in_features { get; set; }

    /// <summary>Width of the output.</summary>
    public long out_features { get; set; }

    /// <summary>[out, in].</summary>
    public Parameter weight
    {
        get => _weight;
        set => _weight = ReplaceParameter(nameof(weight), _weight, value);
    }

    /// <summary>[out], or null.</summary>
    public Parameter? bias
    {
        get => _bias;
        set => _bias = ReplaceParameter(nameof(bias), _bias, value);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => F.linear(input, _weight, _bias);
}
