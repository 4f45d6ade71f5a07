using Parallax.Host.Configuration;

namespace Parallax.Host.Planning;

/// <summary>Memory of a run on a CPU.</summary>
/// <param name="PeakBytes">The most that the process held in the measured steps.</param>
/// <param name="BytesPerImage">How much more a further image of a micro-batch takes; null where it could not be measured.</param>
/// <param name="FreeBytes">What the process could have on this machine at the moment, its own included.</param>
/// <param name="LargestBatch">The largest <c>trainer.batchSize</c> that fits into that, and that the data fill; null where it is unknown.</param>
internal sealed record MemoryCost(long PeakBytes, long? BytesPerImage, long FreeBytes, long? LargestBatch)
{
    private const double Room = 0.9;   // of the free memory: the rest is for what varies from step to step

    /// <summary>The most that the process held while evaluations were measured; 0 where there are none.</summary>
    public long EvaluationBytes { get; init; }

    /// <summary>The most of the whole run.</summary>
    public long RunBytes => Math.Max(PeakBytes, EvaluationBytes);

    /// <summary>From the peaks of two sizes of the batch.</summary>
    /// <param name="trainer">Batch size and accumulation.</param>
    /// <param name="peak">With the batch of the recipe.</param>
    /// <param name="halfPeak">With half of it; null where that could not be trained.</param>
    /// <param name="free">What the process could have.</param>
    /// <param name="data">Images of the data: no batch is larger.</param>
    public static MemoryCost Of(TrainerOptions trainer, long peak, long? halfPeak, long free, long data)
    {
        var images = trainer.BatchSize / trainer.Accumulation;
        var perImage = halfPeak is { } half && peak > half ? (peak - half) / (images - (trainer.BatchSize / 2 / trainer.Accumulation)) : (long?)null;
        long? largest = perImage is { } each && each > 0
            ? Math.Min(data / trainer.Accumulation, Math.Max(0, (long)((free * Room) - (peak - (each * images))) / each)) * trainer.Accumulation
            : null;

        return new(peak, perImage, free, largest);
    }
}
