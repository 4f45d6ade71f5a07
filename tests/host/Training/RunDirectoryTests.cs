using Parallax.Host.Training;

namespace Parallax.Host.Tests.Training;

public sealed class RunDirectoryTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("parallax-runs-");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void Create_Always_KeepsRecipeAndState()
    {
        var created = RunDirectory.Create(_root.FullName, "one", "recipe", Noon);

        var opened = RunDirectory.Open(_root.FullName, "one");
        Assert.Equal(created.Record, opened.Record);
        Assert.Equal(RunState.Running, opened.Record.State);
        Assert.Equal("recipe", File.ReadAllText(opened.RecipePath));
    }

    [Fact]
    public void Resumable_SeveralRuns_AreTheUnfinishedOnesOfTheSameRecipeNewestFirst()
    {
        Create("old", "recipe", 0, RunState.Failed);
        Create("newer", "recipe", 1, RunState.Stopped);
        Create("finished", "recipe", 2, RunState.Finished);
        Create("other", "another recipe", 3, RunState.Running);

        Assert.Equal(["newer", "old"], Resumable("recipe"));
        Assert.Equal(["other"], Resumable("another recipe"));
        Assert.Empty(Resumable("a third recipe"));
        Assert.Empty(RunDirectory.Resumable(Path.Combine(_root.FullName, "nowhere"), "recipe"));
    }

    [Fact]
    public void Open_BeginningOfARun_OpensIt()
    {
        Create("abc1", "recipe", 0, RunState.Finished);
        Create("abd2", "recipe", 1, RunState.Finished);

        Assert.Equal("abd2", RunDirectory.Open(_root.FullName, "abd").Record.RunId);
        Assert.Equal($"'ab' is the beginning of 2 runs in '{_root.FullName}': abd2, abc1. Give more of the one you mean.",
            Assert.Throws<ConfigurationException>(() => RunDirectory.Open(_root.FullName, "ab")).Message);
    }

    [Fact]
    public void RequireNew_FolderOfALaunchersRun_RefusesASecondStart()
    {
        RunDirectory.RequireNew(_root.FullName, "0123");
        Create("0123", "recipe", 0, RunState.Failed);

        var fault = Assert.Throws<ConfigurationException>(() => RunDirectory.RequireNew(_root.FullName, "0123"));

        Assert.StartsWith("MLFLOW_RUN_ID is 0123, and '", fault.Message, StringComparison.Ordinal);
        Assert.Contains("--resume 0123", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_UnknownRun_ListsTheNewestKnownOnes()
    {
        for (var i = 0; i < 6; i++)
        {
            Create($"run{i}", "recipe", i, RunState.Finished);
        }

        var fault = Assert.Throws<ConfigurationException>(() => RunDirectory.Open(_root.FullName, "runn"));

        Assert.Equal($"No run 'runn' under '{_root.FullName}'. Newest runs there: run5, run4, run3, run2, run1.", fault.Message);
    }

    [Fact]
    public void Open_NoRunsAtAll_NamesTheKeyToSet()
    {
        var fault = Assert.Throws<ConfigurationException>(() => RunDirectory.Open(Path.Combine(_root.FullName, "nowhere"), "one"));

        Assert.EndsWith("There are no runs there; set trainer.outputDirectory to where it was written.", fault.Message, StringComparison.Ordinal);
    }

    private IEnumerable<string> Resumable(string recipe) => RunDirectory.Resumable(_root.FullName, recipe).Select(run => run.Record.RunId);

    private void Create(string runId, string recipe, int minute, RunState state) =>
        RunDirectory.Create(_root.FullName, runId, recipe, Noon.AddMinutes(minute)).SetState(state);
}
