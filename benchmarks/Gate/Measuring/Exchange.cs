namespace Parallax.Benchmarks.Gate;

/// <summary>What a measuring process is asked for: one line of JSON, answered by one line.</summary>
/// <param name="Do">What to do.</param>
/// <param name="Name">Of which measurement.</param>
internal sealed record Request(Do Do, string? Name = null)
{
    /// <summary>Work that is done in addition, a fraction; only the gate's own test asks for it.</summary>
    public double ExtraWork { get; init; }

    /// <summary>Whether a little memory, managed and native, is allocated in addition; only the gate's own test asks for it.</summary>
    public bool ExtraAllocation { get; init; }
}

/// <summary>Requests.</summary>
internal enum Do
{
    /// <summary>Counts what the work of a measurement uses.</summary>
    Count,

    /// <summary>Makes a measurement ready to be timed; the one before is disposed of.</summary>
    Prepare,

    /// <summary>Takes the time of the work that was prepared.</summary>
    Body,

    /// <summary>Takes the time of its peer.</summary>
    Peer,
}

/// <summary>The first line of a measuring process.</summary>
/// <param name="Protocol">Version of what is exchanged; see <see cref="MeasuringProcess.Protocol"/>.</param>
/// <param name="Environment">Where it measures.</param>
/// <param name="Names">The measurements that it knows.</param>
internal sealed record Heading(int Protocol, MeasuringEnvironment Environment, IReadOnlyList<string> Names);

/// <summary>The answer to a request.</summary>
internal sealed record Answer
{
    /// <summary>Of <see cref="Do.Count"/>.</summary>
    public Counted? Counts { get; init; }

    /// <summary>Of <see cref="Do.Body"/> and <see cref="Do.Peer"/>: processor time of a call.</summary>
    public double Milliseconds { get; init; }

    /// <summary>Why it could not be done; null when it was.</summary>
    public string? Error { get; init; }
}

/// <summary>What the work of a measurement uses.</summary>
internal sealed record Counted
{
    /// <summary>Numbers by the name of their kind.</summary>
    public IReadOnlyDictionary<string, double> Numbers { get; init; } = new Dictionary<string, double>();

    /// <summary>Calls by the name of the operator.</summary>
    public IReadOnlyDictionary<string, long> Operators { get; init; } = new Dictionary<string, long>();

    /// <summary>Kinds that were not the same twice.</summary>
    public IReadOnlyList<string> Unsteady { get; init; } = [];
}
