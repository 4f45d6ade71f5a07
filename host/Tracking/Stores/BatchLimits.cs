namespace Parallax.Host.Tracking;

/// <summary>How much one batch may hold. The defaults are MLflow's; some hosted services take less.</summary>
internal sealed record BatchLimits
{
    /// <summary>Metrics.</summary>
    public int Metrics { get; init; } = 1000;

    /// <summary>Parameters.</summary>
    public int Params { get; init; } = 100;

    /// <summary>Tags.</summary>
    public int Tags { get; init; } = 100;

    /// <summary>Metrics, parameters and tags together.</summary>
    public int Total { get; init; } = 1000;

    /// <summary>Size of the body in bytes; the documented limit of a server is 1,000,000.</summary>
    public int Bytes { get; init; } = 900_000;
}
