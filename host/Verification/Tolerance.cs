namespace Parallax.Host.Verification;

/// <summary>How far rounding may take two trainings apart that should be the same.</summary>
/// <param name="Rounding">What the network makes of rounding: how far its gradients move together when its weights are rounded a little.</param>
internal sealed record Tolerance(double Rounding)
{
    /// <summary>Of a loss, and as much in absolute terms.</summary>
    public const double Loss = 1e-3;

    private const double Factor = 4;   // two sums err each in its own way, and one rectifier more or less is much in a small network

    /// <summary>Of all gradients as one vector, as a share of its norm.</summary>
    public double Gradients => Math.Max(0.001, Factor * Rounding);

    /// <summary>Of one gradient, as a share of its norm: it may be a small one, in which much cancels.</summary>
    public double OneGradient => Math.Max(0.02, 2 * Gradients);

    /// <summary>Of what training changed in a tensor, as a share of that.</summary>
    public double State => Math.Max(0.05, 2 * OneGradient);

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant(
        $"losses within {Loss}, gradients within {Gradients:G3} (rounded weights make {Rounding:G3}), state");
}
