using System.Globalization;
using Parallax.Host.Tracking;

namespace Parallax.Host.Cli;

/// <summary>Looks at what runs write to: the tracking store and the disk.</summary>
internal static class SurroundingsChecks
{
    private const double ScarceGibibytes = 2;

    /// <summary>Asks the tracking store, at most a few seconds, and the file system.</summary>
    public static async Task<IReadOnlyList<Finding>> Run(CancellationToken cancellation) => [await Tracking(cancellation), Disk()];

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

    private static async Task<Finding> Server(ServerAddress server, CancellationToken cancellation)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        var root = server.Root.AbsoluteUri.TrimEnd('/');
        try
        {
            using var answer = await client.GetAsync(new Uri($"{root}/health"), cancellation);

            return answer.IsSuccessStatusCode
                ? new("tracking", FindingState.Ok, $"{root} answers")
                : new("tracking", FindingState.Warning, $"{root} answers {(int)answer.StatusCode} {answer.ReasonPhrase}; runs keep what it does not take on disk.");
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            return new("tracking", FindingState.Warning, $"{root} does not answer ({e.Message}); runs keep everything on disk and send it later.");
        }
    }

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
