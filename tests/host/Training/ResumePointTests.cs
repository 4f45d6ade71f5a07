using Parallax.Host.Configuration;
using Parallax.Host.Training;

namespace Parallax.Host.Tests.Training;

/// <summary>Which run is gone on with, and what may differ.</summary>
[Collection(GeneratorCollection.Name)]
public sealed class ResumePointTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TrainingBench _bench = new();
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("parallax-resume-");
    private readonly DisposeScope _scope = torch.NewDisposeScope();
    private readonly List<string> _said = [];

    public void Dispose()
    {
        _scope.Dispose();
        _root.Delete(recursive: true);
        _bench.Dispose();
    }

    [Fact]
    public void Find_AutoAndTheNewestIsBeingWritten_LeavesItAloneAndTakesTheOneBefore()
    {
        Create("older", 0, step: 4);
        using var newest = RunLock.TryTake(Create("newer", 1, step: 8).Path);

        using var found = ResumePoint.Find(Configuration(), "auto", _said.Add);

        Assert.Equal("older", found?.Directory.Record.RunId);
        Assert.Equal(["Run newer of this recipe is being written by another process: left alone."], _said);
    }

    [Fact]
    public void Find_AutoAndAllAreBeingWritten_FindsNone()
    {
        using var only = RunLock.TryTake(Create("only", 0, step: 4).Path);

        Assert.Null(ResumePoint.Find(Configuration(), "auto", _said.Add));
        Assert.Equal($"No unfinished run of this recipe under '{_root.FullName}': starting a new one.", _said[^1]);
    }

    [Theory]
    [InlineData("one")]
    [InlineData("FOLDER")]
    [InlineData("FILE")]
    [InlineData("BEST")]
    [InlineData("auto")]
    public void Find_AnyNameOfARun_IsThatRunAndLocksIt(string name)
    {
        var run = Create("one", 0, step: 4);
        var store = new CheckpointStore(run.CheckpointDirectory, keep: 3);
        store.MarkBest(store.Latest!);
        var wanted = name switch { "FOLDER" => run.Path, "FILE" => store.Latest!, "BEST" => store.BestPath, _ => name };

        using var found = ResumePoint.Find(Configuration(), wanted, _said.Add);

        Assert.Equal(("one", 4L), (found?.Directory.Record.RunId, found?.Checkpoint?.State.Position.Step));
        Assert.Null(RunLock.TryTake(run.Path));
        Assert.Empty(_said);
    }

    [Fact]
    public void Find_CheckpointPutElsewhere_IsOfTheRunThatWroteIt()
    {
        var run = Create("one", 0, step: 4);
        var copy = Path.Combine(_root.FullName, "copy.safetensors");
        File.Copy(new CheckpointStore(run.CheckpointDirectory, 1).Latest!, copy);

        using var found = ResumePoint.Find(Configuration(), copy, _said.Add);

        Assert.Equal(run.Path, found?.Directory.Path);
    }

    [Fact]
    public void Find_CheckpointInTheFolderOfAnotherRun_IsRefused()
    {
        var (one, two) = (Create("one", 0, step: 4), Create("two", 1, step: 8));
        var copy = Path.Combine(two.CheckpointDirectory, "copy.safetensors");
        File.Copy(new CheckpointStore(one.CheckpointDirectory, 1).Latest!, copy);

        Assert.Contains("lies in the folder of run two, but was written by run one.", Fault(copy), StringComparison.Ordinal);
    }

    [Fact]
    public void Find_NoCheckpointAndOtherSettings_IsRefusedAsItsStepsWouldBeMixed()
    {
        Create("one", 0, step: null);

        Assert.StartsWith(
            "Run one has no checkpoint yet, so it would start again, with other settings (trainer.batchSize 8 (before: 4)).",
            Fault("one", "trainer.batchSize=8"), StringComparison.Ordinal);
        using var same = ResumePoint.Find(Configuration(), "one", _said.Add);
        Assert.Null(same?.Checkpoint);
    }

    [Fact]
    public void Find_FinishedAndItsCheckpointsAreGone_IsRefused()
    {
        Create("one", 0, step: null).SetState(RunState.Finished);

        Assert.StartsWith("Run one is finished, and '", Fault("one"), StringComparison.Ordinal);
    }

    [Fact]
    public void Find_Refused_LeavesTheFolderAndTheLockAsTheyWere()
    {
        var run = Create("one", 0, step: 4);
        var before = Directory.GetFiles(run.Path);

        Fault("one", "trainer.seed=8");

        Assert.Equal(before, Directory.GetFiles(run.Path));
        using var taken = RunLock.TryTake(run.Path);
        Assert.NotNull(taken);
    }

    [Theory]
    [InlineData("trainer.seed=8", "trainer.seed is '8', but run one was started with '7'.")]
    [InlineData("data.shareSeed=2", "data.shareSeed is '2', but run one was started with '0'.")]
    [InlineData("optimizer.name=adam", "optimizer.name is 'adam', but run one was started with 'sgd'.")]
    [InlineData("data.imageSize=8", "data.imageSize is '8', but run one was started with 'null'.")]
    [InlineData("views=[{augmentations: [echo]}]", "views is '")]
    public void Find_WhatIsTrainedHasChanged_IsRefused(string setting, string expected) =>
        Assert.StartsWith(expected, Fault("one", setting, isNew: true), StringComparison.Ordinal);

    [Theory]
    [InlineData("trainer.epochs=3", "Going on with other settings: trainer.epochs 3 (before: 2).")]
    [InlineData("trainer.maxSteps=3", "Going on with other settings: trainer.maxSteps 3 (before: null).")]
    [InlineData("trainer.accumulation=2", "Going on with other settings: trainer.accumulation 2 (before: 1).")]
    [InlineData("optimizer.baseLearningRate=0.05", "Going on with other settings: optimizer.baseLearningRate 0.05 (before: 0.1).")]
    [InlineData("schedule.name=cosine", "Going on with other settings: schedule.name cosine (before: constant).")]
    [InlineData("data.path=there", "Going on with other settings: data.path there (before: here).")]
    public void Find_WhatMayChangeHasChanged_IsTold(string setting, string expected)
    {
        Create("one", 0, step: 4);

        using var found = ResumePoint.Find(Configuration(setting), "one", _said.Add);

        Assert.Equal([expected], found?.Notes);
    }

    [Theory]
    [InlineData("trainer.workers=2")]
    [InlineData("trainer.logEverySteps=3")]
    [InlineData("trainer.checkpointEverySteps=2")]
    [InlineData("trainer.keepCheckpoints=9")]
    [InlineData("evaluation.batchSize=8")]
    [InlineData("tracking.experiment=other")]
    public void Find_WhatConcernsNoWeightHasChanged_GoesOnWithoutAWord(string setting)
    {
        Create("one", 0, step: 4);

        using var found = ResumePoint.Find(Configuration(setting), "one", _said.Add);

        Assert.Empty(found!.Notes);
    }

    private string Fault(string wanted, string? setting = null, bool isNew = false)
    {
        if (isNew)
        {
            Create(wanted, 0, step: 4);
        }

        var configuration = setting is null ? Configuration() : Configuration(setting);

        return Assert.Throws<ConfigurationException>(() => ResumePoint.Find(configuration, wanted, _said.Add)?.Dispose()).Message;
    }

    private ResolvedConfiguration Configuration(params string[] overrides) => _bench.Configuration([$"trainer.outputDirectory={_root.FullName}", .. overrides]);

    private RunDirectory Create(string runId, int minute, long? step)
    {
        var recipe = RunDirectory.RecipeOf(Configuration());
        var run = RunDirectory.Create(_root.FullName, runId, recipe, Noon.AddMinutes(minute));
        if (step is { } done)
        {
            new CheckpointStore(run.CheckpointDirectory, keep: 1).Save(
                new(CheckpointState.CurrentFormat, runId, new(done, 0, 0), null), recipe, new Dictionary<string, Tensor> { ["w"] = torch.ones(2) });
        }

        return run;
    }
}
