namespace Parallax.Torch.Modules;

/// <summary>relu6(x + 3) / 6.</summary>
public sealed class Hardsigmoid : Module<Tensor, Tensor>
{
    internal Hardsigmoid(bool inplace)
        : base(nameof(Hardsigmoid))
    {
        this.inplace = inplace;
    }

    /// <summary>Whether the input is overwritten.</summary>
    public bool inplace { get; set; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => F.hardsigmoid(input, inplace);
}
