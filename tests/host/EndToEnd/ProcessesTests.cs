using Parallax.Host.Distributed;
using Parallax.Host.Tracking;
using Parallax.Host.Training;
using Parallax.Tests;

namespace Parallax.Host.Tests.EndToEnd;

/// <summary>A run in several processes is one run: the same weights, one record, and it ends as a whole.</summary>
public sealed class ProcessesTests : IDisposable
{
    private readonly Workplace _place = new();

    public ProcessesTests() => Assert.SkipUnless(OpenMpi.Mpirun is not null, "mpirun is not installed: run eng/install-mpi.sh.");

    public void Dispose() => _place.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Train_TwoProcesses_LeavesTheRunOfOne(int accumulation)
    {
        using var one = new Workplace();
        string[] arguments = ["train", _place.Recipe, "--set", "trainer.maxSteps=10", "--set", "optimizer.baseLearningRate=0.001", "--set",
            $"trainer.accumulation={accumulation}", "--set", "evaluation.protocols=[knn-lightly]"];
        one.Succeed(arguments);

        var result = _place.Succeed([.. arguments, "--nproc", "2"]);

        AssertSameRun(one, result);
    }

    [Fact]
    public void Train_TwoMachines_LeavesTheRunOfOneProcess()
    {
        using var machines = new TwoMachines();
        using var one = new Workplace();
        string[] arguments = ["train", _place.Recipe, "--set", "trainer.maxSteps=10", "--set", "optimizer.baseLearningRate=0.001", "--set",
            "evaluation.protocols=[knn-lightly]"];
        one.Succeed(arguments);

        var result = _place.RunThrough(machines.Mpirun, arguments);

        Assert.True(result.ExitCode == 0, result.ToString());
        AssertSameRun(one, result);
    }

    private void AssertSameRun(Workplace one, ProgramResult result)
    {
        var (expected, actual) = (Pretraining(one), Pretraining(_place));
        Assert.Equal(RunStatus.Finished, actual.Status);
        Assert.Equal("2", actual.Tags["parallax.processes"]);
        Assert.Single(result.Output.Split('\n'), line => line.Contains("is finished", StringComparison.Ordinal));
        Assert.Equal(Files(one), Files(_place));
        Assert.All(one.Curve(expected.RunId, "train/loss").Zip(_place.Curve(actual.RunId, "train/loss")), pair =>
        {
            Assert.Equal(pair.First.Step, pair.Second.Step);
            Assert.Equal(pair.First.Value, pair.Second.Value, tolerance: 0.002);
        });
        AssertSameWeights(Path.Combine(one.RunFolder()!, "backbone.safetensors"), Path.Combine(_place.RunFolder()!, "backbone.safetensors"), tolerance: 0.002f);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Train_GradientsOverlapped_EqualsTheRunWithoutBitForBit(int accumulation)
    {
        using var without = new Workplace();
        string[] arguments = ["train", _place.Recipe, "--set", "trainer.maxSteps=5", "--set", "evaluation.online=null", "--set",
            $"trainer.accumulation={accumulation}", "--nproc", "2"];
        without.Succeed([.. arguments, "--set", "trainer.overlapGradients=false"]);

        _place.Succeed([.. arguments, "--set", "trainer.overlapGradients=true"]);

        var (expected, actual) = (Pretraining(without), Pretraining(_place));
        Assert.Equal(without.Curve(expected.RunId, "train/loss"), _place.Curve(actual.RunId, "train/loss"));
        AssertSameWeights(Path.Combine(without.RunFolder()!, "backbone.safetensors"), Path.Combine(_place.RunFolder()!, "backbone.safetensors"), tolerance: 0);
    }

    [Fact]
    public void Train_LocalBatchNorm_NormalisesOverEachProcessAlone()
    {
        using var one = new Workplace();
        string[] arguments = ["train", _place.Recipe, "--set", "trainer.maxSteps=1", "--set", "evaluation.online=null", "--set", "trainer.batchNorm=local"];
        one.Succeed(arguments);

        _place.Succeed([.. arguments, "--nproc", "2"]);

        var difference = one.Curve(Pretraining(one).RunId, "train/loss").Single().Value - _place.Curve(Pretraining(_place).RunId, "train/loss").Single().Value;
        Assert.True(Math.Abs(difference) > 1e-4, $"The losses differ by {difference}: as little as with synchronised statistics.");
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 1)]
    public void Train_OneProcessIsKilled_EndsAllSaysWhichAndGoesOnWithAnyNumber(int rank, int processesAfterwards)
    {
        ProgramResult result;
        using (var run = _place.Start("train", _place.Recipe, "--nproc", "2"))
        {
            run.WaitFor(NewestCheckpoint, "a checkpoint");
            run.KillRank(rank);
            result = run.Wait();
        }

        var failed = Assert.Single(_place.TrackedRuns());
        var checkpoint = NewestCheckpoint()!;
        Assert.True(result.ExitCode == 137, result.ToString());
        Assert.Contains($"Rank {rank} of 2 was killed by signal 9 (SIGKILL, as the kernel does when memory runs out); the run has stopped on all processes.",
            result.ErrorLines);
        Assert.Equal($"The newest checkpoint is {Path.GetRelativePath(_place.Folder, checkpoint)}. Go on with: parallax train '{_place.Recipe}' --resume "
            + $"{failed.RunId} --nproc 2 (and the same --set options).", result.ErrorLines[^1]);
        Assert.Equal(RunStatus.Failed, failed.Status);

        var resumed = _place.Succeed("train", _place.Recipe, "--resume", "auto", "--nproc",
            processesAfterwards.ToString(System.Globalization.CultureInfo.InvariantCulture));

        Assert.Contains("Resuming at step ", resumed.Error, StringComparison.Ordinal);
        var finished = Assert.Single(_place.TrackedRuns());
        Assert.Equal((failed.RunId, RunStatus.Finished), (finished.RunId, finished.Status));
        Assert.Equal(Enumerable.Range(1, Workplace.Steps).Select(step => (long)step), _place.Curve(finished.RunId, "train/loss").Select(point => point.Step));
    }

    [Fact]
    public void Train_KilledAndResumed_EqualsTheUninterruptedRunBitForBit()
    {
        using var whole = new Workplace();
        string[] arguments = ["train", _place.Recipe, "--set", "evaluation.online=null", "--nproc", "2"];
        whole.Succeed(arguments);
        using (var run = _place.Start(arguments))
        {
            run.WaitFor(NewestCheckpoint, "a checkpoint");
            run.KillRank(1);
            run.Wait();
        }

        _place.Succeed([.. arguments, "--resume", "auto"]);

        var (expected, actual) = (Pretraining(whole), Pretraining(_place));
        Assert.Equal(whole.Curve(expected.RunId, "train/loss"), _place.Curve(actual.RunId, "train/loss"));
        AssertSameWeights(Path.Combine(whole.RunFolder()!, "backbone.safetensors"), Path.Combine(_place.RunFolder()!, "backbone.safetensors"), tolerance: 0);
    }

    [Fact]
    public void Train_Terminated_StopsAllProcessesAfterOneStepWithOneCheckpoint()
    {
        ProgramResult stopped;
        using (var run = _place.Start("train", _place.Recipe, "--nproc", "2"))
        {
            run.WaitFor(NewestCheckpoint, "a checkpoint");
            stopped = run.Terminate();
        }

        var killed = Assert.Single(_place.TrackedRuns());
        Assert.True(stopped.ExitCode == 130, stopped.ToString());
        Assert.Equal(RunStatus.Killed, killed.Status);
        Assert.EndsWith($"step-{_place.Curve(killed.RunId, "train/loss")[^1].Step:D8}.safetensors", NewestCheckpoint(), StringComparison.Ordinal);
        Assert.Contains($"--resume {killed.RunId} --nproc 2", stopped.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_LauncherIsKilled_ProcessesStopWithACheckpoint()
    {
        using (var run = _place.Start("train", _place.Recipe, "--nproc", "2"))
        {
            run.WaitFor(NewestCheckpoint, "a checkpoint");
            run.Kill();
        }

        Assert.True(SpinWait.SpinUntil(() => _place.TrackedRuns().Single().Status == RunStatus.Killed, TimeSpan.FromMinutes(2)),
            "The processes go on without the one that started them.");
    }

    [Fact]
    public void Train_BatchDoesNotDivide_SaysSoOnceBeforeAnythingIsWritten()
    {
        var result = _place.Run("train", _place.Recipe, "--nproc", "3");

        Assert.Equal(2, result.ExitCode);
        Assert.Equal("trainer.batchSize is 8, which 3 processes with trainer.accumulation 1 cannot share: expected 3 equal parts of at least 2 images. "
            + "Nearest valid: 6 or 9.", Assert.Single(result.ErrorLines));
        Assert.Empty(_place.Written());
    }

    [Theory]
    [InlineData("data.count=4", @"^trainer\.batchSize is 8, but ")]
    [InlineData("evaluation.online=knn-lightyl", "knn-lightly")]
    [InlineData("optimizer.baseLearningRate=1000 optimizer.weightDecay=10 evaluation.online=null", @"^The loss is \S+ at step \d+ ")]
    public void Train_FaultThatEveryProcessFinds_IsToldOnce(string settings, string expected)
    {
        var result = _place.Run(["train", _place.Recipe, "--nproc", "2", .. settings.Split(' ').SelectMany(setting => new[] { "--set", setting })]);

        Assert.True(result.ExitCode == 2, result.ToString());
        Assert.Single(result.ErrorLines, line => System.Text.RegularExpressions.Regex.IsMatch(line, expected));
        Assert.DoesNotContain("[rank 1]", result.Error, StringComparison.Ordinal);
    }

    private static StoredRun Pretraining(Workplace place) => place.TrackedRuns().Single(run => !run.Tags.ContainsKey("mlflow.parentRunId"));

    private static IEnumerable<string> Files(Workplace place) =>
        Directory.EnumerateFiles(place.RunFolder()!, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(place.RunFolder()!, file))
            .Order(StringComparer.Ordinal);

    private static void AssertSameWeights(string expectedFile, string actualFile, float tolerance)
    {
        using var scope = torch.NewDisposeScope();
        var (expected, actual) = (SafeTensors.Load(expectedFile), SafeTensors.Load(actualFile));

        Assert.Equal(expected.Keys, actual.Keys);
        Assert.All(expected.Where(pair => pair.Value.is_floating_point()), pair =>
            Assert.InRange((actual[pair.Key] - pair.Value).norm().item<float>(), 0, tolerance * (pair.Value.norm().item<float>() + 0.5f)));
    }

    private string? NewestCheckpoint() =>
        _place.RunFolder() is { } run ? new CheckpointStore(Path.Combine(run, "checkpoints"), keep: 1).Latest : null;
}
