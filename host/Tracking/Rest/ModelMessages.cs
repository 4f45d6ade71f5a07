namespace Parallax.Host.Tracking;

// The bodies of MLflow's calls about models and the registry, field by field, as in MlflowMessages.cs.

internal sealed record MlflowLoggedModelInfo(string ModelId, string? ArtifactUri = null, string? Status = null, IReadOnlyList<MlflowTag>? Tags = null);

internal sealed record MlflowLoggedModel(MlflowLoggedModelInfo Info);

internal sealed record LoggedModelResponse(MlflowLoggedModel Model);

internal sealed record CreateLoggedModelRequest(
    string ExperimentId, string Name, string SourceRunId, IReadOnlyList<MlflowTag> Params, IReadOnlyList<MlflowTag> Tags);

internal sealed record SearchLoggedModelsRequest(IReadOnlyList<string> ExperimentIds, string Filter, int MaxResults, string? PageToken);

internal sealed record SearchLoggedModelsResponse(IReadOnlyList<MlflowLoggedModel>? Models = null, string? NextPageToken = null);

internal sealed record FinishLoggedModelRequest(string ModelId, string Status);

internal sealed record MlflowModelOutput(string ModelId, long Step = 0);

internal sealed record MlflowRunOutputs(IReadOnlyList<MlflowModelOutput>? ModelOutputs = null);

internal sealed record LogOutputsRequest(string RunId, IReadOnlyList<MlflowModelOutput> Models);

internal sealed record CreateRegisteredModelRequest(string Name);

internal sealed record CreateModelVersionRequest(string Name, string Source, string RunId, string? ModelId, IReadOnlyList<MlflowTag> Tags);

internal sealed record MlflowModelVersion(string Name, string Version, IReadOnlyList<MlflowTag>? Tags = null);

internal sealed record ModelVersionResponse(MlflowModelVersion ModelVersion);

internal sealed record SearchModelVersionsResponse(IReadOnlyList<MlflowModelVersion>? ModelVersions = null, string? NextPageToken = null);

internal sealed record SetAliasRequest(string Name, string Alias, string Version);
