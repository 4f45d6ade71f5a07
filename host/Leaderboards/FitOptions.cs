using System.ComponentModel.DataAnnotations;

namespace Parallax.Host.Leaderboards;

/// <summary>Section <c>fit</c> of a leaderboard file: lines through the numbers of entries that learn from more and more images.</summary>
public sealed record FitOptions
{
    /// <summary>The lines.</summary>
    [MinLength(1)]
    public IReadOnlyList<FitSeries> Series { get; init; } = [];

    /// <summary>Protocols whose numbers are fitted; empty takes all.</summary>
    public IReadOnlyList<string> Protocols { get; init; } = [];
}
