using Microsoft.Extensions.Logging;

namespace Parallax.Contracts;

/// <summary>What a training step gets: the part of the batch that falls to this process and micro-batch. The trainer owns and disposes all tensors.</summary>
/// <param name="Views">One tensor per view of the plan, each [N, C, H, W] float32, normalised.</param>
/// <param name="Indices">Index of each image in the data set, [N] int64.</param>
/// <param name="Labels">Class of each image, [N] int64, -1 where unknown; null without labels. For analysis and supervised methods only.</param>
public sealed record Batch(IReadOnlyList<Tensor> Views, Tensor Indices, Tensor? Labels)
{
    /// <summary>Number of images N.</summary>
    public long Size => Indices.shape[0];
}

/// <summary>What a training step returns.</summary>
/// <param name="Loss">Scalar, [], float32, mean over the batch unless the method says otherwise.</param>
public sealed record StepOutput(Tensor Loss)
{
    /// <summary>What online diagnostics look at, [N, D], usually the projections of one view; null when there is none.</summary>
    public Tensor? Embedding { get; init; }

    /// <summary>What the rows of <see cref="Embedding"/> are pulled towards, [N, D]: the other view of the same images. With it, online diagnostics measure alignment.</summary>
    public Tensor? Positive { get; init; }

    /// <summary>Named scalars to log, [] each: for example the share of queries whose positive wins. Read back only when logged.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics { get; init; } = [];

    /// <summary>How the targets of the loss spread over prototypes or other rows, [N, K] probabilities; online diagnostics watch their use and entropy. Null when the loss has none.</summary>
    public Tensor? Targets { get; init; }

    /// <summary>What memories (queues, banks, centres) take in once the optimizer step is done; the trainer joins it over accumulation and processes, in order.</summary>
    public IReadOnlyList<MemoryUpdate> Remember { get; init; } = [];
}

/// <summary>A named scalar of a step.</summary>
/// <param name="Name">Metric name without prefix, kebab-case or snake_case, for example <c>positive_similarity</c>.</param>
/// <param name="Value">Scalar, [].</param>
public sealed record Diagnostic(string Name, Tensor Value);

/// <summary>Rows that a memory takes in after the optimizer step.</summary>
/// <param name="Memory">The memory.</param>
/// <param name="Rows">[N, D], detached, normalised as the memory stores them.</param>
/// <param name="Tags">[N] int64 for memories that keep a class or an image index with each row, else null.</param>
/// <param name="Joining">How the rows of micro-batches and processes become one update.</param>
public sealed record MemoryUpdate(IFeatureMemory Memory, Tensor Rows, Tensor? Tags = null, RowJoining Joining = RowJoining.Concatenated);

/// <summary>How the rows of micro-batches and processes become one update of a memory.</summary>
public enum RowJoining
{
    /// <summary>One after the other, in the order of the whole batch.</summary>
    Concatenated,

    /// <summary>Averaged row by row: for memories of statistics, such as a centre.</summary>
    Averaged,
}

/// <summary>What a method keeps of earlier batches: a queue of keys, a bank with a row per image, a running centre. Its tensors are buffers of a module.</summary>
public interface IFeatureMemory
{
    /// <summary>Takes in the rows of one optimizer step, of all its micro-batches and processes. Called once per step, with the same rows on every process, without gradients.</summary>
    /// <param name="rows">[N, D].</param>
    /// <param name="tags">[N] int64, or null.</param>
    void Remember(Tensor rows, Tensor? tags);
}

/// <summary>Where training stands.</summary>
/// <param name="Step">Optimizer step, from 0. After a resume with other batches it is that of a run which had them from its start: schedules go on where
/// they were.</param>
/// <param name="TotalSteps">Optimizer steps of the whole run, counted alike.</param>
/// <param name="Epoch">Epoch, from 0.</param>
/// <param name="Generator">Random numbers of this step and micro-batch on the CPU, the same on all processes; keyed by (seed, step), so nothing needs saving.</param>
public sealed record StepContext(long Step, long TotalSteps, int Epoch, Generator Generator)
{
    /// <summary>The processes that share this step's batch.</summary>
    public IProcesses Processes { get; init; } = SingleProcess.Instance;
}

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

    /// <summary>Views per image. Until the method is made only a recipe's section <c>views</c> tells it; null without one.</summary>
    public int? ViewCount { get; init; }
}

/// <summary>What a method can use between epochs.</summary>
/// <param name="Epoch">The epoch about to start, from 0.</param>
/// <param name="Features">Extracts features of the whole training split.</param>
/// <param name="Logger">For one-line reports.</param>
public sealed record EpochContext(int Epoch, IFeatureExtractor Features, ILogger Logger);

/// <summary>Runs a module over a data set without augmentation.</summary>
public interface IFeatureExtractor
{
    /// <summary>
    /// Features of every training image, in index order. One that cannot be read has the row of the next that can, so that every other row i is image i.
    /// </summary>
    /// <param name="encode">From views [N, C, H, W] to features [N, F]; runs without gradients.</param>
    /// <returns>[count, F] float32 on the CPU; the caller disposes it.</returns>
    Tensor Extract(Func<Tensor, Tensor> encode);
}
