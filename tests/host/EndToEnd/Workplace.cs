using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.EndToEnd;

/// <summary>A folder to work in and a home, both with spaces in their names, both deleted in the end.</summary>
internal sealed class Workplace : IDisposable
{
    /// <summary>MoCHi on a few drawn images: two encoders, a queue and random draws, so all kinds of state. 8 epochs of 8 steps.</summary>
    private const string Tiny = """
        data: {name: shapes, count: 64, testCount: 20, size: 16, classes: 4}
        method: {name: mochi, queueSize: 32, hardest: 8, pairPoints: 4, queryPoints: 2, warmupEpochs: 1, projectionDim: 16, hiddenDim: 16}
        backbone: {name: resnet20}
        optimizer: {baseLearningRate: 0.1, scaleLearningRate: none}
        trainer: {epochs: 8, batchSize: 8, threads: 1, workers: 1, seed: 3, logEverySteps: 1, device: cpu, checkpointEverySteps: 5}
        evaluation: {online: knn-lightly, onlineSamples: 60}
        tracking: {systemMetricsInterval: 0s}
        """;

    /// <summary>Optimizer steps of <see cref="Recipe"/>.</summary>
    public const int Steps = 64;

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("parallax end to end ");

    public Workplace()
    {
        Directory.CreateDirectory(Folder);
        Directory.CreateDirectory(Home);
        Recipe = Write("a recipe.yaml", Tiny);
    }

    public string Folder => Path.Combine(_root.FullName, "work here");

    public string Home => Path.Combine(_root.FullName, "home");

    /// <summary>Path of a recipe that takes a second or two.</summary>
    public string Recipe { get; }

    public string Database => Path.Combine(Folder, "mlflow.db");

    public string Write(string name, string content)
    {
        var path = Path.Combine(_root.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);

        return path;
    }

    /// <summary>A path beside the folder to work in.</summary>
    public string PathOf(string name) => Path.Combine(_root.FullName, name);

    public ProgramRun Start(params IReadOnlyList<string> arguments) => new(Folder, Home, arguments);

    public ProgramResult Run(params IReadOnlyList<string> arguments)
    {
        using var run = Start(arguments);

        return run.Wait();
    }

    /// <summary>Runs a command that another program starts, mpirun for example.</summary>
    public ProgramResult RunThrough(Func<IEnumerable<string>, (string Program, string[] Arguments)> starter, params IReadOnlyList<string> arguments)
    {
        using var run = new ProgramRun(Folder, Home, arguments, starter);

        return run.Wait();
    }

    /// <summary>Runs a command that must work.</summary>
    public ProgramResult Succeed(params IReadOnlyList<string> arguments)
    {
        var result = Run(arguments);
        Assert.True(result.ExitCode == 0, result.ToString());

        return result;
    }

    /// <summary>Everything a command may have written, by path.</summary>
    public IReadOnlyList<string> Written() =>
        [.. Directory.EnumerateFileSystemEntries(Folder, "*", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFileSystemEntries(Home, "*", SearchOption.AllDirectories)).Order(StringComparer.Ordinal)];

    /// <summary>Folder of the only run, once it is there.</summary>
    public string? RunFolder()
    {
        var runs = Path.Combine(Folder, "runs");

        return Directory.Exists(runs) ? Directory.EnumerateDirectories(runs).SingleOrDefault(folder => File.Exists(Path.Combine(folder, "run.json"))) : null;
    }

    public IReadOnlyList<StoredRun> TrackedRuns() => Read(store => store.SearchRunsAsync(null, 100, CancellationToken.None));

    /// <summary>The whole curve of a metric, as stored.</summary>
    public IReadOnlyList<(long Step, double Value)> Curve(string runId, string metric) =>
        [.. Read(store => store.ReadHistoryAsync(runId, metric, CancellationToken.None)).Select(point => (point.Step, point.Value))];

    public void Dispose() => _root.Delete(recursive: true);

    private T Read<T>(Func<SqliteStore, Task<T>> read)
    {
        using var store = new SqliteStore(Database, TimeProvider.System);

        return read(store).GetAwaiter().GetResult();
    }
}
