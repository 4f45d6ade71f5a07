using System.Text.RegularExpressions;

namespace Parallax.Host.Tracking;

/// <summary>Says what an address names that runs cannot be written to, and which address to use instead.</summary>
internal static partial class UnsupportedStores
{
    private const string Instead = $"Use a database file, for example {TrackingAddress.Default}, or the http:// or https:// address of an MLflow server.";

    private static readonly Dictionary<string, string> Services = new()
    {
        ["databricks"] = "the tracking service of a Databricks workspace",
        ["databricks-uc"] = "the Unity Catalog of a Databricks workspace, a registry of models",
        ["uc"] = "a Unity Catalog, a registry of models",
        ["azureml"] = "the tracking service of an Azure Machine Learning workspace",
        ["arn"] = "the name of an MLflow server in Amazon SageMaker",
    };

    private static readonly HashSet<string> Databases = ["postgresql", "postgres", "mysql", "mariadb", "mssql", "oracle", "cockroachdb"];

    private static readonly HashSet<string> FileStores =
        ["s3", "s3a", "s3n", "gs", "wasb", "wasbs", "abfs", "abfss", "adl", "hdfs", "viewfs", "dbfs", "ftp", "sftp", "r2", "b2", "oss", "mlflow-artifacts"];

    /// <summary>The error for an address that is neither a server nor a database file.</summary>
    /// <param name="text">The address.</param>
    /// <param name="scheme">What stands before its colon, in lower case; empty for a plain path.</param>
    /// <param name="source">Where the address was written.</param>
    public static ConfigurationException Explain(string text, string scheme, string source) => new(
        $"{source} is '{SecretScrubber.ScrubAddress(text)}', " +
            $"{(scheme.Length == 0 || scheme == "file" ? ExplainPath(text) : HostAndPort().IsMatch(text) ? ExplainHost(text) : ExplainScheme(scheme))}");

    private static string ExplainScheme(string scheme) => scheme switch
    {
        _ when Services.TryGetValue(scheme, out var service) => $"{service}. It has a sign-in of its own, which Parallax does not have. {Instead}",
        _ when Databases.Contains(scheme) =>
            $"a {scheme} database. Parallax writes to one through an MLflow server only: start 'mlflow server --backend-store-uri ...' with it and use the " +
                $"server's http:// address, or use {TrackingAddress.Default}.",
        _ when FileStores.Contains(scheme) =>
            $"a place for files, not for runs. Give it to an MLflow server ('mlflow server --artifacts-destination ...') and use the server's http:// " +
                $"address, or use {TrackingAddress.Default}.",
        "runs" or "models" => $"something inside a store, not a store. {Instead}",
        _ => $"whose scheme '{scheme}' names no store that is known here; expected http://..., https://... or sqlite:///FILE, for example " +
            $"{TrackingAddress.Default}.",
    };

    private static string ExplainPath(string text)
    {
        if (text.ToLowerInvariant() is "databricks" or "databricks-uc")   // MLflow takes the bare words, too
        {
            return ExplainScheme(text.ToLowerInvariant());
        }

        if (HostAndPort().IsMatch(text))
        {
            return ExplainHost(text);
        }

        var path = text.StartsWith("file:", StringComparison.OrdinalIgnoreCase) ? LocalArtifacts.PathOf(text) : text;
        return IsDatabaseFile(path)
            ? $"the path of a file. A database file is written as sqlite:///{path}{(path.StartsWith('/') ? " (an absolute path has four slashes)" : "")}."
            : $"a folder of MLflow's file store, which MLflow itself refuses since 3.13. Use a database file, for example {TrackingAddress.Default} " +
              "(absolute paths have four slashes: sqlite:////data/mlflow.db), or the address of a server, for example http://localhost:5000.";
    }

    private static string ExplainHost(string text) => $"a host and a port without a scheme. For a tracking server write http://{text} or https://{text}.";

    private static bool IsDatabaseFile(string path) => Path.GetExtension(path).ToLowerInvariant() is ".db" or ".sqlite" or ".sqlite3" || File.Exists(path);

    [GeneratedRegex(@"^(localhost|[\w-]+(\.[\w-]+)*):\d{2,5}(/[^/].*)?/?$",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex HostAndPort();
}
