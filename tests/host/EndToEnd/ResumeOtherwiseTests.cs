using Parallax.Host.Tracking;
using Parallax.Host.Training;

namespace Parallax.Host.Tests.EndToEnd;

/// <summary>A run that goes on with other settings, from another file, or beside another program.</summary>
public sealed class ResumeOtherwiseTests : IDisposable
{
    private const double Rate = 0.1;

    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Theory]
    [InlineData(16, 2, 8, 4, 24)]
    [InlineData(8, 2, 16, 6, 32)]
    public void Train_OtherBatchesAndMoreEpochs_TrainsWhatIsLeftWithItsSchedule(int batchBefore, int epochsBefore, int batch, int epochs, int steps)
    {
        Train(batchBefore, epochsBefore);
        var run = Assert.Single(_place.TrackedRuns());

        var result = Train(batch, epochs, "--resume", run.RunId);

        var (done, spe) = (64 / batchBefore * epochsBefore, 64 / batch);
        Assert.Contains(
            $"Going on with other settings: trainer.epochs {epochs} (before: {epochsBefore}), trainer.batchSize {batch} (before: {batchBefore}).",
            result.Error, StringComparison.Ordinal);
        Assert.Contains($"Resuming at step {done} from ", result.Error, StringComparison.Ordinal);
        Assert.Contains($"{epochsBefore} epochs of {epochs} done, {steps - done} steps of {batch} images left.", result.Error, StringComparison.Ordinal);
        Assert.Equal(RunStatus.Finished, Assert.Single(_place.TrackedRuns()).Status);
        Assert.Equal(Enumerable.Range(1, steps).Select(step => (long)step), _place.Curve(run.RunId, "train/loss").Select(point => point.Step));
        var expected = Enumerable.Range(0, done).Select(step => Cosine(step, done))
            .Concat(Enumerable.Range(epochsBefore * spe, steps - done).Select(step => Cosine(step, epochs * spe)));
        Assert.All(expected.Zip(_place.Curve(run.RunId, "train/learning_rate")), pair => Assert.Equal(pair.First, pair.Second.Value, tolerance: 1e-12));
        Assert.EndsWith($"step-{steps:D8}.safetensors", Checkpoints().Latest, StringComparison.Ordinal);
    }

    // What made the loss no number is mended: the run goes on from the last checkpoint before it.
    [Fact]
    public void Train_FailedByNaNAndMended_GoesOnAndEndsWell()
    {
        string[] train = ["train", _place.Recipe, "--set", "evaluation.online=null", "--set"];
        _place.Succeed([.. train, "trainer.maxSteps=8"]);
        var runId = Assert.Single(_place.TrackedRuns()).RunId;
        string[] further = [.. train, "trainer.maxSteps=16", "--resume", runId];

        var failed = _place.Run([.. further, "--set", "optimizer.baseLearningRate=1000", "--set", "optimizer.weightDecay=10", "--set",
            "trainer.checkpointEverySteps=0"]);
        var broken = Assert.Single(_place.TrackedRuns());
        var mended = _place.Succeed(further);

        Assert.True(failed.ExitCode == 2, failed.ToString());
        Assert.Equal((RunStatus.Failed, "diverging"), (broken.Status, broken.Tags["parallax.verdict"]));
        Assert.StartsWith("The loss is NaN at step ", broken.Tags["parallax.failure"], StringComparison.Ordinal);
        Assert.Contains("Resuming at step 8 from ", mended.Error, StringComparison.Ordinal);
        var run = Assert.Single(_place.TrackedRuns());
        Assert.Equal((RunStatus.Finished, ""), (run.Status, run.Tags["parallax.failure"]));
        Assert.NotEqual("diverging", run.Tags["parallax.verdict"]);
        Assert.Equal((16L, true), (run.Metrics["train/loss"].Step, double.IsFinite(run.Metrics["train/loss"].Value)));
        Assert.Equal(Enumerable.Range(1, 16).Select(step => (long)step), _place.Curve(runId, "train/loss").Select(point => point.Step).Distinct());
        Assert.EndsWith("step-00000016.safetensors", Checkpoints().Latest, StringComparison.Ordinal);
        Assert.DoesNotContain("\nfailure\t", _place.Succeed("runs", "show", runId).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_GrownDataAtTheEndOfAnEpoch_TrainsTheEpochsLeftOfAllOfThem()
    {
        Train(8, 2);
        var run = Assert.Single(_place.TrackedRuns()).RunId;

        var result = Train(8, 3, "--resume", run, "--set", "data.count=80");

        Assert.Contains(
            "2 epochs of 3 done, 10 steps of 8 images left. The data have changed: 64 images before, 80 now.", result.Error, StringComparison.Ordinal);
        Assert.Equal(26, _place.Curve(run, "train/loss")[^1].Step);
        Assert.Equal(Cosine(29, 30), _place.Curve(run, "train/learning_rate")[^1].Value, tolerance: 1e-12);
    }

    [Fact]
    public void Train_GrownDataAndAMethodWithARowPerImage_IsRefused()
    {
        string[] method = ["--set", "method={name: deepcluster-v2, prototypes: 16}"];
        Train(8, 1, method);
        var run = Assert.Single(_place.TrackedRuns());

        var result = _place.Run(Arguments(8, 2, [.. method, "--resume", run.RunId, "--set", "data.count=80"]));

        Assert.True(result.ExitCode == 2, result.ToString());
        Assert.EndsWith("The method keeps something for each image, and the data had 64 images then and have 80 now. Use the data as they were, or start a "
            + "new run.", result.ErrorLines[^1], StringComparison.Ordinal);
        Assert.Equal(RunStatus.Finished, Assert.Single(_place.TrackedRuns()).Status);
    }

    [Fact]
    public void Train_NewestCheckpointIsDamaged_GoesOnFromTheOneBefore()
    {
        Train(8, 2);
        var run = Assert.Single(_place.TrackedRuns()).RunId;
        var files = Checkpoints().NewestFirst.ToList();
        var bytes = File.ReadAllBytes(files[0]);
        bytes[^100] ^= 1;
        File.WriteAllBytes(files[0], bytes);

        var result = Train(8, 3, "--resume", run);

        Assert.Contains($"step-00000016.safetensors' is damaged: its bytes are not those that were written.", result.Error, StringComparison.Ordinal);
        Assert.Contains("Taking the one before it, 'runs/", result.Error, StringComparison.Ordinal);
        Assert.Contains("Resuming at step 15 from ", result.Error, StringComparison.Ordinal);
        Assert.Equal(24, _place.Curve(run, "train/loss").Count);
    }

    [Fact]
    public void Train_EveryCheckpointIsDamaged_IsRefusedWithAllTheirNames()
    {
        Train(8, 2);
        var files = Checkpoints().NewestFirst.ToList();
        files.ForEach(file => File.WriteAllBytes(file, []));
        var run = Assert.Single(_place.TrackedRuns()).RunId;

        var result = _place.Run(Arguments(8, 3, "--resume", run));

        Assert.True(result.ExitCode == 2, result.ToString());
        Assert.All(files, file => Assert.Contains(result.ErrorLines, line => line.Contains(Path.GetFileName(file), StringComparison.Ordinal)));
        Assert.Contains("holds no other checkpoint.", result.ErrorLines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Train_ResumeAFile_GoesOnFromThereInTheSameRun()
    {
        Train(8, 2);
        var run = Assert.Single(_place.TrackedRuns()).RunId;
        var last = _place.Curve(run, "train/loss");
        var file = Path.GetRelativePath(_place.Folder, Checkpoints().NewestFirst.ElementAt(1));

        var result = Train(8, 2, "--resume", file);

        Assert.Contains("step-00000016.safetensors: later than this, removed when the first new checkpoint is written. ", result.Error,
            StringComparison.Ordinal);
        Assert.Contains($"Resuming at step 15 from '{file}'", result.Error, StringComparison.Ordinal);
        Assert.Equal(last, _place.Curve(run, "train/loss"));
        Assert.EndsWith("step-00000016.safetensors", Checkpoints().Latest, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_SecondProgramWithAnotherHome_IsRefused()
    {
        using var first = _place.Start("train", _place.Recipe, "--set", "trainer.epochs=2000");
        first.WaitFor(_place.RunFolder, "a run");
        var (run, home) = (Path.GetFileName(_place.RunFolder()!), Directory.CreateDirectory(_place.PathOf("other home")).FullName);

        using var program = new ProgramRun(_place.Folder, home, ["train", _place.Recipe, "--set", "trainer.epochs=2000", "--resume", run]);
        var second = program.Wait();

        Assert.True(second.ExitCode == 2, second.ToString());
        Assert.Matches(
            $"^Run {run} is being written by process [0-9]+ on .+\\. Wait for it to end, or start a new run without --resume\\.$",
            Assert.Single(second.ErrorLines));
        Assert.Equal(RunStatus.Running, Assert.Single(_place.TrackedRuns()).Status);
    }

    private static double Cosine(int step, int length) => Rate * 0.5 * (1 + Math.Cos(Math.PI * step / length));

    private CheckpointStore Checkpoints() => new(Path.Combine(_place.RunFolder()!, "checkpoints"), keep: 1);

    private ProgramResult Train(int batchSize, int epochs, params IReadOnlyList<string> more) => _place.Succeed(Arguments(batchSize, epochs, more));

    private IReadOnlyList<string> Arguments(int batchSize, int epochs, params IReadOnlyList<string> more) =>
        ["train", _place.Recipe, "--set", $"trainer.batchSize={batchSize}", "--set", $"trainer.epochs={epochs}", "--set", "evaluation.online=null", .. more];
}
