namespace Parallax.Torch.Modules;

/// <summary>Normalises each sample over its last dimensions.</summary>
/// <remarks>Ba, Kiros and Hinton, 2016, https://arxiv.org/abs/1607.06450.</remarks>
public sealed class LayerNorm : Module<Tensor, Tensor>
{
    [ComponentName(Name = nameof(weight))]
    private Parameter? _weight;

    [ComponentName(Name = nameof(bias))]
    private Parameter? _bias;

    internal LayerNorm(long[] normalized_shape, double eps, bool elementwise_affine, bool bias, Device? device, ScalarType? dtype)
        : base(nameof(LayerNorm))
    {
        this.normalized_shape = normalized_shape;
        this.eps = eps;
        this.elementwise_affine = elementwise_affine;
        if (elementwise_affine)
        {
            weight = new Parameter(ones(normalized_shape, dtype, device));
            this.bias = bias ? new Parameter(zeros(normalized_shape, dtype, device)) : null;
        }
    }

    /// <summary>Sizes of the last dimensions.</summary>
    public long[] normalized_shape { get; set; }

    /// <summary>Added to the variance.</summary>
    public double eps { get; set; }

    /// <summary>Whether there are scale and shift.</summary>
    public bool elementwise_affine { get; set; }

    /// <summary>Scale, of <see cref="normalized_shape"/>; there is none when not affine.</summary>
    public Parameter weight
    {
        get => _weight!;   // TorchSharp promises it, so that plugin code reads alike
        set => _weight = ReplaceParameter(nameof(weight), _weight, value);
    }

    /// <summary>Shift, of <see cref="normalized_shape"/>; null without one.</summary>
    public Parameter? bias
    {
        get => _bias;
        set => _bias = ReplaceParameter(nameof(bias), _bias, value);
    }

    /// <summary>Scale 1, shift 0.</summary>
    public void reset_parameters()
    {
        using var noGradient = no_grad();
        _weight?.fill_(1);
        _bias?.zero_();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => F.layer_norm(input, normalized_shape, _weight, _bias, eps);
}
