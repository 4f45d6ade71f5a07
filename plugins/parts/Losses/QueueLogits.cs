namespace Parallax.Plugins.Parts;

/// <summary>What losses against a queue need of the similarities: those of the positives, and the sum over the queue instead of its [N, K] matrix.</summary>
/// <param name="Positives">Cosine of each query with its key, divided by the temperature, [N] float32.</param>
/// <param name="Negatives">Log of the sum over the queue of exp(cosine / temperature), [N] float32.</param>
/// <remarks>Only the queries carry gradients.</remarks>
public readonly record struct QueueLogits(Tensor Positives, Tensor Negatives)
{
    /// <summary>Computes both.</summary>
    /// <inheritdoc cref="InfoNCELoss.Logits"/>
    public static QueueLogits Of(Tensor q, Tensor k, Tensor queue, double temperature)
    {
        Rows.RequireSame(q, nameof(q), k, nameof(k));
        Rows.RequireSameWidth(q, nameof(q), queue, nameof(queue));
        Rows.RequireTemperature(temperature);
        using var precision = Precision.Float32();

        var unit = Rows.Unit(q);                                                            // [N, D]
        var positives = (unit * Rows.Unit(k.detach())).sum(1) / temperature;                // [N]

        return new(positives, LogSumExp.Over(unit, queue.detach().to(float32), temperature));
    }

    /// <summary>Log of the whole denominator, positive and queue, [N].</summary>
    public Tensor Denominators => logaddexp(Positives, Negatives);

    /// <summary>InfoNCE: -log( exp s / (exp s + sum over the queue) ) = log(1 + exp(L - s)), mean over the queries, [].</summary>
    public Tensor InfoNCE() => F.softplus(Negatives - Positives).mean();
}
