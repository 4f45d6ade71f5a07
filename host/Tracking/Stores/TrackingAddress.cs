namespace Parallax.Host.Tracking;

/// <summary>Where runs are kept, read from a tracking URI as MLflow's own client reads it.</summary>
internal abstract record TrackingAddress
{
    /// <summary>What MLflow uses since 3.7 when nothing is set.</summary>
    public const string Default = "sqlite:///mlflow.db";

    /// <summary>The address without credentials; safe to log and to store.</summary>
    public abstract string Display { get; }

    /// <summary>The address that counts: the configured one, else <c>MLFLOW_TRACKING_URI</c>, else <see cref="Default"/>.</summary>
    /// <param name="configured">Value of <c>tracking.uri</c>; null or empty when not set.</param>
    /// <param name="environment">Reads an environment variable.</param>
    /// <exception cref="ConfigurationException">The address cannot be understood.</exception>
    public static TrackingAddress Resolve(string? configured, Func<string, string?> environment)
    {
        if (!string.IsNullOrWhiteSpace(configured))
        {
            return Parse(configured.Trim(), "tracking.uri");
        }

        var fromEnvironment = environment("MLFLOW_TRACKING_URI");
        return string.IsNullOrWhiteSpace(fromEnvironment) ? Parse(Default, "the default") : Parse(fromEnvironment.Trim(), "MLFLOW_TRACKING_URI");
    }

    /// <summary>Reads one address.</summary>
    /// <param name="text">For example <c>sqlite:///mlflow.db</c> or <c>https://host/prefix</c>.</param>
    /// <param name="source">Where the text was written, for messages.</param>
    /// <exception cref="ConfigurationException">The address cannot be understood.</exception>
    public static TrackingAddress Parse(string text, string source)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var scheme = colon > 1 ? text[..colon].Split('+')[0].ToLowerInvariant() : "";   // one letter before ':' is a Windows drive
        return scheme switch
        {
            "http" or "https" => ParseServer(text, source),
            "sqlite" => ParseSqlite(text, source),
            _ => throw UnsupportedStores.Explain(text, scheme, source),
        };
    }

    private static ServerAddress ParseServer(string text, string source)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
        {
            throw new ConfigurationException($"{source} is '{SecretScrubber.ScrubAddress(text)}', which is no valid web address; expected for example " +
                "http://localhost:5000.");
        }

        var root = uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
        return new ServerAddress(new Uri(root.EndsWith('/') ? root[..^1] : root), uri.UserInfo.Length == 0 ? null : Uri.UnescapeDataString(uri.UserInfo));
    }

    private static SqliteAddress ParseSqlite(string text, string source)
    {
        var rest = text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..];
        var path = rest.StartsWith("///", StringComparison.Ordinal) ? rest[3..].Split('?')[0] : "";
        if (path.Length == 0 || path == ":memory:")
        {
            var meant = path.Length == 0 && rest.TrimStart('/').Split('?')[0] is { Length: > 0 } file ? $" Perhaps sqlite:///{file} is meant." : "";
            throw new ConfigurationException(
                $"{source} is '{text}', which names no file; expected sqlite:///FILE (relative) or sqlite:////ABSOLUTE/FILE, for example {Default}.{meant}");
        }

        return new SqliteAddress(Path.GetFullPath(UserPath.Expand(path, source)));
    }
}

/// <summary>A tracking server.</summary>
/// <param name="Root">Base address with its path prefix, without a trailing slash in the path and without credentials.</param>
/// <param name="UserInfo">Credentials that were written into the address, <c>user:password</c>; null without.</param>
internal sealed record ServerAddress(Uri Root, string? UserInfo) : TrackingAddress
{
    /// <inheritdoc/>
    public override string Display => Root.AbsoluteUri.TrimEnd('/');

    /// <summary>Never shows the credentials.</summary>
    public override string ToString() => Display;
}

/// <summary>A database file in MLflow's own format.</summary>
/// <param name="File">Absolute path.</param>
internal sealed record SqliteAddress(string File) : TrackingAddress
{
    /// <inheritdoc/>
    public override string Display => "sqlite:///" + File;

    /// <inheritdoc/>
    public override string ToString() => Display;
}
