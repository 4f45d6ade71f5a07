using System.ComponentModel.DataAnnotations;

namespace Parallax.Host.Leaderboards;

/// <summary>Entries that differ in the number of their training images only.</summary>
public sealed record FitSeries
{
    /// <summary>Fewest entries: with two, every line is exact.</summary>
    internal const int FewestEntries = 3;

    /// <summary>Name of the line.</summary>
    [Required]
    public string Name { get; init; } = "";

    /// <summary>Names of the entries, three or more.</summary>
    [MinLength(FewestEntries)]
    public IReadOnlyList<string> Entries { get; init; } = [];
}
