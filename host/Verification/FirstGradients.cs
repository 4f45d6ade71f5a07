namespace Parallax.Host.Verification;

/// <summary>What the gradients of the first micro-batch are like, in one process and fp32.</summary>
/// <param name="Norm">Norm of all of them as one vector.</param>
/// <param name="Rounding">How far they move when weights are rounded a little, as a share of that norm: what the network makes of rounding.</param>
internal sealed record FirstGradients(double Norm, double Rounding);
