using Parallax.Host.Experiments;
using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.Tracking;

/// <summary>A run that a launcher made and names by <c>MLFLOW_RUN_ID</c>, and experiments that are named by number.</summary>
public sealed class EnvironmentRunTests : IDisposable
{
    private static readonly Dictionary<string, string> NoTags = [];
    private readonly TrackingWorkplace _place = new();
    private readonly FakeMlflowServer _server = new();

    public EnvironmentRunTests() => _place.Settings = _place.Settings with { Uri = _server.Address };

    public void Dispose()
    {
        _server.Dispose();
        _place.Dispose();
    }

    [Fact]
    public void Start_LaunchersRun_IsLoggedIntoAndEnded()
    {
        var launched = Launch();

        var run = _place.Start(new RunDescription("pretraining", "a name", new Dictionary<string, string> { ["method"] = "m" }));
        run.LogParameters(new Dictionary<string, string> { ["lr"] = "0.1" });
        run.LogMetric("train/loss", 0.5, 1);
        run.End(RunOutcome.Finished);

        Assert.Equal(launched.Id, run.RunId);
        Assert.Same(launched, Assert.Single(_server.Runs.Values));
        Assert.Equal([(1L, 0.5)], launched.Curve("train/loss"));
        Assert.Equal(("0.1", "m", "FINISHED"), (launched.Params["lr"], launched.Tags["method"], launched.Status));
        Assert.Empty(_place.Logger.Warnings);
        Assert.Empty(_place.Spool.Journals());
    }

    [Theory]
    [InlineData(nameof(RunOutcome.Failed), "FAILED")]
    [InlineData(nameof(RunOutcome.Killed), "KILLED")]
    public void End_LaunchersRun_HasTheState(string outcome, string expected)
    {
        var launched = Launch();

        _place.Start().End(Enum.Parse<RunOutcome>(outcome));

        Assert.Equal(expected, launched.Status);
    }

    [Fact]
    public void Start_PartOfTheLaunchersRun_IsARunOfItsOwnInTheSameExperiment()
    {
        var launched = Launch("launched here");
        var run = _place.Start();

        var child = _place.Start(new RunDescription("parallax", "evaluation", NoTags) { ParentRunId = run.RunId });
        child.LogMetric("accuracy", 0.9, 1);
        child.End(RunOutcome.Finished);
        run.End(RunOutcome.Finished);

        Assert.NotEqual(launched.Id, child.RunId);
        Assert.Empty(launched.Curve("accuracy"));
        var stored = _server.Runs[child.RunId];
        Assert.Equal((launched.Id, launched.ExperimentId, "FINISHED"), (stored.Tags["mlflow.parentRunId"], stored.ExperimentId, stored.Status));
        Assert.DoesNotContain(_place.Logger.Lines, line => line.Contains("MLFLOW_RUN_ID", StringComparison.Ordinal));
    }

    [Fact]
    public void Start_PartOfAnotherRun_SaysThatTheLaunchersRunIsNotUsed()
    {
        var launched = Launch();
        var other = _server.AddRun("elsewhere");

        var child = _place.Start(new RunDescription("parallax", "evaluation", NoTags) { ParentRunId = other.Id });
        child.End(RunOutcome.Finished);

        Assert.Equal(other.ExperimentId, _server.Runs[child.RunId].ExperimentId);
        Assert.Contains(_place.Logger.Lines, line => line.StartsWith($"MLFLOW_RUN_ID is {launched.Id} and is not used", StringComparison.Ordinal));
    }

    [Fact]
    public void Start_Resumed_GoesOnWithThatRunAndSaysSo()
    {
        var old = _server.AddRun("pretraining");
        var launched = Launch();

        var run = _place.Start(new RunDescription("pretraining", null, NoTags) { ResumeRunId = old.Id });
        run.End(RunOutcome.Finished);

        Assert.Equal((old.Id, "FINISHED", "RUNNING"), (run.RunId, old.Status, launched.Status));
        Assert.Equal($"MLFLOW_RUN_ID is {launched.Id} and is not used: run {old.Id} is resumed.", Assert.Single(_place.Logger.Warnings));
    }

    [Fact]
    public void Start_NoSuchRun_RefusesAndLeavesNothing()
    {
        _place.Settings = _place.Settings with { RunId = "0123456789abcdef0123456789abcdef" };

        var fault = Assert.Throws<ConfigurationException>(() => _place.Start());

        Assert.StartsWith("MLFLOW_RUN_ID is 0123456789abcdef0123456789abcdef, but there is no such run in http://", fault.Message, StringComparison.Ordinal);
        Assert.Contains("unset MLFLOW_RUN_ID", fault.Message, StringComparison.Ordinal);
        Assert.Empty(_server.Runs);
        Assert.Empty(_place.Spool.Journals());
    }

    [Fact]
    public void Start_DeletedRun_SaysHowToRestoreIt()
    {
        var launched = Launch();
        launched.Stage = "deleted";

        var fault = Assert.Throws<ConfigurationException>(() => _place.Start());

        Assert.Contains($"mlflow runs restore --run-id {launched.Id}", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("another")]
    [InlineData("#")]
    public void Start_RunOfAnotherExperiment_Refuses(string asked)
    {
        var launched = Launch("mine");
        var other = _server.AddRun("another");
        _place.Settings = _place.Settings with { Experiment = asked == "#" ? ExperimentReference.ById(other.ExperimentId) : asked };

        var fault = Assert.Throws<ConfigurationException>(() => _place.Start());

        Assert.Contains($"a run of the experiment with number {launched.ExperimentId}", fault.Message, StringComparison.Ordinal);
        Assert.Equal("RUNNING", launched.Status);
    }

    [Theory]
    [InlineData("mine")]
    [InlineData("#")]
    public void Start_RunOfTheExperimentAskedFor_IsTaken(string asked)
    {
        var launched = Launch("mine");
        _place.Settings = _place.Settings with { Experiment = asked == "#" ? ExperimentReference.ById(launched.ExperimentId) : asked };

        var run = _place.Start();
        run.End(RunOutcome.Finished);

        Assert.Equal(launched.Id, run.RunId);
    }

    [Fact]
    public void Start_ServerAway_ArrivesInTheLaunchersRunLater()
    {
        var launched = Launch();
        _server.Down();
        var run = _place.Start();
        run.LogMetric("m", 1, 1);

        _server.Up();
        run.End(RunOutcome.Finished);

        Assert.Equal(launched.Id, run.RunId);
        Assert.Same(launched, Assert.Single(_server.Runs.Values));
        Assert.Equal([(1L, 1.0)], launched.Curve("m"));
        Assert.Equal("FINISHED", launched.Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Start_ExperimentByNumber_IsUsedAlsoWhenTheServerWasAway(bool isUp)
    {
        var id = _server.AddExperiment("by number");
        if (!isUp)
        {
            _server.Down();
        }

        var run = _place.Start(new RunDescription(ExperimentReference.ById(id), "first", NoTags));
        if (!isUp)
        {
            _server.Up();
        }

        run.End(RunOutcome.Finished);

        Assert.Equal(id, Assert.Single(_server.Runs.Values).ExperimentId);
    }

    [Fact]
    public void Start_ExperimentNumberThatIsNotThere_Refuses()
    {
        var fault = Assert.Throws<ConfigurationException>(() => _place.Start(new RunDescription(ExperimentReference.ById("77"), "first", NoTags)));

        Assert.Contains("There is no experiment with number 77", fault.Message, StringComparison.Ordinal);
        Assert.Contains("MLFLOW_EXPERIMENT_ID", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_Database_KnowsRunsAndExperimentsByNumberToo()
    {
        _place.Settings = _place.Settings with { Uri = "sqlite:///" + _place.Database };
        var first = _place.Start();
        first.End(RunOutcome.Finished);
        _place.Settings = _place.Settings with { RunId = first.RunId };

        var again = _place.Start();
        again.LogMetric("m", 2, 2);
        again.End(RunOutcome.Finished);
        _place.Settings = _place.Settings with { RunId = null };
        var other = _place.Start(new RunDescription(ExperimentReference.ById("1"), "second", NoTags));
        other.End(RunOutcome.Finished);
        var fault = Assert.Throws<ConfigurationException>(() => _place.Start(new RunDescription(ExperimentReference.ById("9"), "third", NoTags)));

        using var store = _place.OpenDatabase();
        Assert.Equal(first.RunId, again.RunId);
        Assert.Equal(2, (await store.FindRunAsync(first.RunId, CancellationToken.None))!.Metrics["m"].Value);
        Assert.Equal("1", (await store.FindRunAsync(other.RunId, CancellationToken.None))!.ExperimentId);
        Assert.Contains("There is no experiment with number 9", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("named", "5", "named")]
    [InlineData(null, "5", "mlflow.experimentId:5")]
    [InlineData(null, null, null)]
    public void FromEnvironment_NameThenNumber(string? name, string? id, string? expected)
    {
        var environment = new Dictionary<string, string?> { ["MLFLOW_EXPERIMENT_NAME"] = name, ["MLFLOW_EXPERIMENT_ID"] = id };

        Assert.Equal(expected, ExperimentReference.FromEnvironment(new MlflowEnvironment(environment.GetValueOrDefault)));
    }

    private FakeRun Launch(string experiment = "pretraining")
    {
        var run = _server.AddRun(experiment);
        _place.Settings = _place.Settings with { RunId = run.Id };
        return run;
    }
}
