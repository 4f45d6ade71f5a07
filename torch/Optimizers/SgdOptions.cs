namespace Parallax.Torch;

/// <summary>Settings of a group of <see cref="FusedSgd"/>.</summary>
public sealed record SgdOptions : FusedOptimizerOptions
{
    /// <summary>Share of the buffer kept at each step, at least 0. Default 0: no buffer.</summary>
    public double Momentum { get; init; }

    /// <summary>Share of the gradient that does not enter the buffer. Default 0.</summary>
    public double Dampening { get; init; }

    /// <summary>Whether the step looks ahead along the momentum; needs momentum, and no dampening. Default false.</summary>
    public bool Nesterov { get; init; }

    internal override void RequireValid()
    {
        base.RequireValid();
        ArgumentOutOfRangeException.ThrowIfNegative(Momentum, nameof(Momentum));
        if (Nesterov && (Momentum <= 0 || Dampening != 0))
        {
            throw new ArgumentException($"Nesterov needs momentum > 0 and dampening = 0; momentum is {Momentum}, dampening {Dampening}.", nameof(Nesterov));
        }
    }
}
