using System.Buffers.Binary;
using System.Text.Json;
using Parallax.Host.Tracking;
using Parallax.Host.Training;

namespace Parallax.Host.Tests.EndToEnd;

/// <summary>What an interrupted run must be when it has been resumed: the run that was never interrupted.</summary>
public sealed class ResumeTests(ResumeTests.Uninterrupted reference) : IClassFixture<ResumeTests.Uninterrupted>, IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void Train_KilledAfterACheckpointAndResumed_IsTheUninterruptedRun()
    {
        using (var first = _place.Start("train", _place.Recipe))
        {
            first.WaitFor(NewestCheckpoint, "a checkpoint");
            first.Kill();
        }

        var killed = Assert.Single(_place.TrackedRuns());
        var result = _place.Succeed("train", _place.Recipe, "--resume", "auto");

        Assert.Equal(RunStatus.Running, killed.Status);
        Assert.Contains("Resuming at step ", result.Error, StringComparison.Ordinal);
        AssertSameRun(killed.RunId);
    }

    [Fact]
    public void Train_KilledBeforeTheFirstCheckpointAndResumed_IsTheUninterruptedRun()
    {
        using (var first = _place.Start("train", _place.Recipe))
        {
            first.WaitFor(_place.RunFolder, "a run");
            first.Kill();
        }

        Assert.Null(NewestCheckpoint());
        var killed = Assert.Single(_place.TrackedRuns());
        var result = _place.Succeed("train", _place.Recipe, "--resume", "auto");

        Assert.Contains("The run has no checkpoint yet: starting again from step 0, in the same run.", result.Error, StringComparison.Ordinal);
        AssertSameRun(killed.RunId);
    }

    [Fact]
    public void Train_TerminatedByTerminalAndParentAtOnce_StillWritesACheckpoint()
    {
        using var run = _place.Start("train", _place.Recipe);
        run.WaitFor(NewestCheckpoint, "a checkpoint");

        var stopped = run.Terminate(times: 2);

        Assert.True(stopped.ExitCode == 130, stopped.ToString());
    }

    [Fact]
    public void Train_TerminatedAndResumed_WritesACheckpointAndIsTheUninterruptedRun()
    {
        ProgramResult stopped;
        using (var first = _place.Start("train", _place.Recipe))
        {
            first.WaitFor(NewestCheckpoint, "a checkpoint");
            stopped = first.Terminate();
        }

        var killed = Assert.Single(_place.TrackedRuns());
        Assert.True(stopped.ExitCode == 130, stopped.ToString());
        Assert.Contains($"--resume {killed.RunId}", stopped.Output, StringComparison.Ordinal);
        Assert.Equal(RunStatus.Killed, killed.Status);
        var last = _place.Curve(killed.RunId, "train/loss")[^1].Step;
        Assert.EndsWith($"step-{last:D8}.safetensors", NewestCheckpoint(), StringComparison.Ordinal);

        var result = _place.Succeed("train", _place.Recipe, "--resume", killed.RunId);

        Assert.Contains($"Resuming at step {last} from ", result.Error, StringComparison.Ordinal);
        AssertSameRun(killed.RunId);
    }

    [Fact]
    public void Train_ResumeAutoOfAFinishedRun_StartsANewOneAndSaysSo()
    {
        string[] quick = ["train", _place.Recipe, "--set", "trainer.maxSteps=1", "--set", "evaluation.online=null"];
        _place.Succeed(quick);

        var result = _place.Succeed([.. quick, "--resume", "auto"]);

        Assert.Contains("No unfinished run of this recipe under 'runs': starting a new one.", result.Error, StringComparison.Ordinal);
        Assert.Equal(2, _place.TrackedRuns().Count);
    }

    private void AssertSameRun(string runId)
    {
        var run = Assert.Single(_place.TrackedRuns());

        Assert.Equal(runId, run.RunId);
        Assert.Equal(RunStatus.Finished, run.Status);
        Assert.Equal(Enumerable.Range(1, Workplace.Steps).Select(step => (long)step), reference.Curve("train/loss").Select(point => point.Step));
        foreach (var metric in new[] { "train/loss", "train/learning_rate", "train/proxy_accuracy", "online/knn-lightly" })
        {
            Assert.Equal(reference.Curve(metric), _place.Curve(runId, metric));
        }

        var folder = _place.RunFolder()!;
        Assert.True(Values(NewestCheckpoint()!).SequenceEqual(reference.LastCheckpoint), "The last checkpoints differ.");
        Assert.True(Values(Path.Combine(folder, "backbone.safetensors")).SequenceEqual(reference.Backbone), "The weights differ.");
        Assert.Equal(reference.Verdicts, Verdicts(NewestCheckpoint()!));
        Assert.Equal(reference.Pictures, Pictures(_place));
    }

    private string? NewestCheckpoint() => NewestCheckpoint(_place);

    private static string? NewestCheckpoint(Workplace place) =>
        place.RunFolder() is { } run ? new CheckpointStore(Path.Combine(run, "checkpoints"), keep: 1).Latest : null;

    // What they rest on, and what was said last.
    private static string Verdicts(string checkpoint)
    {
        using var loaded = CheckpointStore.Load(checkpoint);
        Assert.Equal(Workplace.Steps, loaded.State.Verdicts!.Losses.Count);
        Assert.NotNull(loaded.State.Verdicts.Current);

        return JsonSerializer.Serialize(loaded.State.Verdicts);
    }

    // The curves of the whole run, drawn at its end.
    private static string[] Pictures(Workplace place) =>
        [.. new[] { "loss.svg", "accuracy.svg" }.Select(name => File.ReadAllText(Path.Combine(place.RunFolder()!, name)))];

    // A safetensors file without its header, which holds the identifier of the run: nothing but the bits of the tensors.
    private static byte[] Values(string file)
    {
        var bytes = File.ReadAllBytes(file);

        return bytes[(8 + (int)BinaryPrimitives.ReadInt64LittleEndian(bytes))..];
    }

    /// <summary>The same training in one go, once for all tests.</summary>
    public sealed class Uninterrupted : IDisposable
    {
        private readonly Workplace _place = new();
        private readonly string _runId;

        public Uninterrupted()
        {
            _place.Succeed("train", _place.Recipe);
            _runId = Assert.Single(_place.TrackedRuns()).RunId;
            LastCheckpoint = Values(NewestCheckpoint(_place)!);
            Verdicts = ResumeTests.Verdicts(NewestCheckpoint(_place)!);
            Pictures = ResumeTests.Pictures(_place);
            Backbone = Values(Path.Combine(_place.RunFolder()!, "backbone.safetensors"));
        }

        public byte[] LastCheckpoint { get; }

        public byte[] Backbone { get; }

        public string Verdicts { get; }

        public string[] Pictures { get; }

        public IReadOnlyList<(long Step, double Value)> Curve(string metric) => _place.Curve(_runId, metric);

        public void Dispose() => _place.Dispose();
    }
}
