namespace Parallax.Host.Schedules;

/// <summary>Learning-rate factors that fall from the head to the input: decay ^ (head - layer).</summary>
/// <param name="Decay">Factor per layer, in (0, 1].</param>
/// <param name="HeadLayer">Number of the last layer, whose factor is 1; the embedding is layer 0.</param>
public sealed record LayerDecay(double Decay, int HeadLayer)
{
    /// <summary>Factor of a layer.</summary>
    /// <param name="layer">From 0 (embedding) to <see cref="HeadLayer"/>.</param>
    public double FactorOf(int layer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(layer);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(layer, HeadLayer);
        return Math.Pow(Decay, HeadLayer - layer);
    }
}
