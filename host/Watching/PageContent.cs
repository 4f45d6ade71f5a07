using Parallax.Host.Evaluation;
using Parallax.Host.Reports;

namespace Parallax.Host.Watching;

/// <summary>What a page shows at a moment.</summary>
/// <param name="Title">Title of the window.</param>
/// <param name="Fragments">Its parts.</param>
/// <param name="Verdicts">By run, the sentence that is read aloud when it is another than before; null where they could not be read.</param>
internal sealed record PageContent(string Title, IReadOnlyList<Fragment> Fragments, IReadOnlyDictionary<string, string>? Verdicts)
{
    /// <summary>Identifier of the part that says why there is nothing new.</summary>
    public const string TroubleId = "trouble";

    /// <summary>A page that cannot be read now.</summary>
    /// <param name="title">Title of the window.</param>
    /// <param name="reason">Why.</param>
    public static PageContent Unread(string title, string reason) => new(title, [Trouble(reason)], null);

    /// <inheritdoc cref="Unread(string, string)"/>
    /// <param name="title">Title of the window.</param>
    /// <param name="fault">Why. What no store is known to do is named by its kind, too.</param>
    public static PageContent Unread(string title, Exception fault) => Unread(
        title, fault is ConfigurationException ? fault.Message : $"The page cannot be made: {ProtocolFailure.ReasonOf(fault)} ({fault.GetType().Name}).");

    /// <summary>The part that says why there is nothing new.</summary>
    /// <param name="reason">Why; null when all is well.</param>
    public static Fragment Trouble(string? reason) =>
        new(TroubleId, reason is null ? Html.Empty : Html.Of($"<p>{reason} Trying again; what is shown may be old.</p>"));
}
