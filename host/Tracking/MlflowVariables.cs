using Parallax.Host.Configuration;
using Parallax.Host.Plugins;

namespace Parallax.Host.Tracking;

/// <summary>MLflow's environment variables: which of them count here. The tables of the documentation are written from this one.</summary>
internal static class MlflowVariables
{
    private const string OfArtifactStores = "files go through the server, never straight to its artifact store";
    private const string OneRequest = "a file is sent in one request";
    private const string OwnRetries = "values wait on disk and are sent again after 1 to 60 seconds until they arrive, or as long as the server's " +
        "Retry-After asks";
    private const string InBackground = "values are always sent in the background, in batches";

    // Prefixes of what belongs to servers and to MLflow's other parts: often set on the same machine, and nothing that a run could use.
    private static readonly string[] OfOtherParts =
    [
        "MLFLOW_SERVER_", "MLFLOW_BACKEND_", "MLFLOW_DEFAULT_ARTIFACT_ROOT", "MLFLOW_ARTIFACTS_DESTINATION", "MLFLOW_AUTH_", "MLFLOW_SQLALCHEMYSTORE_",
        "MLFLOW_GATEWAY_", "MLFLOW_DEPLOYMENT", "MLFLOW_TRACE_", "MLFLOW_TRACING_", "MLFLOW_FLASK_", "MLFLOW_HOST", "MLFLOW_PORT", "MLFLOW_WORKERS",
    ];

    /// <summary>All that are known, those that count first.</summary>
    public static IReadOnlyList<MlflowVariable> All { get; } =
    [
        Used("MLFLOW_TRACKING_URI", "the store, where `tracking.uri` is not set"),
        Used("MLFLOW_EXPERIMENT_NAME", "the experiment, where `tracking.experiment` is not set"),
        Used("MLFLOW_EXPERIMENT_ID", "the experiment by its number, where neither `tracking.experiment` nor `MLFLOW_EXPERIMENT_NAME` is set"),
        Used("MLFLOW_RUN_ID", "a run that is there already, made by `mlflow run` or another launcher: training, the demo or the leaderboard logs into it " +
            "and ends it"),
        Used("MLFLOW_RUN_NAME", "the name of a new run, where `tracking.runName` is not set"),
        Used("MLFLOW_TRACKING_USERNAME", "basic authentication, together with the next one; else `user:password@` in the address, else the token, else " +
            "`~/.mlflow/credentials`"),
        Used("MLFLOW_TRACKING_PASSWORD", "see the line before"),
        Used("MLFLOW_TRACKING_TOKEN", "bearer token"),
        Used("MLFLOW_TRACKING_INSECURE_TLS", "`true`: the server's certificate is not checked"),
        Used("MLFLOW_TRACKING_SERVER_CERT_PATH", "the authorities in this PEM file are trusted instead of the system's"),
        Used("MLFLOW_TRACKING_CLIENT_CERT_PATH", "certificate and key (PEM) to show to the server"),
        Used("MLFLOW_WORKSPACE", "workspace, on servers that have them"),
        Used("MLFLOW_HTTP_REQUEST_TIMEOUT", "seconds per request, 120 without it"),
        Used("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "how often a request that only reads is repeated (`parallax runs`), 2 without it; what a run logs is sent " +
            "until it arrives, whatever this says"),
        Used("MLFLOW_ARTIFACT_UPLOAD_DOWNLOAD_TIMEOUT", "seconds per file, 1800 without it"),
        Used("MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING", "`false`: the machine is not measured"),
        Used("MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL", "seconds between two measurements of the machine, where `tracking.systemMetricsInterval` has its " +
            "default"),
        Unused("MLFLOW_TRACKING_AUTH", "sign-in plug-ins of Python cannot run here; use a token, or user and password"),
        Unused("MLFLOW_TRACKING_AWS_SIGV4", "requests are not signed for AWS; use a token, or user and password"),
        Unused("MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR", OwnRetries),
        Unused("MLFLOW_HTTP_REQUEST_BACKOFF_JITTER", OwnRetries),
        Unused("MLFLOW_HTTP_RESPECT_RETRY_AFTER_HEADER", OwnRetries),
        Unused("MLFLOW_ALLOW_HTTP_REDIRECTS", "no redirection is followed; the message says where it leads"),
        Unused("MLFLOW_ENABLE_ASYNC_LOGGING", InBackground),
        Unused("MLFLOW_ASYNC_LOGGING_THREADPOOL_SIZE", InBackground),
        Unused("MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD", OneRequest),
        Unused("MLFLOW_ENABLE_MULTIPART_UPLOAD", OneRequest),
        Unused("MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE", OneRequest),
        Unused("MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE", OneRequest),
        Unused("MLFLOW_S3_ENDPOINT_URL", OfArtifactStores),
        Unused("MLFLOW_S3_IGNORE_TLS", OfArtifactStores),
        Unused("MLFLOW_S3_UPLOAD_EXTRA_ARGS", OfArtifactStores),
        Unused("MLFLOW_TRUNCATE_LONG_VALUES", "values that are too long are always cut, with a line that says so"),
        Unused("MLFLOW_SYSTEM_METRICS_SAMPLES_BEFORE_LOGGING", "every measurement is logged"),
        Unused("MLFLOW_SYSTEM_METRICS_NODE_ID", "the first process measures its machine; the others measure nothing"),
        Unused("MLFLOW_REGISTRY_URI", "models are registered in the store of their run"),
        Unused("MLFLOW_TRACKING_DIR", "the old file store is not written; use `MLFLOW_TRACKING_URI`"),
        Unused("MLFLOW_RUN_CONTEXT", "use `tracking.tags`"),
        Unused("MLFLOW_TAGS", "use `tracking.tags`"),
        Unused("MLFLOW_NESTED_RUN", "use `tracking.parentRun`"),
    ];

    /// <summary>One line per variable that is set and does nothing here: not used, overruled by the recipe, or not known.</summary>
    /// <param name="environment">Reads a variable.</param>
    /// <param name="names">Names of all variables that are set.</param>
    /// <param name="options">What the recipe says.</param>
    public static IReadOnlyList<string> Ineffective(Func<string, string?> environment, IEnumerable<string> names, TrackingOptions options)
    {
        bool IsSet(string name) => !string.IsNullOrWhiteSpace(environment(name));
        var mine = names.Where(name => name.StartsWith("MLFLOW_", StringComparison.Ordinal) && IsSet(name)).Order(StringComparer.Ordinal).ToList();
        var lines = All.Where(v => !v.IsUsed && IsSet(v.Name)).Select(v => $"{v.Name} is set, which does nothing here: {v.Effect}.").ToList();
        lines.AddRange(Overruled(IsSet, options));
        var unknown = mine.Where(name => All.All(v => v.Name != name) && !OfOtherParts.Any(name.StartsWith)).ToList();
        if (unknown.Count > 0)
        {
            var named = unknown.Select(name => name + (Nearest(name) is { } near ? $" (perhaps {near} is meant)" : ""));
            lines.Add($"Set, but not known here: {string.Join(", ", named)}.");
        }

        return lines;
    }

    private static string? Nearest(string name) =>
        All.FirstOrDefault(v => v.Name.StartsWith(name, StringComparison.Ordinal))?.Name ?? NearestName.Of(name, All.Select(v => v.Name));

    private static IEnumerable<string> Overruled(Func<string, bool> isSet, TrackingOptions options)
    {
        (string Name, string By)?[] pairs =
        [
            options.Uri is null ? null : ("MLFLOW_TRACKING_URI", "tracking.uri"),
            options.Experiment is null ? null : ("MLFLOW_EXPERIMENT_NAME", "tracking.experiment"),
            options.Experiment is not null ? ("MLFLOW_EXPERIMENT_ID", "tracking.experiment")
                : isSet("MLFLOW_EXPERIMENT_NAME") ? ("MLFLOW_EXPERIMENT_ID", "MLFLOW_EXPERIMENT_NAME")
                : null,
            options.RunName is null ? null : ("MLFLOW_RUN_NAME", "tracking.runName"),
            isSet("MLFLOW_TRACKING_PASSWORD") ? null : ("MLFLOW_TRACKING_USERNAME", "its missing password, MLFLOW_TRACKING_PASSWORD"),
            isSet("MLFLOW_TRACKING_USERNAME") ? null : ("MLFLOW_TRACKING_PASSWORD", "its missing user, MLFLOW_TRACKING_USERNAME"),
        ];

        return pairs.OfType<(string Name, string By)>().Where(pair => isSet(pair.Name)).Select(pair => $"{pair.Name} is set, which does nothing here " +
            $"because of {pair.By}.");
    }

    private static MlflowVariable Used(string name, string effect) => new(name, true, effect);

    private static MlflowVariable Unused(string name, string reason) => new(name, false, reason);
}

/// <summary>One of MLflow's environment variables, and what becomes of it here.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsUsed">True when it does here what it does in MLflow.</param>
/// <param name="Effect">What it does, or why it does nothing.</param>
internal sealed record MlflowVariable(string Name, bool IsUsed, string Effect);
