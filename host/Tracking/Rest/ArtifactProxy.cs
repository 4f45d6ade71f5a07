namespace Parallax.Host.Tracking;

/// <summary>A place that takes artifacts over HTTP.</summary>
/// <param name="Root">Base address of the server.</param>
/// <param name="Path">Path of the run's artifacts there, without slashes at its ends.</param>
internal sealed record ArtifactProxy(Uri Root, string Path)
{
    private const string Scheme = "mlflow-artifacts:";

    /// <summary>Where to upload for an artifact location; null when it is not one that a server proxies.</summary>
    /// <param name="artifactUri">For example <c>mlflow-artifacts:/7/RUN/artifacts</c>, or with a host of its own.</param>
    /// <param name="trackingRoot">Base address of the tracking server.</param>
    public static ArtifactProxy? Locate(string artifactUri, Uri trackingRoot)
    {
        if (!artifactUri.StartsWith(Scheme, StringComparison.Ordinal))
        {
            return null;
        }

        var rest = artifactUri[Scheme.Length..];
        if (!rest.StartsWith("//", StringComparison.Ordinal) || rest.StartsWith("///", StringComparison.Ordinal))
        {
            return new ArtifactProxy(trackingRoot, rest.Trim('/'));
        }

        var parts = rest[2..].Split('/', 2);
        return new ArtifactProxy(new Uri($"{trackingRoot.Scheme}://{parts[0]}"), parts.Length > 1 ? parts[1].Trim('/') : "");
    }
}
