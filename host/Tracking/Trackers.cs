using Microsoft.Extensions.Logging;
using Parallax.Contracts;
using Parallax.Host.Configuration;

namespace Parallax.Host.Tracking;

/// <summary>Opens what a recipe's section <c>tracking</c> names: to write runs, to read them, to send what is left.</summary>
internal sealed class Trackers(TrackingStores stores, RetryPolicy retry, TimeProvider time, ILoggerFactory loggers)
{
    /// <summary>Writes runs.</summary>
    public ITrackerFactory For(TrackingOptions options) => new TrackerFactory(SettingsOf(options), stores, retry, time, loggers);

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
            var store = stores.Open(address);
            if (store is SqliteStore { Notice: { } notice })
            {
                loggers.CreateLogger("Tracking").LogInformation("{Notice}", notice);
            }

            return new RunReader(store, address, new SpoolFolder(SettingsOf(options).EffectiveSpoolFolder));
        }
        catch (StoreException e)
        {
            throw new ConfigurationException(e.Message);
        }
    }

    /// <summary>Sends what earlier processes could not, to all stores.</summary>
    public Task<IReadOnlyList<ReplayResult>> SendAsync(TrackingOptions options, CancellationToken cancellation) =>
        new SpoolReplay(new SpoolFolder(SettingsOf(options).EffectiveSpoolFolder), stores, new BatchLimits(), retry, loggers.CreateLogger("Tracking")).SendAllAsync(null, cancellation);

    private static TrackingSettings SettingsOf(TrackingOptions options) => new()
    {
        Uri = options.Uri,
        SpoolFolder = options.Spool,
        SystemMetricsInterval = options.SystemMetricsInterval,
        RequiresServer = options.OnUnreachable == UnreachablePolicy.Fail,
    };
}
