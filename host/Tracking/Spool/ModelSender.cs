using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace Parallax.Host.Tracking;

/// <summary>Sends a model of a journal to a store: its files, then what makes it a model, then its version in the registry. May be repeated.</summary>
/// <param name="journal">The journal.</param>
/// <param name="store">The store.</param>
/// <param name="logger">Told what was registered.</param>
internal sealed class ModelSender(RunJournal journal, ITrackingStore store, ILogger logger)
{
    /// <summary>Tag of a run in which MLflow before 3 lists its models.</summary>
    public const string HistoryTag = "mlflow.log-model.history";

    /// <summary>Sends it.</summary>
    /// <param name="runId">The run that made it, in the store.</param>
    /// <param name="model">The model.</param>
    /// <param name="cancellation">Stops the call.</param>
    /// <exception cref="StoreException">The store did not take it, or a file of it is gone or cannot be read.</exception>
    public async Task SendAsync(string runId, ModelEntry model, CancellationToken cancellation)
    {
        var run = await store.FindRunAsync(runId, cancellation)
            ?? throw new StoreException(StoreFailure.Refused, $"Run {runId} is no longer in {journal.Header.Address}.");
        var files = model.Files.ToDictionary(file => file.Key, file => Path.Combine(journal.Folder, file.Value));
        var fault = Fault(files);   // none where the store has the model: files that were sent are gone before that is acknowledged
        var logged = await store.BeginModelAsync(run, model, makes: fault is null, cancellation);
        var place = logged is not null ? Place.Of(logged) : Place.In(run, History(run), model);
        if (!place.IsComplete)
        {
            if (fault is not null)
            {
                throw new StoreException(StoreFailure.Rejected, $"{fault} 'parallax export RUN_ID --log' makes the model anew.");
            }

            await UploadAsync(run, model, place, files, cancellation);
        }

        await RegisterAsync(run, model, place, cancellation);
        DeleteSent(model);
    }

    private async Task UploadAsync(StoredRun run, ModelEntry model, Place place, Dictionary<string, string> files, CancellationToken cancellation)
    {
        var root = run with { ArtifactUri = place.Root };
        foreach (var (path, file) in files)
        {
            await store.StoreArtifactAsync(root, file, place.Prefix + path, cancellation);
        }

        var description = Path.Combine(journal.Folder, $"{model.Key}.{ModelFile.Name}");
        await WriteAsync(description, ModelFile.Text(model, run.RunId, place.ArtifactPath, place.Logged?.Id), cancellation);
        await store.StoreArtifactAsync(root, description, place.Prefix + ModelFile.Name, cancellation);   // last: a folder without it is no model
        File.Delete(description);
        if (place.Logged is { } logged)
        {
            await store.FinishModelAsync(run, logged, model.Step, cancellation);
        }
        else
        {
            var history = Shortened([.. History(run), ModelFile.Record(model, run.RunId, place.ArtifactPath)]);
            await store.LogBatchAsync(run.RunId, RunBatch.OfTag(HistoryTag, history), cancellation);
        }
    }

    // Why the files cannot be sent; null when they can.
    private static string? Fault(Dictionary<string, string> files)
    {
        foreach (var (path, file) in files)
        {
            try
            {
                File.OpenRead(file).Dispose();
            }
            catch (Exception e) when (RunFile.IsOfTheDisk(e))
            {
                return $"The file {path} cannot be read: {RunFile.Reason(e)}";
            }
        }

        return null;
    }

    private static async Task WriteAsync(string file, string text, CancellationToken cancellation)
    {
        try
        {
            await File.WriteAllTextAsync(file, text, cancellation);
        }
        catch (Exception e) when (RunFile.IsOfTheDisk(e))
        {
            throw new StoreException(StoreFailure.Rejected, $"The file {file} cannot be written: {RunFile.Reason(e)}", e);
        }
    }

    private async Task RegisterAsync(StoredRun run, ModelEntry model, Place place, CancellationToken cancellation)
    {
        if (model.RegisteredName is not { } name)
        {
            return;
        }

        var version = await store.FindVersionAsync(name, model.Key, cancellation)
            ?? await store.RegisterAsync(new(name, model.Key, run.RunId, place.Source, place.Location, place.Logged?.Id), cancellation);
        if (model.Alias is { } alias)
        {
            await store.SetAliasAsync(version, alias, cancellation);
        }

        logger.LogDebug("The model of run {RunId} is version {Version} of '{Name}'.", run.RunId, version.Version, name);
    }

    private static List<JsonObject> History(StoredRun run)
    {
        try
        {
            return run.Tags.GetValueOrDefault(HistoryTag) is { } text && JsonNode.Parse(text) is JsonArray list
                ? [.. list.OfType<JsonObject>().Select(entry => (JsonObject)entry.DeepClone())] : [];
        }
        catch (JsonException)   // a store cuts tags that are too long
        {
            return [];
        }
    }

    // The oldest are forgotten where a tag has no room for all.
    private static string Shortened(List<JsonObject> history)
    {
        string Text() => new JsonArray([.. history.Select(entry => entry.DeepClone())]).ToJsonString();
        while (Text().Length > KeyRules.MaxTagLength && history.Count > 1)
        {
            history.RemoveAt(0);
        }

        return Text();
    }

    private void DeleteSent(ModelEntry model)
    {
        try
        {
            foreach (var file in model.Files.Values.Where(file => !Path.IsPathRooted(file)))
            {
                File.Delete(Path.Combine(journal.Folder, file));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The disk became read-only; the files go with the folder, and sending them again does no harm.
        }
    }

    /// <summary>Where the files of a model are.</summary>
    /// <param name="Root">Address below which they are stored.</param>
    /// <param name="Prefix">Their folder there, with a slash at its end; empty for none.</param>
    /// <param name="ArtifactPath">What <c>MLmodel</c> calls it.</param>
    /// <param name="Source">What the registry calls it.</param>
    /// <param name="IsComplete">Whether it was sent before.</param>
    private sealed record Place(string Root, string Prefix, string ArtifactPath, string Source, bool IsComplete)
    {
        public LoggedModel? Logged { get; private init; }

        public string Location => Logged is null ? Source : Root;

        public static Place Of(LoggedModel logged) =>
            new(logged.ArtifactUri, "", logged.ArtifactUri, $"models:/{logged.Id}", logged.IsReady) { Logged = logged };

        // Each model of a run has a folder of its own: versions in the registry name it.
        public static Place In(StoredRun run, List<JsonObject> history, ModelEntry model)
        {
            var sent = history.Find(entry => (string?)entry["model_uuid"] == model.Key);
            var folder = (string?)sent?["artifact_path"] ?? NameOf(history.Select(entry => NumberOf((string?)entry["artifact_path"])).Append(0).Max() + 1);

            return new(run.ArtifactUri, folder + "/", folder, $"{run.ArtifactUri}/{folder}", sent is not null);
        }

        private static string NameOf(int number) =>
            number == 1 ? ModelFile.FolderName : string.Create(CultureInfo.InvariantCulture, $"{ModelFile.FolderName}-{number}");

        private static int NumberOf(string? name) => name switch
        {
            ModelFile.FolderName => 1,
            _ when name?.StartsWith(ModelFile.FolderName + "-", StringComparison.Ordinal) == true
                && int.TryParse(name.AsSpan(ModelFile.FolderName.Length + 1), CultureInfo.InvariantCulture, out var number) => number,
            _ => 0,
        };
    }
}
