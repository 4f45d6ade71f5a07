using System.Text.Json.Serialization;
using Parallax.Host.Experiments;

namespace Parallax.Host.Tracking;

// The bodies of MLflow's REST calls, field by field; names become snake_case. Absent means unset: what an answer may leave out has a default.

internal sealed record MlflowTag(string Key, string? Value = null);

internal sealed record MlflowExperiment(string ExperimentId, string Name, string? LifecycleStage = null);

internal sealed record MlflowRunInfo(
    string RunId, string? ExperimentId = null, string? RunName = null, string? Status = null, long? StartTime = null, long? EndTime = null,
    string? ArtifactUri = null, string? LifecycleStage = null);

internal sealed record MlflowRunData(
    IReadOnlyList<MetricPoint>? Metrics = null, IReadOnlyList<MlflowTag>? Params = null, IReadOnlyList<MlflowTag>? Tags = null);

internal sealed record MlflowRun(MlflowRunInfo Info, MlflowRunData? Data = null, MlflowRunOutputs? Outputs = null)
{
    /// <summary>The run as every store gives it.</summary>
    public StoredRun ToStored() => new(
        Info.RunId, Info.ExperimentId ?? "", Info.RunName ?? "", Info.Status ?? RunStatus.Running, Info.StartTime ?? 0, Info.EndTime, Info.ArtifactUri ?? "",
        Info.LifecycleStage == "deleted")
    {
        Metrics = ByKey(Data?.Metrics, m => m.Key, m => m.FromStored()),
        Params = ByKey(Data?.Params, p => p.Key, p => p.Value ?? ""),
        Tags = ByKey(Data?.Tags, t => t.Key, t => t.Value ?? ""),
    };

    // A server that names a key twice means the last one.
    private static Dictionary<string, TValue> ByKey<T, TValue>(IReadOnlyList<T>? items, Func<T, string> key, Func<T, TValue> value) =>
        (items ?? []).GroupBy(key).ToDictionary(group => group.Key, group => value(group.Last()));
}

internal sealed record MlflowDataset(string Name, string Digest, string SourceType, string Source, string? Schema, string? Profile);

internal sealed record MlflowDatasetInput(IReadOnlyList<MlflowTag> Tags, MlflowDataset Dataset);

internal sealed record CreateExperimentRequest(string Name);

internal sealed record CreateExperimentResponse(string ExperimentId);

internal sealed record ExperimentResponse(MlflowExperiment Experiment);

internal sealed record SearchExperimentsRequest(int MaxResults, string ViewType, string? PageToken);

internal sealed record SearchExperimentsResponse(IReadOnlyList<MlflowExperiment>? Experiments = null, string? NextPageToken = null);

internal sealed record CreateRunRequest(string ExperimentId, string? RunName, long StartTime, string UserId, IReadOnlyList<MlflowTag> Tags);

internal sealed record RunResponse(MlflowRun Run);

internal sealed record UpdateRunRequest(string RunId, string Status, long? EndTime);

internal sealed record SearchRunsRequest(
    IReadOnlyList<string> ExperimentIds, string? Filter, string RunViewType, int MaxResults, IReadOnlyList<string>? OrderBy, string? PageToken);

internal sealed record SearchRunsResponse(IReadOnlyList<MlflowRun>? Runs = null, string? NextPageToken = null);

internal sealed record LogBatchRequest(string RunId, IReadOnlyList<MetricPoint> Metrics, IReadOnlyList<MlflowTag> Params, IReadOnlyList<MlflowTag> Tags);

internal sealed record LogInputsRequest(string RunId, IReadOnlyList<MlflowDatasetInput> Datasets);

internal sealed record MetricHistoryResponse(IReadOnlyList<MetricPoint>? Metrics = null, string? NextPageToken = null);

internal sealed record MlflowFile(string Path, bool IsDir = false, long? FileSize = null);

internal sealed record ListArtifactsResponse(IReadOnlyList<MlflowFile>? Files = null);

internal sealed record ErrorResponse(string? ErrorCode = null);

internal sealed record EmptyResponse;

/// <summary>How bodies are written: NaN and infinities as strings, because a bare NaN loses data without an error. Numbers may arrive as strings.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals | JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(CreateExperimentRequest))]
[JsonSerializable(typeof(CreateExperimentResponse))]
[JsonSerializable(typeof(ExperimentResponse))]
[JsonSerializable(typeof(SearchExperimentsRequest))]
[JsonSerializable(typeof(SearchExperimentsResponse))]
[JsonSerializable(typeof(CreateRunRequest))]
[JsonSerializable(typeof(RunResponse))]
[JsonSerializable(typeof(UpdateRunRequest))]
[JsonSerializable(typeof(SearchRunsRequest))]
[JsonSerializable(typeof(SearchRunsResponse))]
[JsonSerializable(typeof(LogBatchRequest))]
[JsonSerializable(typeof(LogInputsRequest))]
[JsonSerializable(typeof(MetricHistoryResponse))]
[JsonSerializable(typeof(ListArtifactsResponse))]
[JsonSerializable(typeof(LoggedModelResponse))]
[JsonSerializable(typeof(CreateLoggedModelRequest))]
[JsonSerializable(typeof(SearchLoggedModelsRequest))]
[JsonSerializable(typeof(SearchLoggedModelsResponse))]
[JsonSerializable(typeof(FinishLoggedModelRequest))]
[JsonSerializable(typeof(LogOutputsRequest))]
[JsonSerializable(typeof(CreateRegisteredModelRequest))]
[JsonSerializable(typeof(CreateModelVersionRequest))]
[JsonSerializable(typeof(ModelVersionResponse))]
[JsonSerializable(typeof(SearchModelVersionsResponse))]
[JsonSerializable(typeof(SetAliasRequest))]
[JsonSerializable(typeof(ErrorResponse))]
[JsonSerializable(typeof(EmptyResponse))]
internal sealed partial class MlflowJson : JsonSerializerContext;
