using Parallax.Host.Reports;

namespace Parallax.Host.Watching;

/// <summary>What a page shows at a moment.</summary>
/// <param name="Title">Title of the window.</param>
/// <param name="Fragments">Its parts.</param>
/// <param name="Verdicts">By run, the sentence that is read aloud when it is another than before.</param>
internal sealed record PageContent(string Title, IReadOnlyList<Fragment> Fragments, IReadOnlyDictionary<string, string> Verdicts)
{
    /// <summary>Identifier of the part that says why there is nothing new.</summary>
    public const string TroubleId = "trouble";

    /// <summary>A page that cannot be read now.</summary>
    /// <param name="title">Title of the window.</param>
    /// <param name="reason">Why.</param>
    public static PageContent Unread(string title, string reason) => new(title, [Trouble(reason)], new Dictionary<string, string>());

    /// <summary>The part that says why there is nothing new.</summary>
    /// <param name="reason">Why; null when all is well.</param>
    public static Fragment Trouble(string? reason) =>
        new(TroubleId, reason is null ? Html.Empty : Html.Of($"<p>{reason} Trying again; what is shown may be old.</p>"));
}
