using System.Net.Http.Headers;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Parallax.Host.Tracking;

/// <summary>The calls of MLflow's REST interface, one method each. Throws <see cref="MlflowException"/>; what cannot be reached is an <see cref="HttpRequestException"/> or a <see cref="TimeoutException"/>.</summary>
internal sealed class MlflowClient : IDisposable
{
    private const int HistoryPage = 25_000;   // without a size, servers from 3.1.1 on return no points
    private static readonly TimeSpan DeleteTimeout = TimeSpan.FromSeconds(3);   // also spent at the end of a run, where time is short
    private static readonly ProductInfoHeaderValue Agent = new("parallax", Assembly.GetExecutingAssembly().GetName().Version?.ToString(3) ?? "0");
    private readonly HttpClient _http;
    private readonly MlflowAccess _access;

    private MlflowClient(ServerAddress server, MlflowAccess access)
    {
        Server = server;
        _access = access;
        _http = new HttpClient(access.CreateHandler()) { Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.UserAgent.Add(Agent);
        _http.DefaultRequestHeaders.Authorization = access.Authorization;
        if (access.Workspace is { } workspace)
        {
            _http.DefaultRequestHeaders.Add("X-MLFLOW-WORKSPACE", workspace);
        }
    }

    /// <summary>Where the server is.</summary>
    public ServerAddress Server { get; }

    /// <summary>How often a request that only reads is repeated.</summary>
    public int ReadRetries => _access.ReadRetries;

    /// <summary>A client of one server.</summary>
    public static MlflowClient Create(ServerAddress server, MlflowAccess access) => new(server, access);

    /// <summary><c>experiments/get-by-name</c>; deleted ones are returned too.</summary>
    public Task<ExperimentResponse> GetExperimentByNameAsync(string name, CancellationToken cancellation) =>
        GetAsync("experiments/get-by-name?experiment_name=" + Uri.EscapeDataString(name), MlflowJson.Default.ExperimentResponse, cancellation);

    /// <summary><c>experiments/get</c>; deleted ones are returned too.</summary>
    public Task<ExperimentResponse> GetExperimentAsync(string id, CancellationToken cancellation) =>
        GetAsync("experiments/get?experiment_id=" + Uri.EscapeDataString(id), MlflowJson.Default.ExperimentResponse, cancellation);

    /// <summary><c>experiments/create</c>.</summary>
    public Task<CreateExperimentResponse> CreateExperimentAsync(CreateExperimentRequest request, CancellationToken cancellation) =>
        PostAsync("experiments/create", request, MlflowJson.Default.CreateExperimentRequest, MlflowJson.Default.CreateExperimentResponse, cancellation);

    /// <summary><c>experiments/search</c>.</summary>
    public Task<SearchExperimentsResponse> SearchExperimentsAsync(SearchExperimentsRequest request, CancellationToken cancellation) =>
        PostAsync("experiments/search", request, MlflowJson.Default.SearchExperimentsRequest, MlflowJson.Default.SearchExperimentsResponse, cancellation);

    /// <summary><c>runs/create</c>; not safe to repeat.</summary>
    public Task<RunResponse> CreateRunAsync(CreateRunRequest request, CancellationToken cancellation) =>
        PostAsync("runs/create", request, MlflowJson.Default.CreateRunRequest, MlflowJson.Default.RunResponse, cancellation);

    /// <summary><c>runs/get</c>.</summary>
    public Task<RunResponse> GetRunAsync(string runId, CancellationToken cancellation) =>
        GetAsync("runs/get?run_id=" + Uri.EscapeDataString(runId), MlflowJson.Default.RunResponse, cancellation);

    /// <summary><c>runs/update</c>; the status goes with every update, because old servers reopen the run without it.</summary>
    public Task UpdateRunAsync(UpdateRunRequest request, CancellationToken cancellation) =>
        PostAsync("runs/update", request, MlflowJson.Default.UpdateRunRequest, MlflowJson.Default.EmptyResponse, cancellation);

    /// <summary><c>runs/search</c>.</summary>
    public Task<SearchRunsResponse> SearchRunsAsync(SearchRunsRequest request, CancellationToken cancellation) =>
        PostAsync("runs/search", request, MlflowJson.Default.SearchRunsRequest, MlflowJson.Default.SearchRunsResponse, cancellation);

    /// <summary><c>runs/log-batch</c>.</summary>
    public Task LogBatchAsync(LogBatchRequest request, CancellationToken cancellation) =>
        PostAsync("runs/log-batch", request, MlflowJson.Default.LogBatchRequest, MlflowJson.Default.EmptyResponse, cancellation);

    /// <summary><c>runs/log-inputs</c>, from MLflow 2.4.</summary>
    public Task LogInputsAsync(LogInputsRequest request, CancellationToken cancellation) =>
        PostAsync("runs/log-inputs", request, MlflowJson.Default.LogInputsRequest, MlflowJson.Default.EmptyResponse, cancellation);

    /// <summary><c>metrics/get-history</c>, one page.</summary>
    public Task<MetricHistoryResponse> GetMetricHistoryAsync(string runId, string key, string? pageToken, CancellationToken cancellation) => GetAsync(
        $"metrics/get-history?run_id={Uri.EscapeDataString(runId)}&metric_key={Uri.EscapeDataString(key)}&max_results={HistoryPage}"
        + (pageToken is null ? "" : "&page_token=" + Uri.EscapeDataString(pageToken)),
        MlflowJson.Default.MetricHistoryResponse, cancellation);

    /// <summary><c>PUT mlflow-artifacts/artifacts</c>: a file through the server.</summary>
    /// <param name="root">Base address of the server that proxies the artifacts.</param>
    /// <param name="path">Path in the artifact store, not encoded.</param>
    /// <param name="content">The file, from its beginning.</param>
    /// <param name="cancellation">Stops the upload.</param>
    public async Task PutArtifactAsync(Uri root, string path, FileStream content, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, ArtifactAddress(root, path)) { Content = new StreamContent(content) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        request.Content.Headers.ContentLength = content.Length;
        await SendAsync(request, MlflowJson.Default.EmptyResponse, (_access.UploadTimeout, "MLFLOW_ARTIFACT_UPLOAD_DOWNLOAD_TIMEOUT"), cancellation);
    }

    /// <summary><c>GET mlflow-artifacts/artifacts?path=</c>: how many bytes of a file the server has; null when it does not say.</summary>
    public async Task<long?> TryReadArtifactSizeAsync(Uri root, string path, CancellationToken cancellation)
    {
        var slash = path.LastIndexOf('/');
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{ArtifactAddress(root, "").TrimEnd('/')}?path={Uri.EscapeDataString(path[..Math.Max(slash, 0)])}");
        try
        {
            var answer = await SendAsync(request, MlflowJson.Default.ListArtifactsResponse, Usual, cancellation);
            var files = (answer.Files ?? []).Where(f => !f.IsDir).ToList();
            var found = files.FirstOrDefault(f => f.Path.Split('/')[^1] == path[(slash + 1)..]);
            return found is null || files.All(f => f.FileSize is null) ? found?.FileSize : found.FileSize ?? 0;   // beside others, a file without a size is empty
        }
        catch (Exception e) when (e is MlflowException or HttpRequestException or TimeoutException)
        {
            return null;
        }
    }

    /// <summary><c>DELETE mlflow-artifacts/artifacts</c>, as far as the server can: older ones do not delete single files.</summary>
    public async Task TryDeleteArtifactAsync(Uri root, string path, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, ArtifactAddress(root, path));
        try
        {
            await SendAsync(request, MlflowJson.Default.EmptyResponse, (DeleteTimeout, null), cancellation);
        }
        catch (Exception e) when (e is MlflowException or HttpRequestException or TimeoutException)
        {
            // What is left of it there is overwritten by the next upload.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static string ArtifactAddress(Uri root, string path) =>
        $"{root.AbsoluteUri.TrimEnd('/')}/api/2.0/mlflow-artifacts/artifacts/{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}";

    private async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Address(path));
        return await SendAsync(request, type, Usual, cancellation);
    }

    private async Task<TAnswer> PostAsync<TBody, TAnswer>(string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<TAnswer> type, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Address(path)) { Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, bodyType)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return await SendAsync(request, type, Usual, cancellation);
    }

    private (TimeSpan Time, string? Variable) Usual => (_access.Timeout, "MLFLOW_HTTP_REQUEST_TIMEOUT");

    private string Address(string path) => $"{Server.Display}/api/2.0/mlflow/{path}";

    private async Task<T> SendAsync<T>(HttpRequestMessage request, JsonTypeInfo<T> type, (TimeSpan Time, string? Variable) allowed, CancellationToken cancellation)
    {
        if (request.Content is { Headers.ContentLength: null })
        {
            throw new InvalidOperationException($"{request.RequestUri} would be sent in chunks, which MLflow servers from 3.3 on read as empty; give the content a length.");
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(allowed.Time);
        try
        {
            using var response = await _http.SendAsync(request, limit.Token);
            var body = await response.Content.ReadAsByteArrayAsync(limit.Token);
            return response.IsSuccessStatusCode ? MlflowErrors.ReadAnswer(body, type, request.RequestUri!) : throw MlflowErrors.Read(response, body);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            var (place, connecting) = ($"{Server.Root.Host}:{Server.Root.Port}", MlflowAccess.ConnectTimeout);
            throw new TimeoutException(limit.IsCancellationRequested
                ? FormattableString.Invariant($"no answer within {allowed.Time.TotalSeconds:0.#} s{(allowed.Variable is { } name ? $" ({name})" : "")}")
                : FormattableString.Invariant($"no connection to {place} within {connecting.TotalSeconds:0} s; perhaps a firewall is between"));
        }
    }
}
