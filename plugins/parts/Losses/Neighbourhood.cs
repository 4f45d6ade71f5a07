namespace Parallax.Plugins.Parts;

/// <summary>How a teacher's rows resemble other rows: the distribution softmax(cosine / T) over the candidates, without its [N, K] matrix.</summary>
/// <param name="LogSumExp">Log of each row's denominator, [N] float32.</param>
/// <param name="Expected">Expected candidate of each row: the sum over j of p_ij k_j, [N, D] float32.</param>
/// <param name="Entropy">H_i = -sum over j of p_ij log p_ij, [N] float32.</param>
/// <remarks>
/// A target enters a cross-entropy only by its expected candidate: sum over j of p_ij q·k_j = q · sum over j of p_ij k_j. The entropy is the log-sum-exp minus
/// the expected logit, since log p_ij = s_ij - L_i. All of it is constant for the gradient. See docs/losses.md.
/// </remarks>
public sealed record Neighbourhood(Tensor LogSumExp, Tensor Expected, Tensor Entropy)
{
    /// <summary>The distribution over a queue.</summary>
    /// <param name="k">Teacher's rows, [N, D]; normalised here.</param>
    /// <param name="queue">[K, D], rows of length one.</param>
    /// <param name="temperature">Divisor of the cosines, positive.</param>
    /// <exception cref="ArgumentException">A tensor is not a matrix, or their rows differ in length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not a positive number.</exception>
    public static Neighbourhood Of(Tensor k, Tensor queue, double temperature)
    {
        Rows.RequireSameWidth(k, nameof(k), queue, nameof(queue));
        Rows.RequireTemperature(temperature);
        using var noGradients = no_grad();
        var unit = Rows.Unit(k);   // [N, D]

        return Of(unit, RowSoftmax.Of(unit, queue.detach().to(float32), temperature, []), temperature);
    }

    /// <summary>The distribution over the other rows of a batch and a queue; a row itself has no share.</summary>
    /// <param name="k">Teacher's rows, [N, D]; normalised here.</param>
    /// <param name="queue">[K, D], rows of length one; null for none.</param>
    /// <param name="temperature">Divisor of the cosines, positive.</param>
    /// <exception cref="ArgumentException">A shape does not fit, or there is one row and no queue: nothing to be similar to.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not a positive number.</exception>
    public static Neighbourhood OfOthers(Tensor k, Tensor? queue, double temperature)
    {
        Rows.RequireMatrix(k, nameof(k));
        Rows.RequireTemperature(temperature);
        var images = k.shape[0];
        if (images < 2 && queue is null)
        {
            throw new ArgumentException("A batch of one image without a queue has nothing to be similar to; expected two images or a queue.", nameof(k));
        }

        if (queue is not null)
        {
            Rows.RequireSameWidth(k, nameof(k), queue, nameof(queue));
        }

        using var noGradients = no_grad();
        var unit = Rows.Unit(k);   // [N, D]
        var others = images < 2 ? (RowSoftmax?)null : RowSoftmax.Of(unit, unit, temperature, [new(0, 0, images)]);
        var stored = queue is null ? (RowSoftmax?)null : RowSoftmax.Of(unit, queue.detach().to(float32), temperature, []);
        var all = others is { } one && stored is { } other ? one.Joined(other) : (others ?? stored)!.Value;

        return Of(unit, all, temperature);
    }

    /// <summary>How sure each row is: 1 - entropy / ln(candidates); 0 when uniform, 1 when one candidate has everything.</summary>
    /// <param name="candidates">How many candidates a row could have, at least 2.</param>
    /// <returns>[N] float32 in [0, 1]; carries no gradient.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than two candidates: nothing to be sure about.</exception>
    public Tensor Confidence(long candidates)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(candidates, 2);
        using var noGradients = no_grad();

        return (1 - (Entropy / Math.Log(candidates))).clamp(0, 1);
    }

    private static Neighbourhood Of(Tensor unit, RowSoftmax softmax, double temperature)
    {
        var expectedLogit = (unit * softmax.Expected).sum(1) / temperature;   // [N]

        return new(softmax.LogSumExp, softmax.Expected, (softmax.LogSumExp - expectedLogit).clamp_min(0));
    }
}
