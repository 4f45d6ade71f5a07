using System.Globalization;

namespace Parallax.Host.Plugins;

/// <summary>The paper a plugin follows; empty strings and 0 where it follows none.</summary>
/// <param name="Title">Title.</param>
/// <param name="Authors">Authors, as a reference list gives them.</param>
/// <param name="Venue">Where it was published.</param>
/// <param name="Year">Year, or 0.</param>
/// <param name="ArXiv">arXiv number.</param>
public sealed record PaperInfo(string Title, string Authors, string Venue, int Year, string ArXiv)
{
    /// <summary>Nothing to cite.</summary>
    public static PaperInfo None { get; } = new("", "", "", 0, "");

    /// <summary>Address of the preprint; null without one.</summary>
    public string? Link => ArXiv.Length == 0 ? null : $"https://arxiv.org/abs/{ArXiv}";

    /// <summary>One line as in a reference list; empty without a paper.</summary>
    public override string ToString()
    {
        var venue = Year == 0 ? Venue : $"{Venue} {Year.ToString(CultureInfo.InvariantCulture)}".Trim();
        string?[] parts = [Authors, Title.Length == 0 ? "" : $"\"{Title}\"", venue, Link];

        return string.Join(", ", parts.Where(part => !string.IsNullOrEmpty(part)));
    }
}
