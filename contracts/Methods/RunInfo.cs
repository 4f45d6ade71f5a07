namespace Parallax.Contracts;

/// <summary>What is known about a run before it starts. A constructor takes it to size queues and check options.</summary>
/// <param name="Data">The training split.</param>
/// <param name="ImageSize">Height and width of the main view in pixels.</param>
/// <param name="BatchSize">Images per optimizer step, over all processes and accumulation.</param>
/// <param name="StepsPerEpoch">Optimizer steps per epoch.</param>
/// <param name="Epochs">Epochs.</param>
/// <param name="Seed">Seed of the run.</param>
/// <param name="WorldSize">Processes.</param>
public sealed record RunInfo(DatasetInfo Data, int ImageSize, int BatchSize, long StepsPerEpoch, int Epochs, long Seed, int WorldSize = 1)
{
    /// <summary>Micro-batches per optimizer step.</summary>
    public int Accumulation { get; init; } = 1;

    /// <summary>Images of one forward pass of one process: what batch normalisation sees.</summary>
    public int MicroBatchSize => BatchSize / (WorldSize * Accumulation);

    /// <summary>Most optimizer steps of the run, whatever the epochs; null where epochs alone count.</summary>
    public long? MaxSteps { get; init; }

    /// <summary>Optimizer steps of the whole run.</summary>
    public long TotalSteps => Math.Min(Epochs * StepsPerEpoch, MaxSteps ?? long.MaxValue);

    /// <summary>The clip of the main view; null for single images, and until the method is made.</summary>
    public ClipSpec? Clip { get; init; }

    /// <summary>Whether the data are videos, so that a method for images may ask for clips of them (<see cref="ViewPlan.Clips"/>).</summary>
    public bool HasVideos { get; init; }

    /// <summary>Height and width of the first view as its steps give it, which may differ from <see cref="ImageSize"/> where a recipe has a section
    /// <c>views</c>; null until the method is made.</summary>
    public int? ViewSide { get; init; }

    /// <summary>Views per image. Until the method is made only a recipe's section <c>views</c> tells it; null without one.</summary>
    public int? ViewCount { get; init; }
}
