namespace Parallax.Host.Tracking;

/// <summary>Models and the registry of a tracking server.</summary>
/// <param name="client">Sends the calls.</param>
internal sealed class RestModels(MlflowClient client)
{
    private const string Ready = "LOGGED_MODEL_READY";
    private const int Page = 50;   // of logged models, the most that a server gives
    private const string VersionPage = "1000";

    /// <inheritdoc cref="IModelStore.BeginModelAsync"/>
    /// <exception cref="MlflowException">The server refuses it.</exception>
    public async Task<LoggedModel?> BeginAsync(StoredRun run, ModelEntry model, bool makes, CancellationToken cancellation)
    {
        try
        {
            return await FindAsync(run, model.Key, cancellation) ?? (makes ? await CreateAsync(run, model, cancellation) : null);
        }
        catch (MlflowException e) when (e.IsUnknownEndpoint)   // a server before 3.0
        {
            return null;
        }
    }

    /// <inheritdoc cref="IModelStore.FinishModelAsync"/>
    /// <exception cref="MlflowException">The server refuses it.</exception>
    public async Task FinishAsync(string runId, LoggedModel logged, long step, CancellationToken cancellation)
    {
        var run = (await client.GetAsync<RunResponse>("runs/get", [("run_id", runId)], cancellation)).Run;
        if (run.Outputs?.ModelOutputs?.Any(output => output.ModelId == logged.Id) != true)   // a second time is an error
        {
            await client.PostAsync<EmptyResponse>("runs/outputs", new LogOutputsRequest(runId, [new(logged.Id, step)]), cancellation);
        }

        await client.PatchAsync<LoggedModelResponse>($"logged-models/{logged.Id}", new FinishLoggedModelRequest(logged.Id, Ready), cancellation);
    }

    /// <inheritdoc cref="IModelStore.FindVersionAsync"/>
    /// <exception cref="MlflowException">The server refuses it.</exception>
    public async Task<ModelVersion?> FindVersionAsync(string name, string key, CancellationToken cancellation)
    {
        string? next = null;
        do
        {
            (string, string?)[] query = [("filter", $"name='{name}'"), ("max_results", VersionPage), ("page_token", next)];
            var answer = await client.GetAsync<SearchModelVersionsResponse>("model-versions/search", query, cancellation);
            if (answer.ModelVersions?.FirstOrDefault(version => Has(version.Tags, key)) is { } found)
            {
                return new(found.Name, found.Version);
            }

            next = answer.NextPageToken;
        }
        while (!string.IsNullOrEmpty(next));

        return null;
    }

    /// <inheritdoc cref="IModelStore.RegisterAsync"/>
    /// <exception cref="MlflowException">The server refuses it.</exception>
    public async Task<ModelVersion> RegisterAsync(NewVersion version, CancellationToken cancellation)
    {
        try
        {
            await client.PostAsync<EmptyResponse>("registered-models/create", new CreateRegisteredModelRequest(version.Name), cancellation);
        }
        catch (MlflowException e) when (e.ErrorCode == "RESOURCE_ALREADY_EXISTS")
        {
            // It gets one more version.
        }

        var request = new CreateModelVersionRequest(version.Name, version.Source, version.RunId, version.ModelId, [new(ModelNames.KeyTag, version.Key)]);
        var made = (await client.PostAsync<ModelVersionResponse>("model-versions/create", request, cancellation)).ModelVersion;

        return new(made.Name, made.Version);
    }

    /// <inheritdoc cref="IModelStore.SetAliasAsync"/>
    /// <exception cref="MlflowException">The server refuses it.</exception>
    public async Task SetAliasAsync(ModelVersion version, string alias, CancellationToken cancellation)
    {
        try
        {
            await client.PostAsync<EmptyResponse>("registered-models/alias", new SetAliasRequest(version.Name, alias, version.Version), cancellation);
        }
        catch (MlflowException e) when (e.IsUnknownEndpoint)
        {
            throw new StoreException(StoreFailure.Rejected, "the server knows no aliases: they came with MLflow 2.3", e);
        }
    }

    // Also one whose creation was answered to a program that was killed.
    private async Task<LoggedModel?> FindAsync(StoredRun run, string key, CancellationToken cancellation)
    {
        string? next = null;
        do
        {
            var request = new SearchLoggedModelsRequest([run.ExperimentId], $"source_run_id = '{run.RunId}'", Page, next);
            var answer = await client.PostAsync<SearchLoggedModelsResponse>("logged-models/search", request, cancellation);
            if (answer.Models?.FirstOrDefault(model => Has(model.Info.Tags, key)) is { } found)
            {
                return Known(found);
            }

            next = answer.NextPageToken;
        }
        while (!string.IsNullOrEmpty(next));

        return null;
    }

    private async Task<LoggedModel> CreateAsync(StoredRun run, ModelEntry model, CancellationToken cancellation)
    {
        var request = new CreateLoggedModelRequest(
            run.ExperimentId, model.Name, run.RunId, [.. model.Params.Select(entry => new MlflowTag(entry.Key, entry.Value))],
            [new(ModelNames.KeyTag, model.Key)]);

        return Known((await client.PostAsync<LoggedModelResponse>("logged-models", request, cancellation)).Model);
    }

    private static LoggedModel Known(MlflowLoggedModel model) => new(model.Info.ModelId, model.Info.ArtifactUri ?? "", model.Info.Status == Ready);

    private static bool Has(IReadOnlyList<MlflowTag>? tags, string key) => tags?.Any(tag => tag is { Key: ModelNames.KeyTag } && tag.Value == key) == true;
}
