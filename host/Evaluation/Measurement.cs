namespace Parallax.Host.Evaluation;

/// <summary>One number of an evaluation: which protocol, what it measured.</summary>
/// <param name="Protocol">Name of the protocol.</param>
/// <param name="Result">What it measured.</param>
internal sealed record ProtocolResult(string Protocol, EvaluationResult Result)
{
    /// <summary>Version and options of the protocol.</summary>
    public ProtocolIdentity Identity { get; init; } = new(1, "");

    /// <summary>Which clips and crops of each video it saw, for people; null for images.</summary>
    public string? Views { get; init; }

    /// <summary>Images that could not be read and do not count; null when all could.</summary>
    public LeftOutImages? LeftOut { get; init; }

    /// <summary>The same of the second of two streams.</summary>
    public LeftOutImages? SecondLeftOut { get; init; }

    /// <summary>Test images that a training image equals; null when they were not compared, as for protocols that learn from no images.</summary>
    public DuplicateImages? Duplicates { get; init; }

    /// <summary>Which classes were taken for which; null where the protocol does not say it, or images do not have one class each.</summary>
    public ConfusionCounts? Confusion { get; init; }

    /// <summary>Scores of the held-out images, where the protocol trained one classifier.</summary>
    public ClassScores? Scores { get; init; }

    /// <summary>Hash of the places of the labelled images that it learned from, where it takes a share of them; null where it takes all.</summary>
    public string? ImagesHash { get; init; }

    /// <summary>What it was measured on; null when that is not known.</summary>
    public EvaluationInputs? Inputs { get; init; }
}

/// <summary>A protocol without a number.</summary>
/// <param name="Protocol">Name of the protocol.</param>
/// <param name="Reason">Why, in a sentence.</param>
/// <param name="Cause">What it threw; null when it was known that it cannot run.</param>
internal sealed record ProtocolFailure(string Protocol, string Reason, Exception? Cause = null)
{
    /// <summary>Whether the user can correct it, by other data or options.</summary>
    public bool IsUserError => Cause is null or ConfigurationException or CorruptSampleException;

    /// <summary>What a protocol, or whatever computes its features, may throw without taking other results along; being cancelled is no failure.</summary>
    public static bool Covers(Exception e) => e is not (OperationCanceledException or OutOfMemoryException);

    /// <summary>The failure of a protocol that threw.</summary>
    public static ProtocolFailure Of(string protocol, Exception e) => new(protocol, ReasonOf(e), e);

    /// <summary>The first line of a message: those of native code go on with where in it they were made.</summary>
    public static string ReasonOf(Exception e) => e.Message.Split('\n')[0].Trim();
}

/// <summary>What an evaluation gave: a number or a reason for every protocol.</summary>
/// <param name="Results">Numbers, in the order asked for.</param>
/// <param name="Failures">Protocols that have none.</param>
internal sealed record Measurement(IReadOnlyList<ProtocolResult> Results, IReadOnlyList<ProtocolFailure> Failures)
{
    /// <summary>Nothing was asked for.</summary>
    public static Measurement Nothing { get; } = new([], []);

    /// <summary>What makes numbers others than the names of their protocols say.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Images that no number counts, because they cannot be read; null when all could.</summary>
    public LeftOutImages? LeftOut => Results.Select(result => result.LeftOut).FirstOrDefault(left => left is not null);

    /// <summary>The same of the second of two streams.</summary>
    public LeftOutImages? SecondLeftOut => Results.Select(result => result.SecondLeftOut).FirstOrDefault(left => left is not null);

    /// <summary>Test images that a training image equals; null when they were not compared.</summary>
    public DuplicateImages? Duplicates => Results.Select(result => result.Duplicates).FirstOrDefault(found => found is not null);

    /// <summary>Hash of the weights and buffers that were measured; null when there are no results.</summary>
    public string? Weights { get; init; }

    /// <summary>The numbers when all protocols have one.</summary>
    /// <exception cref="ConfigurationException">Some have none: names each with its reason.</exception>
    public IReadOnlyList<ProtocolResult> RequireAll() => Failures.Count == 0
        ? Results
        : throw new ConfigurationException([.. Failures.Select(failure => $"The protocol '{failure.Protocol}' has no number: {failure.Reason}")]);
}
