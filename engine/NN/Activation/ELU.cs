namespace Parallax.Torch.Modules;

/// <summary>x, and alpha (exp(x) - 1) below zero.</summary>
public sealed class ELU : Module<Tensor, Tensor>
{
    internal ELU(double alpha, bool inplace)
        : base(nameof(ELU))
    {
        this.alpha = alpha;
        this.inplace = inplace;
    }

    /// <summary>Limit for very negative inputs, negated.</summary>
    public double alpha { get; set; }

    /// <summary>Whether the input is overwritten.</summary>
    public bool inplace { get; set; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => F.elu(input, alpha, inplace);
}
