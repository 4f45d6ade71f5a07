using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Parallax.Host.Tests.Plugins;
using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.EndToEnd;

/// <summary>SIGTERM ends the program at any moment, also while it waits for something that will never come.</summary>
public sealed class StopTests : IDisposable
{
    private readonly Workplace _place = new();
    private readonly PluginProjects _plugins = new();
    private readonly string _pipe;

    public StopTests()
    {
        _plugins.Add("WaitingPlugins");
        _pipe = _place.PathOf("pipe");
        using var mkfifo = Process.Start("mkfifo", [_pipe]);
        mkfifo.WaitForExit();
    }

    public void Dispose()
    {
        _plugins.Dispose();
        _place.Dispose();
    }

    [Theory]
    [InlineData("train")]
    [InlineData("demo")]
    public void Train_TerminatedWhileTheDataAreIndexed_EndsAndLeavesNoRun(string command)
    {
        string[] recipe = command == "train" ? [_place.Recipe] : [];
        using var run = _place.Start([command, .. recipe, "--plugins", _plugins.Root, "--set", $"data={{name: waiting, path: {_pipe}}}"]);

        var stopped = TerminateWhileItReads(run);

        Assert.Equal("Stopped.", stopped.ErrorLines[^1]);
        Assert.DoesNotContain(_place.Written(), path => path.Contains("run.json", StringComparison.Ordinal));
    }

    [Fact]
    public void Train_TerminatedDuringTheFinalEvaluation_IsKilledAndResumedWithTheEvaluation()
    {
        string[] quick = ["train", _place.Recipe, "--set", "trainer.maxSteps=2", "--set", "evaluation.online=null"];
        ProgramResult stopped;
        using (var run = _place.Start([.. quick, "--set", "evaluation.protocols=[waiting]", .. Waiting()]))
        {
            stopped = TerminateWhileItReads(run);
        }

        var killed = Assert.Single(_place.TrackedRuns());
        Assert.Equal(RunStatus.Killed, killed.Status);
        Assert.Contains($"Go on with --resume {killed.RunId}.", stopped.Error, StringComparison.Ordinal);

        var resumed = _place.Succeed([.. quick, "--set", "evaluation.protocols=[knn-lightly]", "--resume", killed.RunId]);

        Assert.Contains("nothing is left to train.", resumed.Error, StringComparison.Ordinal);
        Assert.Single(_place.Curve(killed.RunId, "final/knn-lightly"));
        Assert.Equal([1L, 2], _place.Curve(killed.RunId, "train/loss").Select(point => point.Step));
    }

    [Fact]
    public void Train_TerminatedDuringAMeasurementBetweenEpochs_IsResumedWithIt()
    {
        string[] quick = ["train", _place.Recipe, "--set", "trainer.epochs=2"];
        using (var run = _place.Start([.. quick, "--set", "evaluation.online=waiting", .. Waiting()]))
        {
            TerminateWhileItReads(run);
        }

        var killed = Assert.Single(_place.TrackedRuns());
        _place.Succeed([.. quick, "--set", "evaluation.online=knn-lightly", "--resume", killed.RunId]);

        Assert.Equal(Enumerable.Range(1, 16).Select(step => (long)step), _place.Curve(killed.RunId, "train/loss").Select(point => point.Step));
        Assert.Equal([8L, 16], _place.Curve(killed.RunId, "online/knn-lightly").Select(point => point.Step));
    }

    [Fact]
    public void Evaluate_TerminatedWhileItMeasures_EndsWithTheNumbersThatItHas()
    {
        _place.Succeed("train", _place.Recipe, "--set", "trainer.maxSteps=1", "--set", "evaluation.online=null");
        ProgramResult stopped;
        using (var run = _place.Start(["evaluate", Path.GetFileName(_place.RunFolder()!), "--protocol", "knn-10,waiting,knn-1", .. Waiting()]))
        {
            stopped = TerminateWhileItReads(run);
        }

        Assert.Contains("Stopped: 1 of 3 protocols have a number;", stopped.Error, StringComparison.Ordinal);
        Assert.StartsWith("knn-10\t", stopped.Output, StringComparison.Ordinal);
        Assert.Contains(_place.TrackedRuns(), tracked => tracked.Metrics.ContainsKey("knn-10/accuracy") && !tracked.Metrics.ContainsKey("knn-1/accuracy"));
    }

    [Fact]
    public void Evaluate_TwoStreamsTerminatedInTheSecond_EndsWithTheNumbersOfTheFirst()
    {
        _place.Succeed("train", _place.Recipe, "--set", "trainer.maxSteps=1", "--set", "evaluation.online=null");
        var runId = Path.GetFileName(_place.RunFolder()!);
        ProgramResult stopped;
        using (var run = _place.Start(["evaluate", runId, "--two-stream", runId, "--protocol", "knn-10,waiting", .. Waiting()]))
        {
            using (var opened = Opened(run))
            {
                opened.WriteByte(1);   // in the first run it waits no longer, and fails
            }

            run.WaitFor(() => run.HasSaid("Measuring waiting of the second run") ? "said" : null, "a measurement of the second run");
            stopped = TerminateWhileItReads(run);
        }

        Assert.Contains("Stopped: 1 of 2 protocols have a number of the first run alone;", stopped.Error, StringComparison.Ordinal);
        Assert.StartsWith("knn-10\t", stopped.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("second_stream", stopped.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_TerminatedBeforeItHasANumber_Ends()
    {
        _place.Succeed("train", _place.Recipe, "--set", "trainer.maxSteps=1", "--set", "evaluation.online=null");
        using var run = _place.Start(["evaluate", Path.GetFileName(_place.RunFolder()!), "--protocol", "waiting", .. Waiting()]);

        var stopped = TerminateWhileItReads(run);

        Assert.Empty(stopped.Output);
    }

    [Fact]
    public void Export_TerminatedBeforeItsFileIsFinished_LeavesNothingOfIt()
    {
        _place.Succeed("train", _place.Recipe, "--set", "trainer.maxSteps=1", "--set", "evaluation.online=null");
        using var run = _place.Start(
            "export", Path.GetFileName(_place.RunFolder()!), "--format", "safetensors", "--out", "mine.safetensors", "--plugins", _plugins.Root,
            "--set", $"data={{name: waiting-images, path: {_pipe}}}");
        run.WaitFor(() => _place.Written().FirstOrDefault(IsOfTheExport), "an unfinished file");

        TerminateWhileItReads(run);

        Assert.DoesNotContain(_place.Written(), IsOfTheExport);

        static bool IsOfTheExport(string path) => path.Contains("mine.safetensors", StringComparison.Ordinal);
    }

    [Fact]
    public void Runs_TerminatedWhileTheServerIsSilent_Ends()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var run = _place.Start("runs", "--uri", $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        using var connected = listener.AcceptTcpClient();

        var stopped = run.Terminate();

        Assert.True(stopped.ExitCode == 130, stopped.ToString());
    }

    private string[] Waiting() => ["--plugins", _plugins.Root, "--set", $"evaluation.waiting={{path: {_pipe}}}"];

    // The other end of a pipe can be opened once the program reads it; from then on it waits for bytes that never come.
    private ProgramResult TerminateWhileItReads(ProgramRun run)
    {
        using var opened = Opened(run);

        var stopped = run.Terminate();

        Assert.True(stopped.ExitCode == 130, stopped.ToString());
        Assert.DoesNotContain("   at ", stopped.Error, StringComparison.Ordinal);

        return stopped;
    }

    private FileStream Opened(ProgramRun run)
    {
        var opening = Task.Run(() => new FileStream(_pipe, FileMode.Open, FileAccess.Write, FileShare.ReadWrite));

        return run.WaitFor(() => opening.IsCompleted ? opening.Result : null, "a reader of the pipe");
    }
}
