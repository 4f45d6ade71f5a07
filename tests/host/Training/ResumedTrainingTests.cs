using Parallax.Host.Training;

namespace Parallax.Host.Tests.Training;

/// <summary>A run that goes on with other batches, epochs or steps: which images it sees, at which rates, on which axis.</summary>
[Collection(GeneratorCollection.Name)]
public sealed class ResumedTrainingTests : IDisposable
{
    private readonly TrainingBench _bench = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parallax-resumed-");
    private readonly DisposeScope _scope = torch.NewDisposeScope();
    private readonly List<string> _calls = [];
    private readonly List<double> _rates = [];

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Delete(recursive: true);
        _bench.Dispose();
    }

    [Theory]
    [InlineData(3, "trainer.batchSize=2", new[] { 2, 2 })]        // 12 of 16 images are done
    [InlineData(3, "trainer.batchSize=4", new[] { 4 })]
    [InlineData(1, "trainer.batchSize=6", new[] { 6, 6 })]
    [InlineData(1, "trainer.batchSize=8", new[] { 8 })]           // 12 are left: 4 of them fill no batch
    [InlineData(3, "trainer.batchSize=8", new int[0])]            // 4 are left, no batch at all
    [InlineData(2, "trainer.batchSize=8 trainer.accumulation=2", new[] { 8 })]
    public void Run_OtherBatches_TrainsTheImagesOfTheEpochThatAreLeft(int stepsBefore, string settings, int[] batches)
    {
        var (before, path) = Interrupt(stepsBefore, "trainer.epochs=1");

        var after = Resume(path, ["trainer.epochs=1", .. settings.Split(' ')]);

        Assert.Equal(batches, after.Enqueued.Select(batch => batch.Length));
        var expected = Whole().SelectMany(batch => batch).Take((stepsBefore * 4) + batches.Sum());
        Assert.Equal(expected, before.Enqueued.Concat(after.Enqueued).SelectMany(batch => batch));
        Assert.Equal($"epoch {stepsBefore + batches.Length}", _calls[^1]);   // what is due at the end of the epoch is done once, whatever was left
        Assert.Single(_calls, call => call.StartsWith("epoch", StringComparison.Ordinal));
    }

    [Fact]
    public void Run_OtherBatches_GoesOnAtTheRatesOfARunWithThoseBatchesAndOnTheSameAxis()
    {
        var (_, path) = Interrupt(4, "trainer.epochs=4", "schedule.name=cosine", "trainer.batchSize=4");
        string[] settings = ["trainer.epochs=4", "schedule.name=cosine", "trainer.batchSize=8"];
        using var whole = _bench.Session(TrainingBench.Method(), settings);
        _rates.Clear();
        Run(whole);
        var expected = _rates.ToList();
        _calls.Clear();
        _rates.Clear();

        Resume(path, settings);

        Assert.Equal(expected[2..], _rates);
        Assert.Equal(["step 5", "step 6", "step 7", "step 8", "step 9", "step 10"], _calls.Where(call => call.StartsWith("step", StringComparison.Ordinal)));
    }

    [Fact]
    public void Run_FinishedAndGivenMoreEpochs_TrainsThoseAtTheRatesOfTheLongerRun()
    {
        var (_, path) = Interrupt(8, "trainer.epochs=2", "schedule.name=cosine");
        _rates.Clear();

        var after = Resume(path, "trainer.epochs=3", "schedule.name=cosine");

        Assert.Equal(4, after.Enqueued.Count);
        Assert.Equal([8, 9, 10, 11], _rates.Select(rate => Math.Round(Math.Acos((rate / 0.05) - 1) / Math.PI * 12, 6)));
    }

    [Theory]
    [InlineData(6, 6)]
    [InlineData(20, 16)]
    [InlineData(5, 5)]
    public void Run_MaxStepsAfterOtherBatches_CountsAllStepsAndEndsTheScheduleThere(int maxSteps, int last)
    {
        var (_, path) = Interrupt(4, "trainer.epochs=4", "schedule.name=cosine");   // one epoch
        _rates.Clear();

        Resume(path, "trainer.epochs=4", "trainer.batchSize=4", $"trainer.maxSteps={maxSteps}", "schedule.name=cosine");

        Assert.Equal($"step {last}", _calls.Last(call => call.StartsWith("step", StringComparison.Ordinal)));
        Assert.Equal(0.05 * (1 + Math.Cos(Math.PI * (last - 1) / last)), _rates[^1], tolerance: 1e-12);
    }

    [Fact]
    public void Run_NothingLeftButTheEndOfTheEpoch_DoesThatAndEnds()
    {
        var (_, path) = Interrupt(8, "trainer.epochs=2");
        _calls.Clear();

        var after = Resume(path, "trainer.epochs=2");

        Assert.Empty(after.Enqueued);
        Assert.Equal(["epoch 8"], _calls);
    }

    [Fact]
    public void Run_StoppedAtTheEndOfAnEpoch_LeavesWhatIsDueThereToTheNext()
    {
        var (_, path) = Interrupt(4, "trainer.epochs=2");
        Assert.DoesNotContain("epoch 4", _calls);
        using var checkpoint = CheckpointStore.Load(path);

        Resume(path, "trainer.epochs=2");

        Assert.True(checkpoint.State.EpochEndIsDue);
        Assert.Equal(["epoch 4", "epoch 8"], _calls.Where(call => call.StartsWith("epoch", StringComparison.Ordinal)));
    }

    [Fact]
    public void Restore_FirstFormat_CountsTheStepsOfItsOwnBatches()
    {
        var (_, path) = Interrupt(3, "trainer.epochs=2");
        using var current = CheckpointStore.Load(path);
        var first = Path.Combine(_folder.FullName, "first.safetensors");
        using (var stream = File.Create(first))
        {
            SafeTensors.Write(stream, current.Tensors, new Dictionary<string, string>
            {
                ["parallax.state"] = """{"Format":1,"RunId":"run","Position":{"Step":3,"Epoch":0,"StepInEpoch":3},"BestAccuracy":0.5}""",
                ["parallax.recipe"] = current.Recipe,
            });
        }

        using var session = _bench.Session(TrainingBench.Method(), "trainer.epochs=2", "trainer.batchSize=2");
        using (var checkpoint = CheckpointStore.Load(first))
        {
            session.Restore(checkpoint);
        }

        Assert.Equal(new TrainingPosition(Step: 3, Epoch: 0, Samples: 12), session.Progress.Position);
        Assert.Equal((6L, 0.5), (session.Progress.ScheduleStep, session.Progress.BestAccuracy));
    }

    // Trains and stops after some steps, as a signal would.
    private (TinyMethod Method, string Checkpoint) Interrupt(int steps, params string[] settings)
    {
        var method = TrainingBench.Method();
        using var session = _bench.Session(method, settings);
        using var stop = new CancellationTokenSource();
        string? path = null;
        Run(session, step =>
        {
            if (step == steps)
            {
                stop.Cancel();
            }
        }, s => path = new CheckpointStore(_folder.FullName, keep: 1).Save(
            new(CheckpointState.CurrentFormat, "run", s.Progress.Position, null) { EpochEndIsDue = s.Progress.EpochEndIsDue },
                s.Experiment.Configuration.ToYaml(), s.StateTensors()),
            stop.Token);

        return (method, path!);
    }

    private TinyMethod Resume(string path, params string[] settings)
    {
        var method = TrainingBench.Method();
        using var session = _bench.Session(method, settings);
        using (var checkpoint = CheckpointStore.Load(path))
        {
            session.Restore(checkpoint);
        }

        Assert.True(Run(session));

        return method;
    }

    private List<long[]> Whole()
    {
        var method = TrainingBench.Method();
        using var session = _bench.Session(method, "trainer.epochs=1");
        new Trainer(session, TrainerCallbacks.None, TimeProvider.System).Run(CancellationToken.None);

        return method.Enqueued;
    }

    private bool Run(
        TrainingSession session, Action<long>? onStep = null, Action<TrainingSession>? onCheckpoint = null, CancellationToken stop = default) => new Trainer(
        session,
        new(
            report =>
            {
                _calls.Add($"step {report.Step}");
                _rates.Add(report.LearningRate);
                onStep?.Invoke(report.Step);
            },
            s => _calls.Add($"epoch {s.Progress.Position.Step}"),
            s => onCheckpoint?.Invoke(s)),
        TimeProvider.System).Run(stop);
}
