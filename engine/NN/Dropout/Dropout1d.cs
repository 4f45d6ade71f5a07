namespace Parallax.Torch.Modules;

/// <summary>In training, sets each channel of [N, C, L] to zero with a probability and scales up the rest.</summary>
public sealed class Dropout1d : Module<Tensor, Tensor>
{
    internal Dropout1d(double p, bool inplace)
        : base(nameof(Dropout1d))
    {
        this.p = p is >= 0 and <= 1 ? p : throw new ArgumentOutOfRangeException(nameof(p), p, "A probability, a fraction in [0, 1].");
        this.inplace = inplace;
    }

    /// <summary>Probability of zero, a fraction in [0, 1].</summary>
    public double p { get; set; }

    /// <summary>Whether the input is overwritten.</summary>
    public bool inplace { get; set; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => F.dropout1d(input, p, training, inplace);
}
