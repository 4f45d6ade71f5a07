using Microsoft.Extensions.Time.Testing;
using Parallax.Host.Cli;
using Parallax.Host.Configuration;
using Parallax.Host.Images;
using Parallax.Host.Terminal;
using Parallax.Host.Tests.Tracking;
using Parallax.Host.Tracking;
using Parallax.Host.Watching;

namespace Parallax.Host.Tests.Watching;

/// <summary>A tracking file with runs of one's own making, and a server that watches it. It looks at the file when it is told to.</summary>
internal sealed class WatchPlace : IAsyncDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly TrackingWorkplace _tracking = new();
    private readonly SemaphoreSlim _looks = new(0), _sent = new(0);
    private RunSource? _source;
    private WatchServer? _server;
    private SqliteStore? _store;

    /// <summary>Where the pages are.</summary>
    public Uri Address => _server!.Address;

    /// <summary>Asks for pages.</summary>
    public HttpClient Client { get; } = new();

    /// <summary>Clock of the pages.</summary>
    public FakeTimeProvider Time { get; } = new(new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));

    /// <summary>The tracking file.</summary>
    public SqliteStore Store => _store ??= _tracking.OpenDatabase();

    private string Uri => "sqlite:///" + _tracking.Database;

    /// <summary>Makes the place and starts the server.</summary>
    /// <param name="uri">The tracking store; null for the file.</param>
    /// <param name="experiment">Only runs of this experiment; null for all.</param>
    public static async Task<WatchPlace> StartAsync(string? uri = null, string? experiment = null)
    {
        var place = new WatchPlace();
        await place.ServeAsync(uri, experiment);

        return place;
    }

    /// <summary>Starts a server.</summary>
    /// <param name="uri">The tracking store; null for the file.</param>
    /// <param name="experiment">Only runs of this experiment; null for all.</param>
    /// <param name="port">Its port; 0 for any.</param>
    public async Task ServeAsync(string? uri = null, string? experiment = null, int port = 0)
    {
        var options = new TrackingOptions { Uri = uri ?? Uri, Spool = _tracking.Settings.SpoolFolder };
        var trackers = new Trackers(_tracking.Stores, _tracking.Retry, _tracking.Time, _tracking.Logger);
        var source = _source = new(() => trackers.Read(options));
        var events = new EventStream(Time, (_, cancellation) =>
        {
            _sent.Release();

            return _looks.WaitAsync(cancellation);
        });
        var site = new WatchSite(new(source, experiment, Time), new(source, new(), new(Time), Time), events, options.Uri, Time);
        _server = await WatchServer.TryStartAsync(site, port, new CliLogger(CliOutput.Silent, new()));
        Assert.NotNull(_server);
    }

    /// <summary>Stops the server as Ctrl+C does.</summary>
    public async Task StopAsync()
    {
        if (_server is { } server)
        {
            _server = null;
            await server.DisposeAsync();
            _source!.Dispose();
        }
    }

    /// <summary>Lets an open page look at the store once more.</summary>
    public void Look() => _looks.Release();

    /// <summary>Waits until an open page was sent what there is.</summary>
    public Task SettledAsync() => _sent.WaitAsync(TestContext.Current.CancellationToken);

    /// <summary>A run that trains.</summary>
    /// <param name="name">Name shown.</param>
    /// <param name="steps">Its length.</param>
    /// <param name="experiment">Its experiment.</param>
    /// <param name="parent">The run that it is part of; null for none.</param>
    /// <param name="samples">What it trains on; null as in runs that do not say it.</param>
    public async Task<StoredRun> AddAsync(
        string name = "first", int steps = 200, string experiment = "parallax", string? parent = null, string? samples = null)
    {
        var tags = new Dictionary<string, string> { [RunTags.Steps] = $"{steps}" };
        if (samples is not null)
        {
            tags["parallax.samples"] = samples;
        }

        if (parent is not null)
        {
            tags[MlflowTags.ParentRunId] = parent;
        }

        var run = await Store.CreateRunAsync(new(experiment, name, Guid.NewGuid().ToString("N"), Time.GetUtcNow().ToUnixTimeMilliseconds(), "me", tags), None);
        await Store.LogBatchAsync(run.RunId, new([], new Dictionary<string, string> { ["trainer.batchSize"] = "16" }, new Dictionary<string, string>()), None);

        return run;
    }

    /// <summary>Logs metrics of a step.</summary>
    public Task LogAsync(StoredRun run, long step, params (string Key, double Value)[] metrics)
    {
        var now = Time.GetUtcNow().ToUnixTimeMilliseconds();

        return Store.LogBatchAsync(run.RunId, new(
            [.. metrics.Select(metric => new MetricPoint(metric.Key, metric.Value, now, step))], new Dictionary<string, string>(),
            new Dictionary<string, string>()), None);
    }

    /// <summary>Logs a loss that falls at every tenth step.</summary>
    public async Task TrainAsync(StoredRun run, int steps)
    {
        for (var step = 10; step <= steps; step += 10)
        {
            await LogAsync(run, step, (RunView.LossKey, 5.0 / step), ("train/learning_rate", 0.1), ("speed/images_per_second", 100));
        }
    }

    /// <summary>Says what a run does, as a training says it.</summary>
    public Task JudgeAsync(StoredRun run, long step, string word, string cause, string advice = "")
    {
        var tags = new Dictionary<string, string>
        {
            [RunTags.Verdict] = word, [RunTags.VerdictCause] = cause, [RunTags.VerdictAdvice] = advice, [$"{RunTags.VerdictAt}{step}"] = $"{word}: {cause}",
        };

        return Store.LogBatchAsync(run.RunId, new([], new Dictionary<string, string>(), tags), None);
    }

    /// <summary>Stores a picture of grey.</summary>
    /// <returns>The file.</returns>
    public async Task<byte[]> DrawAsync(StoredRun run, string artifactPath, int height = 32, int width = 96)
    {
        using var png = new MemoryStream();
        PngWriter.Write(png, Enumerable.Repeat((byte)128, height * width).ToArray(), height, width, 1);
        var file = _tracking.WriteFile("picture.png", "");
        await File.WriteAllBytesAsync(file, png.ToArray(), None);
        await Store.StoreArtifactAsync(run, file, artifactPath, None);

        return png.ToArray();
    }

    /// <summary>The text of a page that must be there.</summary>
    public Task<string> GetAsync(string path) => Client.GetStringAsync(new Uri(Address, path), TestContext.Current.CancellationToken);

    /// <summary>Listens to what changes on a page.</summary>
    public async Task<EventReader> ListenAsync(string path) =>
        new(await Client.GetStreamAsync(new Uri(Address, path), TestContext.Current.CancellationToken));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await StopAsync();
        _store?.Dispose();
        _tracking.Dispose();
        _looks.Dispose();
        _sent.Dispose();
    }
}
