using System.Net;
using Polly;

namespace Parallax.Host.Tracking;

/// <summary>A tracking server.</summary>
internal sealed class RestStore(MlflowClient client, TimeProvider time) : ITrackingStore
{
    private const string RunKeyTag = "client.run_key";
    private const int SearchPage = 1000;
    private readonly ResiliencePipeline _reads =
        client.ReadRetries == 0 ? ResiliencePipeline.Empty : new RetryPolicy(time, Random.Shared.NextDouble).Build(client.ReadRetries + 1);
    private volatile bool _hasAnswered;

    /// <inheritdoc/>
    public Task<StoredRun> CreateRunAsync(NewRun run, CancellationToken cancellation) => TryAsync(async () =>
    {
        var experiment = await GetOrCreateExperimentAsync(run.Experiment, cancellation);
        var tags = new Dictionary<string, string>(run.Tags) { [RunKeyTag] = run.RunKey, ["mlflow.user"] = run.User };
        var created = await client.CreateRunAsync(new CreateRunRequest(experiment, run.Name, run.StartTime, run.User, Pairs(tags)), cancellation);
        return RestRuns.Read(created.Run);
    });

    /// <inheritdoc/>
    public Task<StoredRun?> FindByKeyAsync(string? experiment, string runKey, CancellationToken cancellation) =>
        TryAsync(async () => await FindByTagAsync(experiment, RunKeyTag, runKey, 1, cancellation) is [var run, ..] ? run : null);

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredRun>> FindChildrenAsync(string parentRunId, CancellationToken cancellation) =>
        TryAsync(() => FindByTagAsync(null, RunFamily.ParentTag, parentRunId, SearchPage, cancellation));

    /// <inheritdoc/>
    public Task<StoredRun?> FindRunAsync(string runId, CancellationToken cancellation) => TryAsync(async () =>
    {
        try
        {
            return RestRuns.Read((await client.GetRunAsync(runId, cancellation)).Run);
        }
        catch (MlflowException e) when (e.IsMissingResource)
        {
            return null;
        }
    });

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredRun>> SearchRunsAsync(string? experiment, int limit, CancellationToken cancellation) => RepeatAsync<IReadOnlyList<StoredRun>>(
        async () =>
        {
            var ids = await ExperimentIdsAsync(experiment, cancellation);
            if (ids.Count == 0)
            {
                return [];
            }

            var request = new SearchRunsRequest(ids, null, "ACTIVE_ONLY", limit, ["attributes.start_time DESC"], null);
            var answer = await client.SearchRunsAsync(request, cancellation);
            return [.. (answer.Runs ?? []).Select(RestRuns.Read)];
        },
        cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<MetricPoint>> ReadHistoryAsync(string runId, string key, CancellationToken cancellation) => RepeatAsync<IReadOnlyList<MetricPoint>>(
        async () =>
        {
            var points = new List<MetricPoint>();
            string? page = null;
            do
            {
                var answer = await client.GetMetricHistoryAsync(runId, key, page, cancellation);
                points.AddRange((answer.Metrics ?? []).Select(RestRuns.ReadPoint));
                page = string.IsNullOrEmpty(answer.NextPageToken) ? null : answer.NextPageToken;
            }
            while (page is not null);
            return points;
        },
        cancellation);

    /// <inheritdoc/>
    public Task LogBatchAsync(string runId, RunBatch batch, CancellationToken cancellation) => TryAsync(() => Done(client.LogBatchAsync(
        new LogBatchRequest(runId, [.. batch.Metrics.Select(m => new MlflowMetric(m.Key, m.Value, m.Timestamp, m.Step))], Pairs(batch.Params), Pairs(batch.Tags)), cancellation)));

    /// <inheritdoc/>
    public Task LogDatasetAsync(string runId, DatasetEntry dataset, CancellationToken cancellation) => TryAsync(async () =>
    {
        var entry = new MlflowDataset(dataset.Name, dataset.Digest, dataset.SourceType, dataset.Source, dataset.Schema, dataset.Profile);
        try
        {
            await client.LogInputsAsync(new LogInputsRequest(runId, [new MlflowDatasetInput([new MlflowTag("mlflow.data.context", dataset.Context)], entry)]), cancellation);
        }
        catch (MlflowException e) when (e.IsUnknownEndpoint)
        {
            throw new StoreException(StoreFailure.Rejected, "the server knows no data sets: they came with MLflow 2.4", e);
        }

        return true;
    });

    /// <inheritdoc/>
    public Task StoreArtifactAsync(StoredRun run, string file, string artifactPath, CancellationToken cancellation) => TryAsync(async () =>
    {
        if (ArtifactProxy.Locate(run.ArtifactUri, client.Server.Root) is { } proxy)
        {
            try
            {
                await UploadAsync(proxy.Root, $"{proxy.Path}/{artifactPath}", file, cancellation);
            }
            catch (MlflowException e) when (e.IsUnknownEndpoint)
            {
                throw new StoreException(StoreFailure.Rejected, "the server takes no files: start it with --serve-artifacts", e);
            }
        }
        else if (LocalArtifacts.Folder(run.ArtifactUri, Environment.CurrentDirectory) is { } folder && Path.IsPathRooted(run.ArtifactUri.Replace("file://", "", StringComparison.Ordinal)))
        {
            LocalArtifacts.Store(folder, file, artifactPath);
        }
        else
        {
            throw new StoreException(StoreFailure.Rejected, $"the artifact location {run.ArtifactUri} of the run needs direct access, which is not supported: start the server with --serve-artifacts and use a new experiment");
        }

        return true;
    });

    /// <inheritdoc/>
    public Task SetStatusAsync(string runId, string status, long? endTime, CancellationToken cancellation) =>
        TryAsync(() => Done(client.UpdateRunAsync(new UpdateRunRequest(runId, status, endTime), cancellation)));

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    // A file that arrived in part must not look like a whole one: neither when the upload broke off, nor when something on the way cut it and said it was done.
    private async Task UploadAsync(Uri root, string path, string file, CancellationToken cancellation)
    {
        await using var content = File.OpenRead(file);   // before the first call: a file that cannot be read costs nothing of what is there
        try
        {
            await client.PutArtifactAsync(root, path, content, cancellation);
        }
        catch (Exception e) when (e is HttpRequestException or TimeoutException or IOException or OperationCanceledException or MlflowException { Status: >= HttpStatusCode.InternalServerError })
        {
            await client.TryDeleteArtifactAsync(root, path, CancellationToken.None);   // even when the time is up
            throw;
        }

        var (expected, stored) = (new FileInfo(file).Length, await client.TryReadArtifactSizeAsync(root, path, cancellation));
        if (stored is { } size && size != expected)
        {
            await client.TryDeleteArtifactAsync(root, path, cancellation);
            throw new StoreException(StoreFailure.Suspect, $"{client.Server.Display}: of {path} {size} bytes arrived, not {expected}, although the "
                + "server took it");
        }
    }

    private async Task<string> GetOrCreateExperimentAsync(string name, CancellationToken cancellation)
    {
        if (await FindExperimentAsync(name, cancellation) is { } found)
        {
            return Active(found);
        }

        if (ExperimentReference.IdOf(name) is { } id)
        {
            throw new StoreException(StoreFailure.Refused, $"There is no experiment with number {id} on {client.Server.Display} (MLFLOW_EXPERIMENT_ID). " +
                "Name one that is there, or use tracking.experiment, which makes it.");
        }

        try
        {
            return (await client.CreateExperimentAsync(new CreateExperimentRequest(name), cancellation)).ExperimentId;
        }
        catch (MlflowException e) when (e.ErrorCode == "RESOURCE_ALREADY_EXISTS")
        {
            return Active((await client.GetExperimentByNameAsync(name, cancellation)).Experiment);   // another process was faster
        }
    }

    private async Task<MlflowExperiment?> FindExperimentAsync(string name, CancellationToken cancellation)
    {
        try
        {
            var answer = ExperimentReference.IdOf(name) is { } id
                ? client.GetExperimentAsync(id, cancellation)
                : client.GetExperimentByNameAsync(name, cancellation);
            return (await answer).Experiment;
        }
        catch (MlflowException e) when (e.IsMissingResource)
        {
            return null;
        }
    }

    private async Task<IReadOnlyList<StoredRun>> FindByTagAsync(string? experiment, string tag, string value, int limit, CancellationToken cancellation)
    {
        if (!value.All(char.IsAsciiLetterOrDigit) || await ExperimentIdsAsync(experiment, cancellation) is not { Count: > 0 } ids)
        {
            return [];
        }

        var answer = await client.SearchRunsAsync(new SearchRunsRequest(ids, $"tags.`{tag}` = '{value}'", "ACTIVE_ONLY", limit, null, null), cancellation);
        return [.. (answer.Runs ?? []).Select(RestRuns.Read)];
    }

    private string Active(MlflowExperiment experiment) => experiment.LifecycleStage is null or "active"
        ? experiment.ExperimentId
        : throw new StoreException(StoreFailure.Refused, $"The experiment '{experiment.Name}' on {client.Server.Display} is deleted, and its name stays taken. Restore it with 'mlflow experiments restore -x {experiment.ExperimentId}', or set another tracking.experiment.");

    private async Task<IReadOnlyList<string>> ExperimentIdsAsync(string? name, CancellationToken cancellation)
    {
        if (name is not null)
        {
            return await FindExperimentAsync(name, cancellation) is { } found ? [found.ExperimentId] : [];
        }

        var ids = new List<string>();
        string? page = null;
        do
        {
            var answer = await client.SearchExperimentsAsync(new SearchExperimentsRequest(SearchPage, "ACTIVE_ONLY", page), cancellation);
            ids.AddRange((answer.Experiments ?? []).Select(e => e.ExperimentId));
            page = string.IsNullOrEmpty(answer.NextPageToken) ? null : answer.NextPageToken;
        }
        while (page is not null);
        return ids;
    }

    private Task<T> RepeatAsync<T>(Func<Task<T>> call, CancellationToken cancellation) => _reads.ExecuteAsync(async _ => await TryAsync(call), cancellation).AsTask();

    private async Task<T> TryAsync<T>(Func<Task<T>> call)
    {
        try
        {
            var answer = await call();
            _hasAnswered = true;
            return answer;
        }
        catch (MlflowException e)
        {
            throw Translate(e);
        }
        catch (Exception e) when (e is HttpRequestException or TimeoutException or IOException)
        {
            throw new StoreException(StoreFailure.Unavailable, $"{client.Server.Display}: {ConnectionFaults.Describe(e, client.Server.Root, _hasAnswered)}", e);
        }
        catch (Exception e) when (e is not (StoreException or OperationCanceledException or OutOfMemoryException))   // an answer that no server should give
        {
            throw new StoreException(StoreFailure.Unavailable, $"{client.Server.Display} did not answer as an MLflow server does: {e.Message}", e);
        }
    }

    private StoreException Translate(MlflowException e)
    {
        var failure = e.Status switch
        {
            _ when e.IsUnknownEndpoint && _hasAnswered => StoreFailure.Unavailable,   // a proxy in front of a server that is away
            HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => StoreFailure.Unavailable,
            HttpStatusCode.NotImplemented => StoreFailure.Rejected,
            >= HttpStatusCode.InternalServerError => StoreFailure.Suspect,
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => StoreFailure.Refused,
            _ when e.IsMissingResource || e.IsUnknownEndpoint || (int)e.Status is >= 300 and < 400 => StoreFailure.Refused,
            _ => StoreFailure.Rejected,
        };
        var advice = e.IsUnknownEndpoint && !_hasAnswered ? " Check tracking.uri and its path: it should be the address of an MLflow server." : "";
        return new StoreException(failure, $"{client.Server.Display}: {e.Message}{advice}", e) { RetryAfter = e.RetryAfter };
    }

    private static List<MlflowTag> Pairs(IReadOnlyDictionary<string, string> pairs) => [.. pairs.Select(p => new MlflowTag(p.Key, p.Value))];

    private static async Task<bool> Done(Task call)
    {
        await call;
        return true;
    }
}
