namespace Parallax.Torch.Modules;

/// <summary>In training, sets each channel of [N, C, D, H, W] to zero with a probability and scales up the rest.</summary>
public sealed class Dropout3d : Module<Tensor, Tensor>
{
    internal Dropout3d(double p, bool inplace)
        : base(nameof(Dropout3d))
    {
        this.p = p is >= 0 and <= 1 ? p : throw new ArgumentOutOfRangeException(nameof(p), p, "A probability, a fraction in [0, 1].");
        this.inplace = inplace;
    }

    /// <summary>Probability of zero, a fraction in [0, 1].</summary>
    public double p { get; set; }

    /// <summary>Whether the input is overwritten.</summary>
    public bool inplace { get; set; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => F.dropout3d(input, p, training, inplace);
}
