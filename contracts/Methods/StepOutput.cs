namespace Parallax.Contracts;

/// <summary>What a training step returns.</summary>
/// <param name="Loss">Scalar, [], float32, mean over the batch unless the method says otherwise.</param>
public sealed record StepOutput(Tensor Loss)
{
    /// <summary>What online diagnostics look at, [N, D], usually the projections of one view; null when there is none.</summary>
    public Tensor? Embedding { get; init; }

    /// <summary>What the rows of <see cref="Embedding"/> are pulled towards, [N, D]: the other view of the same images. With it, online diagnostics measure
    /// alignment.</summary>
    public Tensor? Positive { get; init; }

    /// <summary>Named scalars to log, [] each: for example the share of queries whose positive wins. Read back only when logged.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics { get; init; } = [];

    /// <summary>How the targets of the loss spread over prototypes or other rows, [N, K] probabilities; online diagnostics watch their use and entropy. Null
    /// when the loss has none.</summary>
    public Tensor? Targets { get; init; }

    /// <summary>What memories (queues, banks, centres) take in once the optimizer step is done; the trainer joins it over accumulation and processes, in
    /// order.</summary>
    public IReadOnlyList<MemoryUpdate> Remember { get; init; } = [];

    /// <summary>Whether the weights stay as they are, because a memory has yet to fill: memories take in their rows, the optimizer and what follows it do not
    /// step; momentum pairs that move before the forward pass have moved already. All processes say the same; one micro-batch that says so holds for its
    /// whole step.</summary>
    public bool SkipsUpdate { get; init; }
}

/// <summary>A named scalar of a step.</summary>
/// <param name="Name">Metric name without prefix, kebab-case or snake_case, for example <c>positive_similarity</c>.</param>
/// <param name="Value">Scalar, [].</param>
public sealed record Diagnostic(string Name, Tensor Value);
