using Parallax.Host.Training;

namespace Parallax.Host.Verification;

/// <summary>What a network makes of rounding: how far its gradients move when its weights are rounded.</summary>
/// <remarks>
/// Rounding in a step moves values before rectifiers, normalisation and maxima, as rounded weights do; how far gradients follow is a matter of the network, and
/// of orders of magnitude: a transformer's by as much as the weights, those of a residual network with batch normalisation by thousands of times as much.
/// </remarks>
internal static class RoundedWeights
{
    /// <summary>Bits of a significand of bf16.</summary>
    public const int Bf16 = 8;

    /// <summary>Bits that are left of the 24 of float32 after sums of tens of thousands of values, as batch normalisation has them, in two orders.</summary>
    public const int Float32Sums = 16;

    private const int Float32 = 24;

    /// <summary>By how much all gradients together differ then, as a share of their norm. The weights stay rounded.</summary>
    /// <param name="method">The method, in float32.</param>
    /// <param name="batch">What it is trained on.</param>
    /// <param name="exact">The gradients before.</param>
    /// <param name="bits">Bits of the significand to which weights are rounded.</param>
    public static double Effect(Module method, FirstBatch batch, BatchGradients exact, int bits)
    {
        Round(method, bits);
        using var rounded = batch.Run([batch.Whole]);

        return Gradients.WholeDifference(exact.Gradients, rounded.Gradients);
    }

    /// <summary>Rounds all weights of a module to the nearest number with so many bits, as T. J. Dekker, Numerische Mathematik 18 (1971), splits one.</summary>
    internal static void Round(Module module, int bits)
    {
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        foreach (var parameter in module.parameters())
        {
            var large = parameter * (1 + Math.Pow(2, Float32 - bits));
            parameter.copy_(large - (large - parameter));
        }
    }
}
