using Microsoft.Extensions.Logging;
using Parallax.Contracts;
using Parallax.Host.Configuration;

namespace Parallax.Host.Tracking;

/// <summary>Opens what a recipe's section <c>tracking</c> names: to write runs, to read them, to send what is left.</summary>
internal sealed class Trackers(TrackingStores stores, RetryPolicy retry, TimeProvider time, ILoggerFactory loggers)
{
    /// <summary>Writes runs.</summary>
    public ITrackerFactory For(TrackingOptions options) => new TrackerFactory(SettingsOf(options), stores, retry, time, loggers);

    /// <summary>
    /// Starts a run for results that are there already, or continues one to say how it ended. Never throws because of the store or of our own folder: what the store
    /// refuses is kept on disk, and where there is no place to keep it, a warning says that it is not.
    /// </summary>
    public ITrackedRun Record(TrackingOptions options, RunDescription run) => new TrackerFactory(SettingsOf(options), stores, retry, time, loggers).Record(run);

    /// <summary>Where the store is.</summary>
    public TrackingAddress AddressOf(TrackingOptions options) => stores.Resolve(options.Uri);

    /// <summary>Reads runs. The caller disposes the reader.</summary>
    /// <exception cref="ConfigurationException">There is no such store.</exception>
    public RunReader Read(TrackingOptions options)
    {
        var address = stores.Resolve(options.Uri);
        if (address is SqliteAddress { File: var file } && !File.Exists(file))
        {
            throw new ConfigurationException($"There is no tracking file {file} yet. 'parallax demo' makes one here; --uri, tracking.uri or MLFLOW_TRACKING_URI name another place.");
        }

        try
        {
            return new RunReader(stores.Open(address), address, new SpoolFolder(SettingsOf(options).EffectiveSpoolFolder));
        }
        catch (StoreException e)
        {
            throw new ConfigurationException(e.Message);
        }
    }

    /// <summary>What waits to be sent, or was refused, of all stores. Sends or discards it.</summary>
    public SpoolContent Waiting(TrackingOptions options)
    {
        var spool = new SpoolFolder(SettingsOf(options).EffectiveSpoolFolder);
        return new(spool, new SpoolReplay(spool, stores, new BatchLimits(), retry, time, loggers.CreateLogger("Tracking")));
    }

    private static TrackingSettings SettingsOf(TrackingOptions options) => new()
    {
        Uri = options.Uri,
        SpoolFolder = options.Spool,
        SystemMetricsInterval = options.SystemMetricsInterval,
        RequiresServer = options.OnUnreachable == UnreachablePolicy.Fail,
    };
}
