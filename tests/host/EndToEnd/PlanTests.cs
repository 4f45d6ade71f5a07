using System.Text.Json;
using Parallax.Host.Tests.Plugins;

namespace Parallax.Host.Tests.EndToEnd;

/// <summary><c>parallax plan</c> on the built program.</summary>
public sealed class PlanTests : IDisposable
{
    private readonly Workplace _place = new();
    private readonly PluginProjects _plugins = new();

    public void Dispose()
    {
        _plugins.Dispose();
        _place.Dispose();
    }

    [Fact]
    public void Plan_Recipe_MeasuresItAndWritesNothing()
    {
        var result = _place.Run("plan", _place.Recipe, "--steps", "2", "--json", "--set", "evaluation.protocols=[knn-lightly]");

        Assert.True(result.ExitCode == 0, result.ToString());
        using var json = JsonDocument.Parse(result.Output);
        var plan = json.RootElement;
        Assert.Equal(Workplace.Steps, plan.GetProperty("total_steps").GetInt64());
        Assert.True(plan.GetProperty("steps").GetProperty("images_per_second").GetDouble() > 0);
        Assert.True(plan.GetProperty("memory").GetProperty("peak_bytes").GetInt64() > 0);
        Assert.True(plan.GetProperty("memory").GetProperty("run_bytes").GetInt64() >= plan.GetProperty("memory").GetProperty("peak_bytes").GetInt64());
        var time = plan.GetProperty("time");
        Assert.Equal(0, time.GetProperty("work_seconds").GetDouble());   // the method has none
        Assert.All(new[] { "training_seconds", "online_seconds", "final_seconds" }, part => Assert.True(time.GetProperty(part).GetDouble() > 0, part));
        Assert.True(plan.GetProperty("disk").GetProperty("checkpoint_bytes").GetInt64() > 0);
        Assert.Equal([64L, 20L], plan.GetProperty("data").EnumerateArray().Select(split => split.GetProperty("images").GetInt64()));
        Assert.DoesNotContain(
            _place.Written(), path => path.EndsWith("mlflow.db", StringComparison.Ordinal) || path.EndsWith("/runs", StringComparison.Ordinal));
    }

    [Fact]
    public void Plan_HalfOfTheBatchAndASettingThatCannotBeTrained_AreLeftOutAndTheRestIsMeasured()
    {
        var result = Restless("[1, 3]");   // half of the batch, the recipe, two other settings, a checkpoint

        Assert.True(result.ExitCode == 0, result.ToString());
        using var json = JsonDocument.Parse(result.Output);
        var plan = json.RootElement;
        Assert.True(plan.GetProperty("steps").GetProperty("images_per_second").GetDouble() > 0);
        Assert.Equal(JsonValueKind.Null, plan.GetProperty("memory").GetProperty("bytes_per_image").ValueKind);
        var settings = plan.GetProperty("alternatives").EnumerateArray().Select(other => other.GetProperty("images_per_second")).ToList();
        Assert.Equal([JsonValueKind.Number, JsonValueKind.Null], settings.Select(speed => speed.ValueKind));   // what cannot be trained is last
    }

    [Fact]
    public void Plan_RecipeThatCannotBeTrained_EndsWithTheReason()
    {
        var result = Restless("[2]");

        Assert.True(result.ExitCode == 2, result.ToString());
        Assert.Empty(result.Output);
        Assert.StartsWith("The loss is NaN at step 1 ", result.ErrorLines[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--steps", "0", "--steps is 0; expected")]
    [InlineData("--scan", "-1", "--scan is -1; expected")]
    [InlineData("--set", "trainer.maxSteps=2", "optimizer steps cannot be measured")]
    public void Plan_BadInput_IsRefused(string option, string value, string message)
    {
        var result = _place.Run("plan", _place.Recipe, $"{option}={value}");

        Assert.True(result.ExitCode == 2, result.ToString());
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }

    private ProgramResult Restless(string breaks)
    {
        _plugins.Add("FragilePlugins");

        return _place.Run(
            "plan", _place.Recipe, "--steps", "2", "--json", "--plugins", _plugins.Root, "--set", $"method={{name: restless, breaks: {breaks}}}",
            "--set", "evaluation.online=null");
    }
}
