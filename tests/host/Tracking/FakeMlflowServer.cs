using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Parallax.Host.Experiments;

namespace Parallax.Host.Tests.Tracking;

/// <summary>An answer that is not the one the client hopes for.</summary>
internal sealed record Misbehaviour(int Status, string Body, string ContentType = "application/json")
{
    /// <summary>Seconds for the header Retry-After.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>Do what was asked, then cut the connection.</summary>
    public static Misbehaviour LoseAnswer { get; } = new(0, "");

    /// <summary>Store half of a file, then cut the connection.</summary>
    public static Misbehaviour BreakUpload { get; } = new(0, "half");

    /// <summary>Store half of a file, and say that it is done.</summary>
    public static Misbehaviour CutUpload { get; } = new(200, "{}");

    /// <summary>True for what stores half a file.</summary>
    public bool HalvesFiles => this == BreakUpload || this == CutUpload;

    /// <summary>True for what cuts the connection.</summary>
    public bool Disconnects => Status == 0;
}

/// <summary>
/// The part of an MLflow server that is used, as strict as the strictest version: it keeps to all limits, stores a batch whole or not at all,
/// and notes every request that a real server would take for an empty one. It misbehaves when told to.
/// </summary>
internal sealed class FakeMlflowServer : IDisposable
{
    private const string ArtifactPath = "mlflow-artifacts/artifacts/";
    private readonly ConcurrentDictionary<string, string> _experiments = new();
    private readonly ConcurrentDictionary<string, bool> _deletedExperiments = new();
    private static int s_ports;
    private readonly int _port;
    private HttpListener? _listener;

    public FakeMlflowServer(bool isUp = true)
    {
        _port = FreePort();
        if (isUp)
        {
            Up();
        }
    }

    public string Address => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}");

    public ConcurrentDictionary<string, FakeRun> Runs { get; } = new();

    public ConcurrentDictionary<string, byte[]> Artifacts { get; } = new();

    public ConcurrentQueue<string> Requests { get; } = new();

    public ConcurrentQueue<string?> Authorizations { get; } = new();

    /// <summary>What no client may do: bodies without length, wrong types, batches over the limits.</summary>
    public ConcurrentQueue<string> Violations { get; } = new();

    /// <summary>Asked for each request, by path and body; null answers as a good server does.</summary>
    public Func<string, string, Misbehaviour?> Misbehave { get; set; } = (_, _) => null;

    public string ArtifactRoot { get; set; } = "mlflow-artifacts:/1";

    /// <summary>Logged models and the registry.</summary>
    public FakeModels Models { get; } = new();

    /// <summary>Makes an experiment as someone else would.</summary>
    public string AddExperiment(string name)
    {
        CreateExperiment(name);
        return _experiments[name];
    }

    /// <summary>Makes a run as a launcher would, before the program starts.</summary>
    public FakeRun AddRun(string experiment)
    {
        var run = new FakeRun(Guid.NewGuid().ToString("N"), AddExperiment(experiment), $"{ArtifactRoot}/launched/artifacts", 1);
        Runs[run.Id] = run;
        return run;
    }

    public void Up()
    {
        // A listener that was aborted gives its port back a moment later.
        if (!SpinWait.SpinUntil(TryListen, TimeSpan.FromSeconds(10)))
        {
            throw new InvalidOperationException($"The port of {Address} stays taken.");
        }

        _ = ServeAsync(_listener!);
    }

    public void Down()
    {
        _listener?.Abort();
        _listener = null;
    }

    public void Dispose() => Down();

    private bool TryListen()
    {
        var listener = new HttpListener();
        listener.Prefixes.Add(Address + "/");
        try
        {
            listener.Start();
        }
        catch (HttpListenerException)
        {
            listener.Close();
            return false;
        }

        _listener = listener;
        return true;
    }

    // Below the ports that the system gives to clients: one that calls a server that is down again and again would sooner or later get the server's own port.
    private static int FreePort()
    {
        const int first = 20000, count = 12000;
        for (var attempt = 0; attempt < count; attempt++)
        {
            var port = first + (((Environment.ProcessId * 31) + Interlocked.Increment(ref s_ports)) % count);
            try
            {
                using var probe = new TcpListener(IPAddress.Loopback, port);
                probe.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken: the next one.
            }
        }

        throw new InvalidOperationException("No port is free.");
    }

    private async Task ServeAsync(HttpListener current)
    {
        while (current.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await current.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            _ = Task.Run(() => Answer(context));
        }
    }

    private void Answer(HttpListenerContext context)
    {
        var request = context.Request;
        var path = request.Url!.AbsolutePath.Split("/api/2.0/")[^1];
        using var buffer = new MemoryStream();
        request.InputStream.CopyTo(buffer);
        var bytes = request.ContentLength64 < 0 ? [] : buffer.ToArray();   // what uvicorn makes of a chunked body
        if (request.HttpMethod != "GET" && request.ContentLength64 < 0)
        {
            Violations.Enqueue($"{path}: no Content-Length");
        }

        if (request.HttpMethod == "POST" && request.ContentType?.StartsWith("application/json", StringComparison.Ordinal) != true)
        {
            Violations.Enqueue($"{path}: content type {request.ContentType}");
        }

        Requests.Enqueue(path);
        Authorizations.Enqueue(request.Headers["Authorization"]);
        var body = path.StartsWith("mlflow-artifacts", StringComparison.Ordinal) ? "" : Encoding.UTF8.GetString(bytes);
        var fault = Misbehave(path, body);
        var (status, answer) = fault is null || fault == Misbehaviour.LoseAnswer || fault.HalvesFiles
            ? Handle(request, path, body, fault?.HalvesFiles == true ? bytes[..(bytes.Length / 2)] : bytes)
            : (fault.Status, fault.Body);
        try
        {
            if (fault?.Disconnects == true)
            {
                context.Response.ContentLength64 = 100;
                context.Response.OutputStream.Write("{"u8);
                context.Response.OutputStream.Flush();
                context.Response.Abort();
                return;
            }

            context.Response.StatusCode = status;
            context.Response.ContentType = fault?.ContentType ?? "application/json";
            if (fault?.RetryAfter is { } seconds)
            {
                context.Response.Headers["Retry-After"] = seconds.ToString(CultureInfo.InvariantCulture);
            }

            var file = request.HttpMethod == "GET" && status == 200 ? Artifacts.GetValueOrDefault(ArtifactOf(path)) : null;
            context.Response.Close(file ?? Encoding.UTF8.GetBytes(answer), willBlock: true);
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException or IOException)
        {
            // The client went away, or the test took the server down.
        }
    }

    private (int Status, string Body) Handle(HttpListenerRequest request, string path, string body, byte[] bytes)
    {
        if (path.StartsWith(ArtifactPath, StringComparison.Ordinal))
        {
            return StoreOrDelete(request.HttpMethod, ArtifactOf(path), bytes);
        }

        var json = body.Length > 0 ? JsonNode.Parse(body)! : new JsonObject();
        lock (Runs)
        {
            return path switch
            {
                "mlflow-artifacts/artifacts" => ListArtifacts(request.QueryString["path"]!),
                "mlflow/experiments/get-by-name" => GetExperiment(request.QueryString["experiment_name"]!),
                "mlflow/experiments/get" => GetExperimentById(request.QueryString["experiment_id"]!),
                "mlflow/experiments/create" => CreateExperiment((string)json["name"]!),
                "mlflow/experiments/search" =>
                    (200, new JsonObject { ["experiments"] = new JsonArray([.. _experiments.Select(e => Experiment(e.Key, e.Value))]) }.ToJsonString()),
                "mlflow/runs/create" => CreateRun(json),
                "mlflow/runs/get" => WithRun(request.QueryString["run_id"]!, run => new JsonObject { ["run"] = run.ToJson() }.ToJsonString()),
                "mlflow/runs/search" => Search(json),
                "mlflow/runs/update" => WithActiveRun((string)json["run_id"]!, run => run.Update(json)),
                "mlflow/runs/log-batch" => LogBatch(json, body.Length),
                "mlflow/runs/log-inputs" => WithActiveRun((string)json["run_id"]!, run => run.AddInput(json)),
                "mlflow/metrics/get-history" =>
                    WithRun(request.QueryString["run_id"]!, run => run.History(request.QueryString["metric_key"]!, request.QueryString["max_results"])),
                _ => Models.Handle(request, path, json, Runs.GetValueOrDefault, ArtifactRoot) ?? (404, "<!doctype html><title>404 Not Found</title>"),
            };
        }
    }

    /// <summary>As <c>mlflow experiments delete</c>: its runs go with it.</summary>
    public void DeleteExperiments()
    {
        foreach (var (name, id) in _experiments)
        {
            _deletedExperiments[name] = true;
            foreach (var run in Runs.Values.Where(r => r.ExperimentId == id))
            {
                run.Stage = "deleted";
            }
        }
    }

    /// <summary>As <c>mlflow experiments restore</c>.</summary>
    public void RestoreExperiments()
    {
        _deletedExperiments.Clear();
        foreach (var run in Runs.Values)
        {
            run.Stage = "active";
        }
    }

    private static string ArtifactOf(string path) =>
        path.StartsWith(ArtifactPath, StringComparison.Ordinal) ? Uri.UnescapeDataString(path[ArtifactPath.Length..]) : "";

    private (int, string) StoreOrDelete(string method, string path, byte[] bytes)
    {
        if (method == "GET")
        {
            return Artifacts.ContainsKey(path) ? (200, "") : (404, """{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "no such file"}""");
        }

        if (method == "DELETE")
        {
            Artifacts.TryRemove(path, out _);
        }
        else
        {
            Artifacts[path] = bytes;
        }

        return (200, "{}");
    }

    private (int, string) ListArtifacts(string folder)
    {
        var files = Artifacts.Where(a =>
            a.Key.StartsWith(folder + "/", StringComparison.Ordinal) && !a.Key[(folder.Length + 1)..].Contains('/', StringComparison.Ordinal));
        return (200, new JsonObject { ["files"] = new JsonArray(
            [.. files.Select(f => FileJson(f.Key[(folder.Length + 1)..], f.Value.Length))]) }.ToJsonString());
    }

    private static JsonObject FileJson(string name, int size)
    {
        var file = new JsonObject { ["path"] = name, ["is_dir"] = false };
        if (size > 0)   // empty fields are left out
        {
            file["file_size"] = size;
        }

        return file;
    }

    private (int, string) GetExperiment(string name) => _experiments.TryGetValue(name, out var id)
        ? (200, new JsonObject { ["experiment"] = Experiment(name, id) }.ToJsonString())
        : Error(404, "RESOURCE_DOES_NOT_EXIST", $"Could not find experiment with name '{name}'");

    private JsonObject Experiment(string name, string id) =>
        new() { ["experiment_id"] = id, ["name"] = name, ["lifecycle_stage"] = _deletedExperiments.ContainsKey(name) ? "deleted" : "active" };

    private (int, string) CreateExperiment(string name)
    {
        var id = (_experiments.Count + 1).ToString(CultureInfo.InvariantCulture);
        return _experiments.TryAdd(name, id) ? (200, new JsonObject { ["experiment_id"] = id }.ToJsonString())
            : Error(400, "RESOURCE_ALREADY_EXISTS", "exists");
    }

    private (int, string) CreateRun(JsonNode json)
    {
        if (json["experiment_id"] is not JsonValue experiment || !experiment.TryGetValue<string>(out var id))
        {
            return Error(400, "BAD_REQUEST", "FOREIGN KEY constraint failed");
        }

        if (_experiments.Any(e => e.Value == id && _deletedExperiments.ContainsKey(e.Key)))
        {
            return Error(400, "INVALID_PARAMETER_VALUE", $"The experiment {id} must be in the 'active' state. Current state is deleted.");
        }

        var runId = Guid.NewGuid().ToString("N");
        var run = new FakeRun(runId, id, $"{ArtifactRoot}/{runId}/artifacts", (long)json["start_time"]!);
        foreach (var tag in json["tags"]!.AsArray())
        {
            run.Tags[(string)tag!["key"]!] = (string)tag["value"]!;
        }

        Runs[runId] = run;
        return (200, new JsonObject { ["run"] = run.ToJson() }.ToJsonString());
    }

    private (int, string) Search(JsonNode json)
    {
        var ids = json["experiment_ids"]!.AsArray().Select(i => (string)i!).ToHashSet();
        var wanted = ((string?)json["filter"])?.Split('`', '\'');   // tags.`KEY` = 'VALUE'
        var found = Runs.Values.Where(r =>
            ids.Contains(r.ExperimentId) && r.Stage == "active" && (wanted is null || r.Tags.GetValueOrDefault(wanted[1]) == wanted[3]))
            .OrderByDescending(r => r.StartTime).Take((int?)json["max_results"] ?? int.MaxValue);
        return (200, new JsonObject { ["runs"] = new JsonArray([.. found.Select(r => r.ToJson())]) }.ToJsonString());
    }

    private (int, string) GetExperimentById(string id) => _experiments.FirstOrDefault(e => e.Value == id) is { Key: { } name }
        ? (200, new JsonObject { ["experiment"] = Experiment(name, id) }.ToJsonString())
        : Error(404, "RESOURCE_DOES_NOT_EXIST", $"No Experiment with id={id} exists");

    private (int, string) LogBatch(JsonNode json, int size)
    {
        var metrics = json["metrics"]!.AsArray();
        var parameters = json["params"]!.AsArray();
        var tags = json["tags"]!.AsArray();
        if (metrics.Count > 1000 || parameters.Count > 100 || tags.Count > 100 || metrics.Count + parameters.Count + tags.Count > 1000 || size > 1_000_000)
        {
            Violations.Enqueue($"batch of {metrics.Count} + {parameters.Count} + {tags.Count}, {size} bytes");
            return Error(400, "INVALID_PARAMETER_VALUE", "too many");
        }

        return Runs.TryGetValue((string)json["run_id"]!, out var run)
            ? run.TryLog(metrics, parameters, tags) is { } fault ? Error(400, "INVALID_PARAMETER_VALUE", fault) : (200, "{}")
            : Error(404, "RESOURCE_DOES_NOT_EXIST", "no run");
    }

    private (int, string) WithRun(string id, Func<FakeRun, string> answer) =>
        Runs.TryGetValue(id, out var run) ? (200, answer(run)) : Error(404, "RESOURCE_DOES_NOT_EXIST", $"Run with id={id} not found");

    private (int, string) WithActiveRun(string id, Func<FakeRun, string> answer) => Runs.TryGetValue(id, out var run) && run.Stage == "deleted"
        ? Error(400, "INVALID_PARAMETER_VALUE", $"The run {id} must be in the 'active' state. Current state is deleted.")
        : WithRun(id, answer);

    private static (int, string) Error(int status, string code, string message) =>
        (status, new JsonObject { ["error_code"] = code, ["message"] = message }.ToJsonString());
}
