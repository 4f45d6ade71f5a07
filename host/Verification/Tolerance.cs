namespace Parallax.Host.Verification;

/// <summary>How far rounding may take two trainings apart that should be the same.</summary>
/// <param name="Rounding">What the network makes of rounding: how far its gradients move together when its weights are rounded a little.</param>
internal sealed record Tolerance(double Rounding)
{
    /// <summary>Of a loss, as a share of it.</summary>
    public const double Loss = 1e-3;

    private const double Most = 0.4;   // the widest that is a check: where one of two processes adds nothing to a gradient, that is off by half
    private const double LossFloor = 0.1;   // a loss near zero is a difference of larger terms
    private const double Factor = 4;   // two sums err each in its own way, and one rectifier more or less is much in a small network

    /// <summary>Of all gradients as one vector, as a share of its norm.</summary>
    public double Gradients => Math.Max(0.001, Factor * Rounding);

    /// <summary>Of one gradient, as a share of its norm: it may be a small one, in which much cancels.</summary>
    public double OneGradient => Math.Max(0.02, 2 * Gradients);

    /// <summary>Of what training changed in a tensor, as a share of that.</summary>
    public double State => Math.Max(0.05, 2 * OneGradient);

    /// <summary>Why what stays within these tolerances proves nothing; null where it does.</summary>
    public string? WhyNoProof => State <= Most ? null : FormattableString.Invariant(
        $"rounding hides it: rounded weights make {Rounding:G3}, so what training changed might differ by {State:G3}, and from {Most} on nothing is checked");

    /// <summary>The difference of two losses as a share of the first; NaN where one is no number.</summary>
    public static double ShareOfLoss(double expected, double actual) => Math.Abs(expected - actual) / Math.Max(LossFloor, Math.Abs(expected));

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant(
        $"losses within {Loss}, gradients within {Gradients:G3} (rounded weights make {Rounding:G3}), state");
}
