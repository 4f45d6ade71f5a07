namespace Parallax.Torch.Modules;

/// <summary>x times sigmoid(x).</summary>
public sealed class SiLU : Module<Tensor, Tensor>
{
    internal SiLU(bool inplace)
        : base(nameof(SiLU))
    {
        this.inplace = inplace;
    }

    /// <summary>Whether the input is overwritten.</summary>
    public bool inplace { get; set; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => F.silu(input, inplace);
}
