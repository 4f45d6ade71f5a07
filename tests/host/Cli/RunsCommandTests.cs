using System.Text.Json.Nodes;
using Parallax.Host.Cli;
using Parallax.Host.Terminal;
using Parallax.Host.Tests.Tracking;
using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.Cli;

public sealed class RunsCommandTests : IDisposable
{
    private readonly TrackingWorkplace _place = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Runs_OneRun_ShowsNameStatusMethodAndLastMetrics()
    {
        var runId = Record();

        var code = await Run("runs");

        Assert.Equal(0, code);
        Assert.Equal(
            $"{runId}\tfirst\tfinished\t{RunSummary.Text(new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), TimeZoneInfo.Local)}\tsome-method\ttrain/loss "
                + $"0.25, train/nan NaN{Environment.NewLine}", _output.ToString());
    }

    [Fact]
    public async Task Runs_ManyMetrics_ShowsVerdictLossAndAccuraciesBeforeSpeed()
    {
        var run = _place.Start(new("pretraining", "first", new Dictionary<string, string>()));
        run.SetTags(new Dictionary<string, string> { ["parallax.verdict"] = "learning" });
        foreach (var key in new[] { "data/skipped_samples", "speed/data_share", "online/knn", "final/knn", "train/loss" })
        {
            run.LogMetric(key, 0.5, 1);
        }

        run.End(RunOutcome.Finished);
        await Run("runs");

        Assert.EndsWith($"\tlearning, train/loss 0.5, final/knn 0.5, online/knn 0.5{Environment.NewLine}", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Text_AnotherZone_IsItsClockAndSaysWhich()
    {
        var zone = TimeZoneInfo.CreateCustomTimeZone("Kathmandu", new(5, 45, 0), null, null);

        Assert.Equal("2026-01-01 05:45:00 +05:45", RunSummary.Text(new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), zone));
        Assert.Equal("2026-01-01 05:45", RunSummary.ShortText(new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), zone));
    }

    [Theory]
    [InlineData(80, "name, last metrics")]
    [InlineData(60, "start (ZONE), method, name, last metrics")]
    [InlineData(40, "status, start (ZONE), method, name, last metrics")]
    [InlineData(200, null)]
    public async Task Runs_Terminal_ShowsWholeIdsInLinesThatFit(int width, string? hidden)
    {
        var zone = RunSummary.ZoneName(TimeZoneInfo.Local);
        string[] runs = [Record(name: "a name that is long enough to need a line of its own, whatever the width"), Record()];

        await RunOn(Terminal(width), "runs");

        var lines = _output.ToString().Split('\n');
        Assert.All(runs, run => Assert.Single(lines, line => line.Contains($" {run} ", StringComparison.Ordinal)));
        Assert.All(lines, line => Assert.True(line.TrimEnd().Length <= width, line));
        Assert.Equal(width < 80, !_output.ToString().Contains($"start ({zone})", StringComparison.Ordinal));
        Assert.Equal(hidden is null ? "" : $"No room here for: {hidden.Replace("ZONE", zone, StringComparison.Ordinal)}. A wider terminal shows "
            + $"them, and so do 'parallax runs show RUN' and --json.{Environment.NewLine}", _error.ToString());
    }

    [Fact]
    public async Task Show_BeginningOfAnId_IsThatRun()
    {
        var runId = Record();

        var code = await Run("runs", "show", runId[..12]);

        Assert.Equal(0, code);
        Assert.Contains($"run\t{runId}{Environment.NewLine}", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_BeginningOfSeveralIds_NamesThem()
    {
        var runs = Enumerable.Range(0, 17).Select(_ => Record()).ToList();   // hexadecimal: two of seventeen begin alike
        var shared = runs.GroupBy(run => run[..1]).First(group => group.Count() > 1);

        var code = await Run("runs", "show", shared.Key);

        Assert.Equal(2, code);
        Assert.StartsWith($"'{shared.Key}' is the beginning of {shared.Count()} runs in sqlite:///", _error.ToString(), StringComparison.Ordinal);
        Assert.All(shared, run => Assert.Contains(run, _error.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Runs_Json_HoldsTheSame()
    {
        var runId = Record();

        await Run("runs", "--json");

        var run = JsonNode.Parse(_output.ToString())!.AsArray().Single()!;
        Assert.Equal(runId, (string)run["run_id"]!);
        Assert.Equal(0.25, (double)run["metrics"]!["train/loss"]!);
        Assert.Equal("NaN", (string)run["metrics"]!["train/nan"]!);
    }

    [Fact]
    public async Task Show_Run_ListsParameters()
    {
        var runId = Record();

        await Run("runs", "show", runId);

        Assert.Contains("trainer.seed\t7" + Environment.NewLine, _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_EvaluatedAfterwards_HasTheNumberAndItsRun()
    {
        var runId = Record();
        var evaluation = LaterNumberTests.Evaluate(_place, runId, "knn-10", 0.75);

        await Run("runs", "show", runId);
        var shown = _output.ToString();
        _output.GetStringBuilder().Clear();
        await Run("runs", "show", runId, "--json");

        Assert.Contains($"knn-10\t0.75 (measured afterwards, at step 12, by run {evaluation}){Environment.NewLine}", shown, StringComparison.Ordinal);
        var later = Assert.Single(JsonNode.Parse(_output.ToString())!["later"]!.AsArray())!;
        Assert.Equal(("knn-10", "accuracy", 0.75, evaluation),
            ((string)later["protocol"]!, (string)later["metric"]!, (double)later["value"]!, (string)later["run_id"]!));
    }

    [Theory]
    [InlineData("There is no run abc in sqlite:///", "runs", "show", "abc")]
    [InlineData("No runs in sqlite:///", "runs", "--experiment", "other")]
    [InlineData("expected 1 to 1000", "runs", "--limit", "0")]
    public async Task Runs_NothingToShow_SaysWhy(string expected, params string[] arguments)
    {
        Record();

        await Run(arguments);

        Assert.Contains(expected, _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_NoStore_SaysHowToMakeOne()
    {
        var code = await Run("runs");

        Assert.Equal(2, code);
        Assert.Contains("There is no tracking file", _error.ToString(), StringComparison.Ordinal);
        Assert.False(File.Exists(_place.Database));
    }

    [Fact]
    public async Task Sync_ServerWasAway_SendsWhatWaits()
    {
        using var server = new FakeMlflowServer(isUp: false);
        _place.Settings = _place.Settings with { Uri = server.Address };
        Record();
        server.Up();

        var code = await Run("runs", "sync");
        var again = await Run("runs", "sync");

        var sent = Assert.Single(server.Runs.Values);
        Assert.Equal((0, 0), (code, again));
        Assert.Equal("FINISHED", sent.Status);
        Assert.Equal($"sent\t{sent.Id}\tbegan as {sent.Tags["client.run_key"]}{Environment.NewLine}Nothing is waiting to be "
            + $"sent.{Environment.NewLine}", _output.ToString());
    }

    [Fact]
    public async Task Sync_ServerStillAway_KeepsAndSaysSo()
    {
        using var server = new FakeMlflowServer(isUp: false);
        _place.Settings = _place.Settings with { Uri = server.Address };
        Record();

        var code = await Run("runs", "sync");

        Assert.Equal(1, code);
        Assert.StartsWith("kept\t", _output.ToString(), StringComparison.Ordinal);
        Assert.Single(_place.Spool.Journals());
    }

    private string Record(string name = "first")
    {
        var run = _place.Start(new("pretraining", name, new Dictionary<string, string>()));
        run.LogParameters(new Dictionary<string, string> { ["trainer.seed"] = "7" });
        run.SetTags(new Dictionary<string, string> { ["method"] = "some-method" });
        run.LogMetric("train/loss", 0.25, 3);
        run.LogMetric("system/cpu_utilization_percentage", 50, 0);
        run.LogMetric("train/nan", double.NaN, 3);
        run.End(RunOutcome.Finished);
        return run.RunId;
    }

    private CliOutput Terminal(int width)
    {
        var terminal = new CliOutput(_output, _error, isTerminal: true);
        terminal.Console.Profile.Width = width;

        return terminal;
    }

    private Task<int> Run(params string[] arguments) => RunOn(new(_output, _error, isTerminal: false), arguments);

    private Task<int> RunOn(CliOutput output, params string[] arguments) =>
        Composition.RunAsync([.. arguments, "--uri", "sqlite:///" + _place.Database, "--spool", _place.Spool.Path], output);
}
