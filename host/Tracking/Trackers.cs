using Microsoft.Extensions.Logging;
using Parallax.Host.Configuration;

namespace Parallax.Host.Tracking;

/// <summary>Opens what a recipe's section <c>tracking</c> names: to write runs, to read them, to send what is left.</summary>
internal sealed class Trackers(TrackingStores stores, RetryPolicy retry, TimeProvider time, ILoggerFactory loggers)
{
    private static readonly TimeSpan UsualInterval = new TrackingOptions().SystemMetricsInterval;
    private int _hasTold;

    /// <summary>Writes runs.</summary>
    public RunStarter For(TrackingOptions options)
    {
        TellOnce(options);
        return new RunStarter(SettingsOf(options), stores, retry, time, loggers);
    }

    /// <summary>The run that a launcher made for this process, when a run of these options would go on with it; null when there is none.</summary>
    /// <exception cref="ConfigurationException"><c>MLFLOW_RUN_ID</c> is no identifier.</exception>
    public string? RunIdFromEnvironment(TrackingOptions options) => options.ParentRun is null ? stores.Variables.RunId("MLFLOW_RUN_ID") : null;

    /// <summary>
    /// Starts a run for results that are there already, or continues one to say how it ended. Never throws because of the store or of our own folder:
    /// what the store refuses is kept on disk, and where there is no place to keep it, a warning says that it is not.
    /// </summary>
    public ITrackedRun Record(TrackingOptions options, RunDescription run)
    {
        try
        {
            return new RunStarter(SettingsOf(options), stores, retry, time, loggers).Record(run);
        }
        catch (ConfigurationException e)   // of a variable that cannot be read
        {
            return UntrackedRun.Instead(run, e.Message, loggers.CreateLogger("Tracking"));
        }
    }

    /// <summary>Logs models with runs that are there already.</summary>
    /// <exception cref="ConfigurationException">The address cannot be understood.</exception>
    public ModelLog Models(TrackingOptions options)
    {
        var settings = SettingsOf(options);
        var spool = new SpoolFolder(settings.EffectiveSpoolFolder);
        var address = AddressOf(options);
        var replay = new SpoolReplay(spool, stores.At, retry, time, loggers.CreateLogger("Tracking")) { Current = address };

        return new(spool, replay, address, stores.At, RunTags.Experiment(options), time);
    }

    /// <summary>Where the store is.</summary>
    public TrackingAddress AddressOf(TrackingOptions options) => stores.Resolve(options.Uri);

    /// <summary>Reads runs. The caller disposes the reader.</summary>
    /// <exception cref="ConfigurationException">There is no such store.</exception>
    public RunReader Read(TrackingOptions options)
    {
        var address = stores.Resolve(options.Uri);
        if (address is SqliteAddress { File: var file } && !File.Exists(file))
        {
            throw new ConfigurationException(
                $"There is no tracking file {file} yet. 'parallax demo' makes one here; --uri, tracking.uri or MLFLOW_TRACKING_URI name another place.");
        }

        var store = stores.At(address);
        try
        {
            if (store.Open() is { } notice)
            {
                loggers.CreateLogger("Tracking").LogInformation("{Notice}", notice);
            }
        }
        catch (StoreException e)
        {
            throw new ConfigurationException(e.Message);
        }

        return new RunReader(store, address, new SpoolFolder(SettingsOf(options).EffectiveSpoolFolder));
    }

    /// <summary>What waits to be sent, or was refused, of all stores. Sends or discards it.</summary>
    public SpoolContent Waiting(TrackingOptions options)
    {
        var spool = new SpoolFolder(SettingsOf(options).EffectiveSpoolFolder);
        var logger = loggers.CreateLogger("Tracking");
        return new(spool, new SpoolReplay(spool, stores.At, retry, time, logger) { Current = TryAddressOf(options) });
    }

    // What waits names its stores itself; the address of the recipe or the environment may add credentials.
    private TrackingAddress? TryAddressOf(TrackingOptions options)
    {
        try
        {
            return AddressOf(options);
        }
        catch (ConfigurationException)
        {
            return null;
        }
    }

    // Once per process: the runs below another one say nothing new.
    private void TellOnce(TrackingOptions options)
    {
        if (Interlocked.Exchange(ref _hasTold, 1) == 1)
        {
            return;
        }

        var logger = loggers.CreateLogger("Tracking");
        foreach (var line in MlflowVariables.Ineffective(stores.Variables.Text, stores.VariableNames, options))
        {
            logger.LogInformation("{Line}", line);
        }
    }

    private TimeSpan IntervalOf(TrackingOptions options) =>
        stores.Variables.Flag("MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING") == false ? TimeSpan.Zero
        : options.SystemMetricsInterval != UsualInterval ? options.SystemMetricsInterval
        : stores.Variables.Seconds("MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL") ?? UsualInterval;

    /// <summary>How tracking behaves for a recipe and the environment.</summary>
    internal TrackingSettings SettingsOf(TrackingOptions options) => new()
    {
        Uri = options.Uri,
        Experiment = options.Experiment ?? ExperimentReference.FromEnvironment(stores.Variables),
        RunId = stores.Variables.RunId("MLFLOW_RUN_ID"),
        SpoolFolder = options.Spool,
        SystemMetricsInterval = IntervalOf(options),
        RequiresServer = options.OnUnreachable == UnreachablePolicy.Fail,
    };
}
