namespace Parallax.Host.Tracking;

/// <summary>Stores by their address.</summary>
/// <param name="environment">Reads an environment variable.</param>
/// <param name="time">Clock.</param>
/// <param name="variableNames">Names of all environment variables that are set; null when only those asked for matter.</param>
internal sealed class TrackingStores(Func<string, string?> environment, TimeProvider time, Func<IEnumerable<string>>? variableNames = null)
{
    /// <summary>MLflow's environment variables.</summary>
    public MlflowEnvironment Variables { get; } = new(environment);

    /// <summary>Names of all environment variables that are set.</summary>
    public IEnumerable<string> VariableNames => variableNames?.Invoke() ?? [];

    /// <summary>The address that counts; see <see cref="TrackingAddress.Resolve"/>.</summary>
    public TrackingAddress Resolve(string? configured) => TrackingAddress.Resolve(configured, environment);

    /// <summary>The store at an address, not opened yet.</summary>
    public ITrackingStore At(TrackingAddress address) => address switch
    {
        SqliteAddress sqlite => new SqliteStore(sqlite.File, time),
        ServerAddress server => new RestStore(server, Variables, time),
        _ => throw new ArgumentException($"unknown kind of address: {address}", nameof(address)),
    };
}
