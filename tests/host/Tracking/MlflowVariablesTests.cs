using Parallax.Host.Configuration;
using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.Tracking;

/// <summary>Which of MLflow's environment variables count, that the documentation says the same, and what is said of the others.</summary>
public sealed class MlflowVariablesTests : IDisposable
{
    private readonly TrackingWorkplace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void All_DocumentationHasTheSameTables()
    {
        var file = Path.Combine(RepositoryFiles.Root, "docs", "mlflow.md");
        var text = File.ReadAllText(file);

        Assert.Equal(MlflowVariables.All.Count, MlflowVariables.All.DistinctBy(v => v.Name).Count());
        Assert.Equal(Table(used: true), Rows(text, "| variable | what it does |"));
        Assert.Equal(Table(used: false), Rows(text, "| variable | why it does nothing |"));
    }

    [Theory]
    [InlineData("MLFLOW_TRACKING_AUTH", "MLFLOW_TRACKING_AUTH is set, which does nothing here: sign-in plug-ins of Python")]
    [InlineData("MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR", "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR is set, which does nothing here: values wait on disk")]
    [InlineData("MLFLOW_S3_ENDPOINT_URL", "MLFLOW_S3_ENDPOINT_URL is set, which does nothing here")]
    [InlineData("MLFLOW_TRACKING_USER", "Set, but not known here: MLFLOW_TRACKING_USER (perhaps MLFLOW_TRACKING_USERNAME is meant).")]
    [InlineData("MLFLOW_TRACKING_USERNAME", "does nothing here because of its missing password, MLFLOW_TRACKING_PASSWORD")]
    [InlineData("MLFLOW_TRACKING_PASSWORD", "does nothing here because of its missing user, MLFLOW_TRACKING_USERNAME")]
    public void Ineffective_OneThatDoesNothing_IsTold(string name, string expected)
    {
        var line = Assert.Single(Told(new TrackingOptions(), (name, "x")));

        Assert.StartsWith(expected[..10] is "does nothi" ? name : expected, line, StringComparison.Ordinal);
        Assert.Contains(expected, line, StringComparison.Ordinal);
        Assert.DoesNotContain("'x'", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MLFLOW_TRACKING_URI", "tracking.uri")]
    [InlineData("MLFLOW_EXPERIMENT_NAME", "tracking.experiment")]
    [InlineData("MLFLOW_EXPERIMENT_ID", "tracking.experiment")]
    [InlineData("MLFLOW_RUN_NAME", "tracking.runName")]
    public void Ineffective_RecipeSaysOtherwise_IsTold(string name, string key)
    {
        var options = new TrackingOptions { Uri = "http://a", Experiment = "e", RunName = "r" };

        Assert.Equal($"{name} is set, which does nothing here because of {key}.", Assert.Single(Told(options, (name, "1"))));
        Assert.Empty(Told(new TrackingOptions(), (name, "1")));
    }

    [Fact]
    public void Ineffective_NameAndNumberOfTheExperiment_TellsThatTheNameCounts()
    {
        Assert.Equal(
            ["MLFLOW_EXPERIMENT_ID is set, which does nothing here because of MLFLOW_EXPERIMENT_NAME."],
            Told(new TrackingOptions(), ("MLFLOW_EXPERIMENT_ID", "1"), ("MLFLOW_EXPERIMENT_NAME", "a")));
    }

    [Theory]
    [InlineData("MLFLOW_BACKEND_STORE_URI")]
    [InlineData("MLFLOW_SERVER_ALLOWED_HOSTS")]
    [InlineData("MLFLOW_RUN_ID")]
    [InlineData("PATH")]
    public void Ineffective_UsedOrNotOurs_SaysNothing(string name) => Assert.Empty(Told(new TrackingOptions(), (name, "x")));

    [Fact]
    public void For_TwoRuns_TellsOnce()
    {
        _place.Environment["MLFLOW_TRACKING_AUTH"] = "x";
        var trackers = Trackers();

        trackers.For(new TrackingOptions());
        trackers.For(new TrackingOptions());

        Assert.Contains("MLFLOW_TRACKING_AUTH", Assert.Single(_place.Logger.Lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MLFLOW_HTTP_REQUEST_TIMEOUT", "soon", "expected seconds")]
    [InlineData("MLFLOW_HTTP_REQUEST_TIMEOUT", "0", "expected seconds")]
    [InlineData("MLFLOW_ARTIFACT_UPLOAD_DOWNLOAD_TIMEOUT", "-1", "expected seconds")]
    [InlineData("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "many", "expected a whole number")]
    [InlineData("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "-1", "expected a whole number")]
    [InlineData("MLFLOW_TRACKING_INSECURE_TLS", "yes", "expected true, false, 1 or 0")]
    public void Open_BadValue_NamesTheVariableAndTheValue(string name, string value, string expected)
    {
        _place.Environment[name] = value;

        var fault = Assert.Throws<ConfigurationException>(() => _place.Stores.At(TrackingAddress.Parse("http://localhost:1", "test")).Open());

        Assert.StartsWith($"{name} is '{value}'; {expected}", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MLFLOW_RUN_ID", "../x", "no identifier of a run")]
    [InlineData("MLFLOW_EXPERIMENT_ID", "ssl", "expected the number of an experiment")]
    [InlineData("MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING", "on", "expected true, false, 1 or 0")]
    [InlineData("MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL", "x", "expected seconds")]
    public void For_BadValue_NamesTheVariableAndTheValue(string name, string value, string expected)
    {
        _place.Environment[name] = value;

        var fault = Assert.Throws<ConfigurationException>(() => Trackers().For(new TrackingOptions()));

        Assert.StartsWith($"{name} is '{value}'", fault.Message, StringComparison.Ordinal);
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, 0, 10)]
    [InlineData("false", null, 0, 0)]
    [InlineData("true", "2.5", 0, 2.5)]
    [InlineData(null, "2.5", 30, 30)]
    public void SettingsOf_SystemMetrics_RecipeThenEnvironment(string? isOn, string? interval, double recipe, double expected)
    {
        _place.Environment["MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING"] = isOn ?? "";
        _place.Environment["MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL"] = interval ?? "";
        var options = recipe > 0 ? new TrackingOptions { SystemMetricsInterval = TimeSpan.FromSeconds(recipe) } : new TrackingOptions();

        Assert.Equal(TimeSpan.FromSeconds(expected), Trackers().SettingsOf(options).SystemMetricsInterval);
    }

    [Theory]
    [InlineData(null, 3)]
    [InlineData("0", 1)]
    [InlineData("4", 5)]
    public async Task SearchRuns_MaxRetries_LimitsTheTries(string? retries, int expected)
    {
        using var server = new FakeMlflowServer { Misbehave = (_, _) => new Misbehaviour(503, "") };
        _place.Environment["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] = retries ?? "";
        using var store = _place.Stores.At(TrackingAddress.Parse(server.Address, "test"));

        await Assert.ThrowsAsync<StoreException>(() => store.SearchRunsAsync("e", 1, CancellationToken.None));

        Assert.Equal(expected, server.Requests.Count);
    }

    private Trackers Trackers()
    {
        var names = _place.Environment.Keys;
        return new(new TrackingStores(_place.Environment.GetValueOrDefault, _place.Time, () => names), _place.Retry, _place.Time, _place.Logger);
    }

    private static IReadOnlyList<string> Told(TrackingOptions options, params (string Name, string Value)[] variables)
    {
        var environment = variables.ToDictionary(v => v.Name, v => v.Value);
        return MlflowVariables.Ineffective(environment.GetValueOrDefault, environment.Keys, options);
    }

    private static string Table(bool used) => string.Join('\n', MlflowVariables.All.Where(v => v.IsUsed == used).Select(v => $"| `{v.Name}` | {v.Effect} |"));

    // The rows of the table that begins with a line, without its head.
    private static string Rows(string text, string head)
    {
        var lines = text.Split('\n').SkipWhile(line => line != head).Skip(2).TakeWhile(line => line.StartsWith('|'));
        return string.Join('\n', lines);
    }
}
