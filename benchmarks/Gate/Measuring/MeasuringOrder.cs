namespace Parallax.Benchmarks.Gate;

/// <summary>What a measuring process is to do.</summary>
/// <param name="Kind">Counts or times.</param>
/// <param name="Filters">Which measurements: names with <c>*</c> and <c>?</c>; none: all.</param>
internal sealed record MeasuringOrder(MeasuringKind Kind, IReadOnlyList<string> Filters)
{
    /// <summary>Samples of a time.</summary>
    public int Samples { get; init; } = 5;

    /// <summary>Which measurements get the faults below; only the gate's own test asks for them.</summary>
    public IReadOnlyList<string> ExtraFilters { get; init; } = [];

    /// <summary>Work that is done in addition, a fraction.</summary>
    public double ExtraWork { get; init; }

    /// <summary>Whether a little memory, managed and native, is allocated in addition.</summary>
    public bool ExtraAllocation { get; init; }
}

/// <summary>What is measured.</summary>
internal enum MeasuringKind
{
    /// <summary>Numbers that no noise touches.</summary>
    Counts,

    /// <summary>Processor time of the work and of its peer, in turn.</summary>
    Ratios,

    /// <summary>Processor time of the work.</summary>
    Times,
}
