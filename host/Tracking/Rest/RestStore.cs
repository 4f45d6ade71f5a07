using System.Net;
using Polly;

namespace Parallax.Host.Tracking;

/// <summary>A tracking server.</summary>
/// <param name="server">Where it is.</param>
/// <param name="variables">How to get in; read at the first call, and again while that fails.</param>
/// <param name="time">Clock.</param>
internal sealed class RestStore(ServerAddress server, MlflowEnvironment variables, TimeProvider time) : ITrackingStore
{
    private const string RunKeyTag = "client.run_key";
    private const int SearchPage = 1000;
    private const string HistoryPage = "25000";   // without a size, servers from 3.1.1 on return no points
    private readonly Lazy<MlflowClient> _client =
        new(() => new MlflowClient(server, new MlflowAccess(server, variables)), LazyThreadSafetyMode.PublicationOnly);   // a failure is not kept

    private volatile bool _hasAnswered;

    private MlflowClient Client => _client.Value;

    private RestModels Models => new(Client);

    /// <inheritdoc/>
    public string? Open()
    {
        _ = Client;
        return null;
    }

    /// <inheritdoc/>
    public Task<StoredRun> CreateRunAsync(NewRun run, CancellationToken cancellation) => TryAsync(async () =>
    {
        var experiment = await GetOrCreateExperimentAsync(run.Experiment, cancellation);
        var tags = new Dictionary<string, string>(run.Tags) { [RunKeyTag] = run.RunKey, [MlflowTags.User] = run.User };
        var request = new CreateRunRequest(experiment, run.Name, run.StartTime, run.User, Pairs(tags));
        return (await Client.PostAsync<RunResponse>("runs/create", request, cancellation)).Run.ToStored();
    });

    /// <inheritdoc/>
    public Task<StoredRun?> FindByKeyAsync(string? experiment, string runKey, CancellationToken cancellation) =>
        TryAsync(async () => await FindByTagAsync(experiment, RunKeyTag, runKey, 1, cancellation) is [var run, ..] ? run : null);

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredRun>> FindChildrenAsync(string parentRunId, CancellationToken cancellation) =>
        TryAsync(() => FindByTagAsync(null, MlflowTags.ParentRunId, parentRunId, SearchPage, cancellation));

    /// <inheritdoc/>
    public Task<StoredRun?> FindRunAsync(string runId, CancellationToken cancellation) => TryAsync(async () =>
    {
        try
        {
            return (await Client.GetAsync<RunResponse>("runs/get", [("run_id", runId)], cancellation)).Run.ToStored();
        }
        catch (MlflowException e) when (e.IsMissingResource)
        {
            return null;
        }
    });

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredRun>> SearchRunsAsync(string? experiment, int limit, CancellationToken cancellation) =>
        RepeatAsync(() => SearchAsync(experiment, null, ["attributes.start_time DESC"], limit, cancellation), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<MetricPoint>> ReadHistoryAsync(string runId, string key, CancellationToken cancellation) => RepeatAsync(
        () => ReadPagesAsync(async page =>
        {
            (string, string?)[] query = [("run_id", runId), ("metric_key", key), ("max_results", HistoryPage), ("page_token", page)];
            var answer = await Client.GetAsync<MetricHistoryResponse>("metrics/get-history", query, cancellation);
            return (answer.Metrics?.Select(m => m.FromStored()), answer.NextPageToken);
        }),
        cancellation);

    /// <inheritdoc/>
    public Task LogBatchAsync(string runId, RunBatch batch, CancellationToken cancellation) => TryAsync(() => Client.PostAsync<EmptyResponse>(
        "runs/log-batch", new LogBatchRequest(runId, batch.Metrics, Pairs(batch.Params), Pairs(batch.Tags)), cancellation));

    /// <inheritdoc/>
    public Task LogDatasetAsync(string runId, DatasetEntry dataset, CancellationToken cancellation) => TryAsync(async () =>
    {
        var entry = new MlflowDataset(dataset.Name, dataset.Digest, dataset.SourceType, dataset.Source, dataset.Schema, dataset.Profile);
        try
        {
            var input = new MlflowDatasetInput([new MlflowTag("mlflow.data.context", dataset.Context)], entry);
            return await Client.PostAsync<EmptyResponse>("runs/log-inputs", new LogInputsRequest(runId, [input]), cancellation);
        }
        catch (MlflowException e) when (e.IsUnknownEndpoint)
        {
            throw new StoreException(StoreFailure.Rejected, "the server knows no data sets: they came with MLflow 2.4", e);
        }
    });

    /// <inheritdoc/>
    public Task StoreArtifactAsync(StoredRun run, string file, string artifactPath, CancellationToken cancellation) => TryAsync(async () =>
    {
        if (ArtifactProxy.Locate(run.ArtifactUri, server.Root) is { } proxy)
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
        else if (FolderOf(run) is { } folder)
        {
            LocalArtifacts.Store(folder, file, artifactPath);
        }
        else
        {
            throw new StoreException(StoreFailure.Rejected, $"the artifact location {run.ArtifactUri} of the run needs direct access, which is not " +
                "supported: start the server with --serve-artifacts and use a new experiment");
        }

        return true;
    });

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListArtifactsAsync(StoredRun run, string folder, CancellationToken cancellation) => ReadFileAsync<IReadOnlyList<string>>(
        run, files => LocalArtifacts.List(files, folder),
        async proxy => [.. (await Client.ListArtifactsAsync(proxy.Root, $"{proxy.Path}/{folder}", cancellation)).Select(file => file.Path.Split('/')[^1])], []);

    /// <inheritdoc/>
    public Task<byte[]?> ReadArtifactAsync(StoredRun run, string artifactPath, CancellationToken cancellation) => ReadFileAsync(
        run, files => LocalArtifacts.Read(files, artifactPath),
        async proxy => await Client.GetArtifactAsync(proxy.Root, $"{proxy.Path}/{artifactPath}", cancellation), null);

    /// <inheritdoc/>
    public Task SetStatusAsync(string runId, string status, long? endTime, CancellationToken cancellation) =>
        TryAsync(() => Client.PostAsync<EmptyResponse>("runs/update", new UpdateRunRequest(runId, status, endTime), cancellation));

    /// <inheritdoc/>
    public Task<LoggedModel?> BeginModelAsync(StoredRun run, ModelEntry model, bool makes, CancellationToken cancellation) =>
        TryAsync(() => Models.BeginAsync(run, model, makes, cancellation));

    /// <inheritdoc/>
    public Task FinishModelAsync(StoredRun run, LoggedModel logged, long step, CancellationToken cancellation) => TryAsync(async () =>
    {
        await Models.FinishAsync(run.RunId, logged, step, cancellation);
        return true;
    });

    /// <inheritdoc/>
    public Task<ModelVersion?> FindVersionAsync(string name, string key, CancellationToken cancellation) =>
        TryAsync(() => Models.FindVersionAsync(name, key, cancellation));

    /// <inheritdoc/>
    public Task<ModelVersion> RegisterAsync(NewVersion version, CancellationToken cancellation) =>
        TryAsync(() => Models.RegisterAsync(version, cancellation));

    /// <inheritdoc/>
    public Task SetAliasAsync(ModelVersion version, string alias, CancellationToken cancellation) => TryAsync(async () =>
    {
        await Models.SetAliasAsync(version, alias, cancellation);
        return true;
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_client.IsValueCreated)
        {
            Client.Dispose();
        }
    }

    private Task<T> ReadFileAsync<T>(StoredRun run, Func<string, T> readLocal, Func<ArtifactProxy, Task<T>> readProxied, T missing) => TryAsync(async () =>
    {
        if (ArtifactProxy.Locate(run.ArtifactUri, server.Root) is not { } proxy)
        {
            return FolderOf(run) is { } folder ? readLocal(folder) : missing;
        }

        try
        {
            return await readProxied(proxy);
        }
        catch (MlflowException e) when (e.IsMissingResource || e.IsUnknownEndpoint)
        {
            return missing;   // also of a server that serves no files
        }
    });

    private static string? FolderOf(StoredRun run) => Path.IsPathRooted(run.ArtifactUri.Replace("file://", "", StringComparison.Ordinal))
        ? LocalArtifacts.Folder(run.ArtifactUri, Environment.CurrentDirectory)
        : null;

    // A file that arrived in part must not look like a whole one: neither when the upload broke off, nor when something between cut it and reported success.
    private async Task UploadAsync(Uri root, string path, string file, CancellationToken cancellation)
    {
        await using var content = File.OpenRead(file);   // before the first call: a file that cannot be read costs nothing of what is there
        try
        {
            await Client.PutArtifactAsync(root, path, content, cancellation);
        }
        catch (Exception e) when (e is HttpRequestException or TimeoutException or IOException or OperationCanceledException
            or MlflowException { Status: >= HttpStatusCode.InternalServerError })
        {
            await Client.TryDeleteArtifactAsync(root, path, CancellationToken.None);   // even when the time is up
            throw;
        }

        var (expected, stored) = (new FileInfo(file).Length, await Client.TryReadArtifactSizeAsync(root, path, cancellation));
        if (stored is { } size && size != expected)
        {
            await Client.TryDeleteArtifactAsync(root, path, cancellation);
            throw new StoreException(StoreFailure.Suspect, $"{server.Display}: of {path} {size} bytes arrived, not {expected}, although the "
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
            throw new StoreException(StoreFailure.Refused, $"There is no experiment with number {id} on {server.Display} (MLFLOW_EXPERIMENT_ID). " +
                "Name one that is there, or use tracking.experiment, which makes it.");
        }

        try
        {
            return (await Client.PostAsync<CreateExperimentResponse>("experiments/create", new CreateExperimentRequest(name), cancellation)).ExperimentId;
        }
        catch (MlflowException e) when (e.ErrorCode == "RESOURCE_ALREADY_EXISTS")
        {
            return Active((await GetExperimentAsync(name, cancellation)).Experiment);   // another process was faster
        }
    }

    private async Task<MlflowExperiment?> FindExperimentAsync(string name, CancellationToken cancellation)
    {
        try
        {
            return (await GetExperimentAsync(name, cancellation)).Experiment;
        }
        catch (MlflowException e) when (e.IsMissingResource)
        {
            return null;
        }
    }

    // Deleted ones are returned, too.
    private Task<ExperimentResponse> GetExperimentAsync(string name, CancellationToken cancellation) => ExperimentReference.IdOf(name) is { } id
        ? Client.GetAsync<ExperimentResponse>("experiments/get", [("experiment_id", id)], cancellation)
        : Client.GetAsync<ExperimentResponse>("experiments/get-by-name", [("experiment_name", name)], cancellation);

    private string Active(MlflowExperiment experiment) => experiment.LifecycleStage is null or "active"
        ? experiment.ExperimentId
        : throw new StoreException(StoreFailure.Refused, $"The experiment '{experiment.Name}' on {server.Display} is deleted, and its name stays taken. " +
            $"Restore it with 'mlflow experiments restore -x {experiment.ExperimentId}', or set another tracking.experiment.");

    private async Task<IReadOnlyList<StoredRun>> FindByTagAsync(string? experiment, string tag, string value, int limit, CancellationToken cancellation) =>
        value.All(char.IsAsciiLetterOrDigit) ? await SearchAsync(experiment, $"tags.`{tag}` = '{value}'", null, limit, cancellation) : [];

    private async Task<IReadOnlyList<StoredRun>> SearchAsync(
        string? experiment, string? filter, IReadOnlyList<string>? order, int limit, CancellationToken cancellation)
    {
        if (await ExperimentIdsAsync(experiment, cancellation) is not { Count: > 0 } ids)
        {
            return [];
        }

        var request = new SearchRunsRequest(ids, filter, "ACTIVE_ONLY", limit, order, null);
        return [.. ((await Client.PostAsync<SearchRunsResponse>("runs/search", request, cancellation)).Runs ?? []).Select(run => run.ToStored())];
    }

    private async Task<IReadOnlyList<string>> ExperimentIdsAsync(string? name, CancellationToken cancellation)
    {
        if (name is not null)
        {
            return await FindExperimentAsync(name, cancellation) is { } found ? [found.ExperimentId] : [];
        }

        return await ReadPagesAsync(async page =>
        {
            var request = new SearchExperimentsRequest(SearchPage, "ACTIVE_ONLY", page);
            var answer = await Client.PostAsync<SearchExperimentsResponse>("experiments/search", request, cancellation);
            return (answer.Experiments?.Select(e => e.ExperimentId), answer.NextPageToken);
        });
    }

    private static async Task<IReadOnlyList<T>> ReadPagesAsync<T>(Func<string?, Task<(IEnumerable<T>? Items, string? Next)>> readPage)
    {
        var all = new List<T>();
        string? next = null;
        do
        {
            (var items, next) = await readPage(next);
            all.AddRange(items ?? []);
        }
        while (!string.IsNullOrEmpty(next));
        return all;
    }

    private async Task<T> RepeatAsync<T>(Func<Task<T>> call, CancellationToken cancellation)
    {
        var reads = Client.ReadRetries == 0 ? ResiliencePipeline.Empty : new RetryPolicy(time, Random.Shared.NextDouble).Build(Client.ReadRetries + 1);
        return await reads.ExecuteAsync(async _ => await TryAsync(call), cancellation);
    }

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
        catch (ConfigurationException e)   // for example a certificate that can no longer be read
        {
            throw new StoreException(StoreFailure.Refused, e.Message, e);
        }
        catch (Exception e) when (e is HttpRequestException or TimeoutException or IOException)
        {
            throw new StoreException(StoreFailure.Unavailable, $"{server.Display}: {ConnectionFaults.Describe(e, server.Root, _hasAnswered)}", e);
        }
        catch (Exception e) when (e is not (StoreException or OperationCanceledException or OutOfMemoryException))   // an answer that no server should give
        {
            throw new StoreException(StoreFailure.Unavailable, $"{server.Display} did not answer as an MLflow server does: {e.Message}", e);
        }
    }

    private StoreException Translate(MlflowException e)
    {
        var failure = e.Status switch
        {
            _ when e.IsUnknownEndpoint && _hasAnswered => StoreFailure.Unavailable,   // a proxy in front of a server that is away
            HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests => StoreFailure.Unavailable,
            HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => StoreFailure.Unavailable,
            HttpStatusCode.NotImplemented => StoreFailure.Rejected,
            >= HttpStatusCode.InternalServerError => StoreFailure.Suspect,
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => StoreFailure.Refused,
            _ when e.IsMissingResource || e.IsUnknownEndpoint || (int)e.Status is >= 300 and < 400 => StoreFailure.Refused,
            _ => StoreFailure.Rejected,
        };
        var advice = e.IsUnknownEndpoint && !_hasAnswered ? " Check tracking.uri and its path: it should be the address of an MLflow server." : "";
        return new StoreException(failure, $"{server.Display}: {e.Message}{advice}", e) { RetryAfter = e.RetryAfter, HasAnswered = true };
    }

    private static List<MlflowTag> Pairs(IReadOnlyDictionary<string, string> pairs) => [.. pairs.Select(p => new MlflowTag(p.Key, p.Value))];
}
