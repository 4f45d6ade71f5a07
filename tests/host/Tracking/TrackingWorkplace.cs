using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.Tracking;

/// <summary>A folder with a spool and a database for one test, and trackers that write there.</summary>
internal sealed class TrackingWorkplace : IDisposable
{
    private const string InMemory = "/dev/shm";   // journals wait for the disk at every write; thousands of them need one that is fast

    public TrackingWorkplace()
    {
        Folder = Path.Combine(Directory.Exists(InMemory) ? InMemory : Path.GetTempPath(), "tracking-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(Folder);
        Settings = new TrackingSettings
        {
            Uri = "sqlite:///" + Database,
            SpoolFolder = Path.Combine(Folder, "spool"),
            SystemMetricsInterval = TimeSpan.Zero,
            FlushInterval = TimeSpan.FromMilliseconds(1),
            ContactDeadline = TimeSpan.FromMinutes(10),
            EndDeadline = TimeSpan.FromMinutes(10),
            StoppedDeadline = TimeSpan.FromMinutes(10),
        };
    }

    public string Folder { get; }

    public string Database => Path.Combine(Folder, "mlflow.db");

    public TrackingSettings Settings { get; set; }

    public Dictionary<string, string> Environment { get; } = new() { ["HOME"] = "/nonexistent" };

    public ListLogger Logger { get; } = new();

    /// <summary>Waits between attempts, at most a minute, end at once; longer ones (deadlines) never.</summary>
    public InstantTime Time { get; } = new() { Endless = TimeSpan.FromMinutes(2) };

    public RetryPolicy Retry => new(Time, () => 0.01);

    public TrackingStores Stores => new(Environment.GetValueOrDefault, Time);

    public SpoolFolder Spool => new(Settings.EffectiveSpoolFolder);

    public ITrackedRun Start(RunDescription? run = null) =>
        new RunStarter(Settings, Stores, Retry, Time, Logger).Start(run ?? new RunDescription("pretraining", "first", new Dictionary<string, string>()));

    public SqliteStore OpenDatabase()
    {
        var store = new SqliteStore(Database, Time);
        store.Open();
        return store;
    }

    public SpoolReplay Replay() => new(Spool, Stores.At, Retry, Time, Logger);

    public string WriteFile(string name, string content)
    {
        var file = Path.Combine(Folder, name);
        File.WriteAllText(file, content);
        return file;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
