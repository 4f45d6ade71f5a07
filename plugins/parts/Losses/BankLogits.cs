namespace Parallax.Plugins.Parts;

/// <summary>Similarities of features with some rows of a bank: the logits of losses against a memory.</summary>
/// <remarks>Neither direction makes a vector per pair for the whole batch. Only the features carry gradients.</remarks>
public static class BankLogits
{
    /// <summary>Dot products divided by the temperature.</summary>
    /// <param name="features">[N, D] float32, rows of length one.</param>
    /// <param name="bank">[M, D]; unchanged until backward.</param>
    /// <param name="candidates">Rows of the bank for each feature, [N, 1 + K] int64, the positive in column 0; see <see cref="BankDraws"/>.</param>
    /// <param name="temperature">Divisor, positive.</param>
    /// <returns>[N, 1 + K] float32.</returns>
    /// <exception cref="ArgumentException">A shape does not fit, or the features are not float32.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not a positive number.</exception>
    public static Tensor Of(Tensor features, Tensor bank, Tensor candidates, double temperature)
    {
        Rows.RequireSameWidth(features, nameof(features), bank, nameof(bank));
        Rows.RequireFloat32(features, nameof(features));
        Rows.RequireMatrix(candidates, nameof(candidates));
        Rows.RequireTemperature(temperature);
        using var precision = Precision.Float32();
        var chosen = NearestKeys.At(features.detach(), bank, candidates);                                          // [N, 1 + K] each

        return ChosenLogits.Of(features, bank, chosen with { Similarities = chosen.Similarities / temperature }, temperature);
    }
}
