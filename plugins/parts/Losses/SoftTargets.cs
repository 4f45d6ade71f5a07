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

    /// <summary>Cross-entropy with targets that are distributions, mean over the rows: -sum over j of target_j log softmax(logits)_j.</summary>
    /// <param name="targets">[N, K], rows add up to one; detached here.</param>
    /// <param name="logits">[N, K], finite.</param>
    /// <returns>Scalar, [], float32.</returns>
    /// <exception cref="ArgumentException">The shapes differ or are not [N, K].</exception>
    public static Tensor CrossEntropy(Tensor targets, Tensor logits)
    {
        Rows.RequireSame(targets, nameof(targets), logits, nameof(logits));
        using var precision = Precision.Float32();

        return -(targets.detach() * logits.to(float32).log_softmax(1)).sum(1).mean();   // []
    }

    /// <summary>How sure a distribution is: 1 - entropy / ln(candidates); 0 when uniform, 1 when one candidate has everything.</summary>
    /// <param name="probabilities">[N, K], rows add up to one; entries may be zero.</param>
    /// <param name="candidates">How many entries of a row could be above zero, at least 2.</param>
    /// <returns>[N] float32 in [0, 1]; carries no gradient.</returns>
    /// <exception cref="ArgumentException">The tensor is not [N, K].</exception>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than two candidates: nothing to be sure about.</exception>
    public static Tensor Confidence(Tensor probabilities, long candidates)
    {
        Rows.RequireMatrix(probabilities, nameof(probabilities));
        ArgumentOutOfRangeException.ThrowIfLessThan(candidates, 2);
        using var noGradients = no_grad();
        var p = probabilities.to(float32);
        var entropy = -(p * p.clamp(1e-30).log()).sum(1);   // [N]; the bound turns 0 ln 0 into 0

        return (1 - (entropy / Math.Log(candidates))).clamp(0, 1);
    }
}
