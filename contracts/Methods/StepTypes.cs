using Microsoft.Extensions.Logging;

namespace Parallax.Contracts;

/// <summary>What a training step gets. The engine owns and disposes all tensors.</summary>
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

    /// <summary>Named scalars to log, [] each: for example the share of queries whose positive wins. Read back only when logged.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics { get; init; } = [];

    /// <summary>Keys to put into queues once the optimizer step is done; the engine gathers them over accumulation and processes, in order.</summary>
    public IReadOnlyList<QueueUpdate> Enqueue { get; init; } = [];
}

/// <summary>A named scalar of a step.</summary>
/// <param name="Name">Metric name without prefix, kebab-case or snake_case, for example <c>positive_similarity</c>.</param>
/// <param name="Value">Scalar, [].</param>
public sealed record Diagnostic(string Name, Tensor Value);

/// <summary>Keys that shall enter a queue after the optimizer step.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Keys">[N, D], detached, normalised as the queue stores them.</param>
/// <param name="Labels">[N] int64 for queues that keep labels, else null.</param>
public sealed record QueueUpdate(IFeatureQueue Queue, Tensor Keys, Tensor? Labels = null);

/// <summary>A first-in first-out store of features; its tensors are buffers of a module.</summary>
public interface IFeatureQueue
{
    /// <summary>Number of keys it holds, K.</summary>
    long Capacity { get; }

    /// <summary>Overwrites the oldest keys.</summary>
    /// <param name="keys">[N, D]; K is a multiple of N.</param>
    /// <param name="labels">[N] int64, or null.</param>
    void Enqueue(Tensor keys, Tensor? labels);
}

/// <summary>Where training stands.</summary>
/// <param name="Step">Optimizer step, from 0.</param>
/// <param name="TotalSteps">Optimizer steps of the whole run.</param>
/// <param name="Epoch">Epoch, from 0.</param>
/// <param name="Generator">Random numbers of this step and micro-batch on the CPU; keyed by (seed, step), so nothing needs saving.</param>
public sealed record StepContext(long Step, long TotalSteps, int Epoch, Generator Generator);

/// <summary>What is known about a run before it starts. A constructor takes it to size queues and check options.</summary>
/// <param name="Data">The training split.</param>
/// <param name="ImageSize">Height and width of the main view in pixels.</param>
/// <param name="BatchSize">Images per optimizer step, over all processes and accumulation.</param>
/// <param name="StepsPerEpoch">Optimizer steps per epoch.</param>
/// <param name="Epochs">Epochs.</param>
/// <param name="Seed">Seed of the run.</param>
/// <param name="WorldSize">Processes.</param>
public sealed record RunInfo(DatasetInfo Data, int ImageSize, int BatchSize, long StepsPerEpoch, int Epochs, long Seed, int WorldSize = 1);

/// <summary>What a method can use between epochs.</summary>
/// <param name="Epoch">The epoch about to start, from 0.</param>
/// <param name="Features">Extracts features of the whole training split.</param>
/// <param name="Logger">For one-line reports.</param>
public sealed record EpochContext(int Epoch, IFeatureExtractor Features, ILogger Logger);

/// <summary>Runs a module over a data set without augmentation.</summary>
public interface IFeatureExtractor
{
    /// <summary>Features of every training image, in index order.</summary>
    /// <param name="encode">From views [N, C, H, W] to features [N, F]; runs without gradients.</param>
    /// <returns>[count, F] float32 on the CPU; the caller disposes it.</returns>
    Tensor Extract(Func<Tensor, Tensor> encode);
}
