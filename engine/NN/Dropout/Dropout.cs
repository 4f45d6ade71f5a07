namespace Parallax.Torch.Modules;

/// <summary>In training, sets each element to zero with a probability and scales up the rest.</summary>
public sealed class Dropout : Module<Tensor, Tensor>
{
    internal Dropout(double p, bool inplace)
        : base(nameof(Dropout))
    {
        this.p = p is >= 0 and <= 1 ? p : throw new ArgumentOutOfRangeException(nameof(p), p, "A probability, a fraction in [0, 1].");
        this.inplace = inplace;
    }

    /// <summary>Probability of zero, a fraction in [0, 1].</summary>
    public double p { get; set; }

    /// <summary>Whether the input is overwritten.</summary>
    public bool inplace { get; set; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => F.dropout(input, p, training, inplace);
}
