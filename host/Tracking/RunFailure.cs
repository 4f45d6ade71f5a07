using System.Globalization;
using Parallax.Host.Configuration;
using Parallax.Host.Plugins;

namespace Parallax.Host.Tracking;

/// <summary>Why a run failed, as its tags say it.</summary>
/// <param name="Message">What ended it.</param>
/// <param name="Replay">The command that trains its last step again; null where no step was kept.</param>
internal sealed record RunFailure(string Message, string? Replay)
{
    /// <summary>The tag with the message; those beside it begin so.</summary>
    public const string MessageTag = "parallax.failure";

    private const string StepTag = "parallax.failure.step";

    /// <summary>The tags for what ended a run; none where that says nothing, as in a process that follows another.</summary>
    public static IReadOnlyDictionary<string, string> TagsOf(string message) => string.IsNullOrWhiteSpace(message) ? new Dictionary<string, string>()
        : new() { [MessageTag] = message.ReplaceLineEndings(" ") };

    /// <summary>The tags for the step that <c>replay</c> repeats.</summary>
    public static IReadOnlyDictionary<string, string> TagsOfStep(long step) =>
        new Dictionary<string, string> { [StepTag] = step.ToString(CultureInfo.InvariantCulture) };

    /// <summary>The tags of a run that goes on behind its failure: empty, since a store keeps a tag for good.</summary>
    public static IReadOnlyDictionary<string, string> NoTags { get; } = new Dictionary<string, string> { [MessageTag] = "", [StepTag] = "" };

    /// <summary>What a stored run says; null where it has not failed, or does not say why.</summary>
    public static RunFailure? Of(StoredRun? run) => run?.Status != RunStatus.Failed || run.Tags.GetValueOrDefault(MessageTag) is not { Length: > 0 } message
        ? null
        : new(message, run.Tags.GetValueOrDefault(StepTag) is { Length: > 0 } step ? ShellCommand.Of(["replay", Place(run), "--step", step]) : null);

    // A run that is not where commands look for it is named by its folder.
    private static string Place(StoredRun run) =>
        run.Params.GetValueOrDefault("trainer.outputDirectory") is { } folder && folder != new TrainerOptions().OutputDirectory
            ? Path.Combine(folder, run.RunId)
            : run.RunId;
}
