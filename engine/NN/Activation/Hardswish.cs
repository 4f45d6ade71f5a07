namespace Parallax.Torch.Modules;

/// <summary>Piecewise approximation of SiLU: x relu6(x + 3) / 6.</summary>
public sealed class Hardswish : Module<Tensor, Tensor>
{
    internal Hardswish(bool inplace)
        : base(nameof(Hardswish))
    {
        this.inplace = inplace;
    }

    /// <summary>Whether the input is overwritten.</summary>
    public bool inplace { get; set; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => F.hardswish(input, inplace);
}
