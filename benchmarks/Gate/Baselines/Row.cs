namespace Parallax.Benchmarks.Gate;

/// <summary>One number of the report.</summary>
/// <param name="Measurement">Its measurement.</param>
/// <param name="Number">Name of its kind.</param>
/// <param name="Outcome">What is known about it.</param>
internal sealed record Row(string Measurement, string Number, Outcome Outcome)
{
    /// <summary>What it was before; null when nothing is known.</summary>
    public double? Before { get; init; }

    /// <summary>What it is here; null when it was not measured.</summary>
    public double? Here { get; init; }

    /// <summary>The largest that passes; null where there is none.</summary>
    public double? Limit { get; init; }

    /// <summary>Of a ratio: where it lies with 95 % confidence.</summary>
    public Interval? Interval { get; init; }

    /// <summary>Of an inconclusive number: about how many more rounds would tell.</summary>
    public int? MoreRounds { get; init; }

    /// <summary>A remark; empty for none.</summary>
    public string Note { get; init; } = "";
}
