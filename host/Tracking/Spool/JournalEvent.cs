namespace Parallax.Host.Tracking;

/// <summary>What a line of a journal says.</summary>
internal enum EventKind
{
    Session,   // a process begins to write: the first line of a resumed run
    Param,
    Metric,
    Tag,
    Dataset,
    Artifact,
    Model,
    End,
}

/// <summary>One line of a journal. Which properties are set depends on <see cref="Kind"/>.</summary>
internal sealed record JournalEvent(EventKind Kind)
{
    /// <summary>Key of a parameter, metric or tag; path of an artifact under the run; name of a model; state of an end.</summary>
    public string? Key { get; init; }

    /// <summary>
    /// Value of a parameter or tag; path of an artifact's copy inside the journal's folder, or of the file itself when there is no room for a copy.
    /// </summary>
    public string? Text { get; init; }

    /// <summary>Value of a metric.</summary>
    public double? Number { get; init; }

    /// <summary>Step of a metric.</summary>
    public long? Step { get; init; }

    /// <summary>When it happened, milliseconds since 1970.</summary>
    public long? Time { get; init; }

    /// <summary>A data set.</summary>
    public DatasetEntry? Data { get; init; }

    /// <summary>A model.</summary>
    public ModelEntry? Model { get; init; }

    /// <summary>The files that go with it, by their path under the run: as <see cref="Text"/> has that of an artifact.</summary>
    public IEnumerable<KeyValuePair<string, string>> Files => Kind switch
    {
        EventKind.Artifact => [KeyValuePair.Create(Key!, Text!)],
        EventKind.Model => Model!.Files.Select(file => KeyValuePair.Create($"{Key}/{file.Key}", file.Value)),
        _ => [],
    };

    /// <summary>True for what travels in batches: metrics, parameters, tags.</summary>
    public bool IsBatched => Kind is EventKind.Metric or EventKind.Param or EventKind.Tag;

    /// <summary>System metrics are the first to go when memory is short.</summary>
    public bool IsSystemMetric => Kind == EventKind.Metric && MetricPoint.IsSystem(Key!);

    /// <summary>The point of a metric.</summary>
    public MetricPoint ToPoint() => new(Key!, Number!.Value, Time ?? 0, Step ?? 0);
}

/// <summary>A line of a journal as it is read back.</summary>
/// <param name="Line">Its bytes, without the line end.</param>
/// <param name="Event">What it says; null when it cannot be read.</param>
internal sealed record SpooledEvent(byte[] Line, JournalEvent? Event);
