using System.Net.Http.Headers;
using System.Reflection;
using System.Text.Json;

namespace Parallax.Host.Tracking;

/// <summary>
/// Sends the calls of MLflow's REST interface and reads their answers. Throws <see cref="MlflowException"/>; what cannot be reached is an
/// <see cref="HttpRequestException"/> or a <see cref="TimeoutException"/>.
/// </summary>
internal sealed class MlflowClient : IDisposable
{
    private static readonly TimeSpan DeleteTimeout = TimeSpan.FromSeconds(3);   // also spent at the end of a run, where time is short
    private static readonly ProductInfoHeaderValue Agent = new("parallax", Assembly.GetExecutingAssembly().GetName().Version?.ToString(3) ?? "0");
    private readonly HttpClient _http;
    private readonly ServerAddress _server;
    private readonly MlflowAccess _access;

    public MlflowClient(ServerAddress server, MlflowAccess access)
    {
        _server = server;
        _access = access;
        _http = new HttpClient(access.CreateHandler()) { Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.UserAgent.Add(Agent);
        _http.DefaultRequestHeaders.Authorization = access.Authorization;
        if (access.Workspace is { } workspace)
        {
            _http.DefaultRequestHeaders.Add("X-MLFLOW-WORKSPACE", workspace);
        }
    }

    /// <summary>How often a request that only reads is repeated.</summary>
    public int ReadRetries => _access.ReadRetries;

    private (TimeSpan Time, string? Variable) Usual => (_access.Timeout, "MLFLOW_HTTP_REQUEST_TIMEOUT");

    /// <summary>A call that reads.</summary>
    /// <param name="call">For example <c>runs/get</c>.</param>
    /// <param name="values">Names and values behind the <c>?</c>; a value that is null is left out.</param>
    /// <param name="cancellation">Stops the call.</param>
    public async Task<T> GetAsync<T>(string call, (string Name, string? Value)[] values, CancellationToken cancellation)
    {
        var query = string.Join('&', values.Where(v => v.Value is not null).Select(v => $"{v.Name}={Uri.EscapeDataString(v.Value!)}"));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Address(call)}?{query}");
        return await SendAsync<T>(request, Usual, cancellation);
    }

    /// <summary>A call with a body. The body has a length: servers from 3.3 on read one in chunks as empty.</summary>
    public Task<T> PostAsync<T>(string call, object body, CancellationToken cancellation) => SendAsync<T>(HttpMethod.Post, call, body, cancellation);

    /// <summary>A call with a body that changes something.</summary>
    public Task<T> PatchAsync<T>(string call, object body, CancellationToken cancellation) => SendAsync<T>(HttpMethod.Patch, call, body, cancellation);

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
        await SendAsync<EmptyResponse>(request, (_access.UploadTimeout, "MLFLOW_ARTIFACT_UPLOAD_DOWNLOAD_TIMEOUT"), cancellation);
    }

    /// <summary><c>GET mlflow-artifacts/artifacts</c>: a file through the server.</summary>
    public async Task<byte[]> GetArtifactAsync(Uri root, string path, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, ArtifactAddress(root, path));
        return await SendAsync(request, (_access.UploadTimeout, "MLFLOW_ARTIFACT_UPLOAD_DOWNLOAD_TIMEOUT"), body => body, cancellation);
    }

    /// <summary><c>GET mlflow-artifacts/artifacts?path=</c>: the files of a folder.</summary>
    public async Task<IReadOnlyList<MlflowFile>> ListArtifactsAsync(Uri root, string folder, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, ListAddress(root, folder));
        return Files(await SendAsync<ListArtifactsResponse>(request, Usual, cancellation));
    }

    /// <summary><c>GET mlflow-artifacts/artifacts?path=</c>: how many bytes of a file the server has; null when it does not say.</summary>
    public async Task<long?> TryReadArtifactSizeAsync(Uri root, string path, CancellationToken cancellation)
    {
        var slash = path.LastIndexOf('/');
        var files = Files(await TryAsync<ListArtifactsResponse>(HttpMethod.Get, ListAddress(root, path[..Math.Max(slash, 0)]), Usual, cancellation));
        var found = files.FirstOrDefault(f => f.Path.Split('/')[^1] == path[(slash + 1)..]);
        return found is null || files.All(f => f.FileSize is null) ? found?.FileSize : found.FileSize ?? 0;   // beside others, a file without a size is empty
    }

    /// <summary>
    /// <c>DELETE mlflow-artifacts/artifacts</c>, as far as the server can: older ones do not delete single files. What is left, the next upload overwrites.
    /// </summary>
    public Task TryDeleteArtifactAsync(Uri root, string path, CancellationToken cancellation) =>
        TryAsync<EmptyResponse>(HttpMethod.Delete, ArtifactAddress(root, path), (DeleteTimeout, null), cancellation);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static string ArtifactAddress(Uri root, string path) =>
        $"{root.AbsoluteUri.TrimEnd('/')}/api/2.0/mlflow-artifacts/artifacts/{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}";

    private static string ListAddress(Uri root, string folder) => $"{ArtifactAddress(root, "").TrimEnd('/')}?path={Uri.EscapeDataString(folder)}";

    private static List<MlflowFile> Files(ListArtifactsResponse? answer) => [.. (answer?.Files ?? []).Where(file => !file.IsDir)];

    private string Address(string call) => $"{_server.Display}/api/2.0/mlflow/{call}";

    private async Task<T> SendAsync<T>(HttpMethod method, string call, object body, CancellationToken cancellation)
    {
        var json = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, body.GetType(), MlflowJson.Default));
        using var request = new HttpRequestMessage(method, Address(call)) { Content = json };
        json.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return await SendAsync<T>(request, Usual, cancellation);
    }

    private async Task<T?> TryAsync<T>(HttpMethod method, string address, (TimeSpan Time, string? Variable) allowed, CancellationToken cancellation)
        where T : class
    {
        using var request = new HttpRequestMessage(method, address);
        try
        {
            return await SendAsync<T>(request, allowed, cancellation);
        }
        catch (Exception e) when (e is MlflowException or HttpRequestException or TimeoutException)
        {
            return null;
        }
    }

    private Task<T> SendAsync<T>(HttpRequestMessage request, (TimeSpan Time, string? Variable) allowed, CancellationToken cancellation) =>
        SendAsync(request, allowed, body => MlflowAnswer.Read<T>(body, request.RequestUri!), cancellation);

    private async Task<T> SendAsync<T>(
        HttpRequestMessage request, (TimeSpan Time, string? Variable) allowed, Func<byte[], T> read, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(allowed.Time);
        try
        {
            using var response = await _http.SendAsync(request, limit.Token);
            var body = await response.Content.ReadAsByteArrayAsync(limit.Token);
            return response.IsSuccessStatusCode ? read(body) : throw MlflowAnswer.ReadError(response, body);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            var (place, connecting) = ($"{_server.Root.Host}:{_server.Root.Port}", MlflowAccess.ConnectTimeout);
            throw new TimeoutException(limit.IsCancellationRequested
                ? FormattableString.Invariant($"no answer within {allowed.Time.TotalSeconds:0.#} s{(allowed.Variable is { } name ? $" ({name})" : "")}")
                : FormattableString.Invariant($"no connection to {place} within {connecting.TotalSeconds:0} s; perhaps a firewall is between"), e);
        }
    }
}
