namespace Parallax.Plugins.Parts;

/// <summary>Targets that are distributions instead of one right answer, and what their losses share.</summary>
public static class SoftTargets
{
    /// <summary>Cosine of each row with each candidate, divided by the temperature. Gradients reach the rows, never the candidates.</summary>
    /// <param name="rows">[N, D]; normalised here.</param>
    /// <param name="candidates">[K, D], rows of length one.</param>
    /// <param name="temperature">Divisor of the cosines, positive.</param>
    /// <returns>[N, K] float32.</returns>
    /// <exception cref="ArgumentException">A tensor is not a matrix, or their rows differ in length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not a positive number.</exception>
    public static Tensor Logits(Tensor rows, Tensor candidates, double temperature)
    {
        Rows.RequireSameWidth(rows, nameof(rows), candidates, nameof(candidates));
        Rows.RequireTemperature(temperature);
        using var precision = Precision.Float32();

        return (Rows.Unit(rows) / temperature).matmul(candidates.detach().to(float32).t());   // [N, K]
    }

    /// <summary>How a teacher's row resembles the candidates, as a distribution: the softmax of <see cref="Logits"/>. The lower the temperature, the
    /// sharper.</summary>
    /// <param name="k">Teacher's rows, [N, D]; normalised here.</param>
    /// <param name="candidates">[K, D], rows of length one.</param>
    /// <param name="temperature">Divisor of the cosines, positive.</param>
    /// <returns>[N, K] float32, rows add up to one; carries no gradient.</returns>
    /// <inheritdoc cref="Logits" path="/exception"/>
    public static Tensor Similarities(Tensor k, Tensor candidates, double temperature)
    {
        using var noGradients = no_grad();

        return Logits(k, candidates, temperature).softmax(1);
    }

    /// <summary>The distributions of the first rows, as many as fit in a few megabytes: what online diagnostics look at.</summary>
    /// <inheritdoc cref="Similarities"/>
    /// <returns>[n, K] float32, n at most N; all rows of small shapes.</returns>
    public static Tensor Sample(Tensor k, Tensor candidates, double temperature)
    {
        Rows.RequireSameWidth(k, nameof(k), candidates, nameof(candidates));

        return Similarities(Rows.Sample(k, candidates.shape[0]), candidates, temperature);
    }

    /// <summary>As <see cref="Sample"/>, over the rows of the batch itself, then a queue; a row itself has no share.</summary>
    /// <param name="k">Teacher's rows, [N, D]; normalised here.</param>
    /// <param name="queue">[K, D], rows of length one; null for none.</param>
    /// <param name="temperature">Divisor of the cosines, positive.</param>
    /// <returns>[n, N + K] float32, rows add up to one, entry [i, i] is 0; carries no gradient.</returns>
    /// <inheritdoc cref="Logits" path="/exception"/>
    public static Tensor SampleOfOthers(Tensor k, Tensor? queue, double temperature)
    {
        using var noGradients = no_grad();
        var candidates = queue is null ? Rows.Unit(k) : cat([Rows.Unit(k), queue.to(float32)], 0);   // [N + K, D]
        var logits = Logits(Rows.Sample(k, candidates.shape[0]), candidates, temperature);           // [n, N + K]
        var self = eye(logits.shape[0], logits.shape[1], dtype: @bool, device: logits.device);       // [n, N + K]

        return logits.masked_fill(self, double.NegativeInfinity).softmax(1);
    }
}
