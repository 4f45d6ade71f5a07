using System.Text.Json;

namespace Parallax.Host.Tests.EndToEnd;

/// <summary><c>parallax plan</c> on the built program.</summary>
public sealed class PlanTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

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
}
