using System.Globalization;
using Parallax.Host.Tracking;

namespace Parallax.Host.Cli;

/// <summary>Looks at what runs write to: the tracking store and the disk.</summary>
internal static class EnvironmentChecks
{
    private const double ScarceGibibytes = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Asks the tracking store, at most a few seconds, and the file system.</summary>
    public static async Task<IReadOnlyList<Finding>> Run(CancellationToken cancellation) => [await Tracking(cancellation), Disk(), Images()];

    private static async Task<Finding> Tracking(CancellationToken cancellation)
    {
        try
        {
            return TrackingAddress.Resolve(null, Environment.GetEnvironmentVariable) switch
            {
                ServerAddress server => await Server(server, cancellation),
                var store => new("tracking", FindingState.Ok, $"{store.Display} (embedded store; MLFLOW_TRACKING_URI or tracking.uri change it)"),
            };
        }
        catch (ConfigurationException e)
        {
            return new("tracking", FindingState.Failed, e.Message);
        }
    }

    // Asked for a run that does not exist: only an MLflow server that takes the credentials says so.
    private static async Task<Finding> Server(ServerAddress server, CancellationToken cancellation)
    {
        using var store = new RestStore(server, new MlflowEnvironment(Environment.GetEnvironmentVariable), TimeProvider.System);
        store.Open();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(Patience);
        try
        {
            await store.FindRunAsync(new string('0', 32), deadline.Token);

            return new("tracking", FindingState.Ok, $"{server.Display} answers");
        }
        catch (StoreException e)
        {
            return new("tracking", FindingState.Warning, $"{e.Message.TrimEnd('.')}. Runs keep on disk what it does not take.");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new("tracking", FindingState.Warning, $"{server.Display}: no answer within {Patience.TotalSeconds:0} s. Runs keep everything on disk " +
                "and send it later.");
        }
    }

    private static Finding Images() => new("images", FindingState.Ok, TurboJpeg.IsInstalled
        ? "JPEG is decoded by the system's libjpeg-turbo, with vector instructions"
        : "JPEG is decoded by SkiaSharp; libturbojpeg (Debian: apt-get install libturbojpeg0) is faster, with the same pixels for undamaged files");

    private static Finding Disk()
    {
        var folder = Directory.GetCurrentDirectory();
        var free = new DriveInfo(folder).AvailableFreeSpace / Math.Pow(1024, 3);
        var text = $"{free.ToString("F1", CultureInfo.InvariantCulture)} GiB free under {folder}";

        return free < ScarceGibibytes
            ? new("disk", FindingState.Warning, $"{text}; checkpoints need room. Set trainer.outputDirectory to another disk.")
            : new("disk", FindingState.Ok, text);
    }
}
