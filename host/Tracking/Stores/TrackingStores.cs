namespace Parallax.Host.Tracking;

/// <summary>Opens stores by their address.</summary>
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

    /// <summary>Opens a store; a database file is created when it is missing.</summary>
    /// <exception cref="StoreException">The file cannot be used.</exception>
    /// <exception cref="Contracts.ConfigurationException">The environment asks for something impossible.</exception>
    public ITrackingStore Open(TrackingAddress address) => address switch
    {
        SqliteAddress sqlite => SqliteStore.Open(sqlite.File, time),
        ServerAddress server => new RestStore(MlflowClient.Create(server, MlflowAccess.FromEnvironment(server, environment)), time),
        _ => throw new ArgumentException($"unknown kind of address: {address}", nameof(address)),
    };
}
