using Parallax.Host.Configuration;
using Parallax.Host.Tracking;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Parallax.Host.Training;

/// <summary>The files of one run: <c>runs/RUN_ID/</c> with the resolved recipe, <c>run.json</c>, checkpoints and pictures.</summary>
internal sealed class RunDirectory
{
    private const string RecordName = "run.json";
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    private RunDirectory(string path, RunRecord record) => (Path, Record) = (path, record);

    public string Path { get; }

    public RunRecord Record { get; private set; }

    /// <summary>When the run was started.</summary>
    public DateTimeOffset Started => DateTimeOffset.Parse(Record.Created, CultureInfo.InvariantCulture);

    public string RecipePath => System.IO.Path.Combine(Path, "recipe.yaml");

    public string CheckpointDirectory => System.IO.Path.Combine(Path, "checkpoints");

    /// <summary>The resolved recipe as files keep it: without the password a tracking address may hold.</summary>
    public static string RecipeOf(ResolvedConfiguration configuration) => SecretScrubber.Scrub(configuration.ToYaml());

    /// <summary>Starts the directory of a new run.</summary>
    public static RunDirectory Create(string root, string runId, string resolvedRecipe, DateTimeOffset now)
    {
        var path = System.IO.Path.Combine(root, runId);
        var directory = new RunDirectory(path, new(runId, Fingerprint(resolvedRecipe), RunState.Running, now.ToString("O", CultureInfo.InvariantCulture)));
        directory.WriteRecipe(resolvedRecipe);
        directory.Save();

        return directory;
    }

    /// <summary>Refuses to begin a launcher's run where an earlier process left one of the same identifier.</summary>
    /// <exception cref="ConfigurationException">There is one.</exception>
    public static void RequireNew(string root, string runId)
    {
        if (TryRead(System.IO.Path.Combine(root, runId)) is { } old)
        {
            throw new ConfigurationException($"MLFLOW_RUN_ID is {runId}, and '{old.Path}' holds that run from an earlier start. Add --resume {runId} to go " +
                "on with it, or unset MLFLOW_RUN_ID to start a new run.");
        }
    }

    /// <summary>Opens the directory of a run.</summary>
    /// <param name="root">Folder of the runs.</param>
    /// <param name="runId">Identifier of a run there, or as much of its beginning as no other run shares; or path of its folder anywhere.</param>
    /// <exception cref="ConfigurationException">There is none under this name, or several begin so.</exception>
    public static RunDirectory Open(string root, string runId)
    {
        var all = All(root).Select(d => d.Record.RunId).ToList();
        if ((TryRead(System.IO.Path.Combine(root, RunIds.Find(runId, all, $"'{root}'") ?? runId)) ?? TryRead(runId)) is { } directory)
        {
            return directory;
        }

        var known = all.Take(5).ToList();
        throw new ConfigurationException(
            $"No run '{runId}' under '{System.IO.Path.GetFullPath(root)}'. "
                + (known.Count == 0 ? "There are no runs there; set trainer.outputDirectory to where it was written."
                : $"Newest runs there: {string.Join(", ", known)}."));
    }

    /// <summary>The same run as its folder describes it now.</summary>
    public RunDirectory Reread() => TryRead(Path) ?? this;

    /// <summary>The run that a checkpoint lies in: the folder above its folder; null when that is no run.</summary>
    public static RunDirectory? Of(string checkpoint) =>
        System.IO.Path.GetDirectoryName(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(checkpoint))) is { } folder ? TryRead(folder) : null;

    /// <summary>The unfinished runs of exactly this recipe, newest first.</summary>
    public static IEnumerable<RunDirectory> Resumable(string root, string resolvedRecipe)
    {
        var fingerprint = Fingerprint(resolvedRecipe);

        return All(root).Where(d => d.Record.Fingerprint == fingerprint && d.Record.State != RunState.Finished);
    }

    /// <summary>All runs, newest first.</summary>
    public static IEnumerable<RunDirectory> All(string root) =>
        !Directory.Exists(root)
            ? []
            : Directory.EnumerateDirectories(root).Select(TryRead).OfType<RunDirectory>().OrderByDescending(d => d.Record.Created, StringComparer.Ordinal);

    public void SetState(RunState state)
    {
        Record = Record with { State = state };
        Save();
    }

    /// <summary>Notes that this process trains the run now, and by which recipe.</summary>
    /// <param name="resolvedRecipe">The recipe.</param>
    /// <param name="machine">What <c>auto</c> became in it; null where nothing was measured.</param>
    public void Begin(string resolvedRecipe, MachineChoice? machine = null)
    {
        if (!File.Exists(RecipePath) || File.ReadAllText(RecipePath) != resolvedRecipe)
        {
            WriteRecipe(resolvedRecipe);
        }

        var process = $"process {Environment.ProcessId} on {Environment.MachineName}";
        Record = Record with { State = RunState.Running, Fingerprint = Fingerprint(resolvedRecipe), Process = process, Machine = machine ?? Record.Machine };
        Save();
    }

    private void WriteRecipe(string resolvedRecipe) => RunFile.Replace(RecipePath, resolvedRecipe);

    private void Save() => RunFile.Replace(System.IO.Path.Combine(Path, RecordName), stream => JsonSerializer.Serialize(stream, Record, Json));

    private static RunDirectory? TryRead(string path)
    {
        var file = System.IO.Path.Combine(path, RecordName);
        try
        {
            return File.Exists(file) && JsonSerializer.Deserialize<RunRecord>(File.ReadAllText(file), Json) is { RunId: not null } record
                ? new(path, record)
                : null;
        }
        catch (JsonException)
        {
            return null;   // some other program's file
        }
    }

    private static string Fingerprint(string resolvedRecipe) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(resolvedRecipe)))[..16];
}

/// <summary>How far a run came, as its directory knows it; a killed process leaves it <see cref="Running"/>.</summary>
internal enum RunState
{
    Running,
    Finished,
    Stopped,
    Failed,
}

/// <summary>What <c>run.json</c> holds.</summary>
/// <param name="RunId">Identifier in the tracking store.</param>
/// <param name="Fingerprint">Hash of the resolved recipe: resuming automatically needs the same.</param>
/// <param name="State">How far it came.</param>
/// <param name="Created">Start, ISO 8601.</param>
internal sealed record RunRecord(string RunId, string Fingerprint, RunState State, string Created)
{
    /// <summary>The process that trains it, or was the last to; null when none has begun.</summary>
    public string? Process { get; init; }

    /// <summary>What <c>auto</c> became when the run was started; null where the recipe gives all numbers.</summary>
    public MachineChoice? Machine { get; init; }
}
