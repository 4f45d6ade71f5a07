using Parallax.Host.Training;

namespace Parallax.Host.Tests.Training;

[Collection(GeneratorCollection.Name)]
public sealed class TrainerTests : IDisposable
{
    private readonly TrainingBench _bench = new();
    private readonly List<string> _calls = [];
    private readonly DisposeScope _scope = torch.NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _bench.Dispose();
    }

    [Fact]
    public void Run_WholeRun_TellsEveryLoggedStepAndEveryEpoch()
    {
        using var session = _bench.Session(TrainingBench.Method(), "trainer.logEverySteps=3");

        var completed = Run(session);

        Assert.True(completed);
        Assert.Equal(["step 1", "step 3", "epoch 4", "step 6", "step 8", "epoch 8"], _calls);
        Assert.Equal(new TrainingPosition(8, 2, 0), session.Progress.Position);
    }

    [Fact]
    public void Run_MaxSteps_EndsThere()
    {
        using var session = _bench.Session(TrainingBench.Method(), "trainer.maxSteps=5");

        Run(session);

        Assert.Equal(["step 1", "step 2", "step 3", "step 4", "epoch 4", "step 5", "epoch 5"], _calls);
    }

    [Fact]
    public void Run_CheckpointEverySteps_ComesAfterTheEpochItEnds()
    {
        using var session = _bench.Session(TrainingBench.Method(), "trainer.checkpointEverySteps=2", "trainer.logEverySteps=100", "trainer.epochs=1");

        Run(session);

        // What is measured at the end of an epoch is part of the state: a checkpoint before it would lose it.
        Assert.Equal(["step 1", "checkpoint 2", "step 4", "epoch 4", "checkpoint 4"], _calls);
    }

    [Theory]
    [InlineData(2, "checkpoint 2")]
    [InlineData(4, "checkpoint 4")]   // what is due at the end of the epoch is left to whoever resumes
    public void Run_StopIsAskedFor_WritesACheckpointAfterTheStep(long after, params string[] expected)
    {
        using var session = _bench.Session(TrainingBench.Method());
        using var stop = new CancellationTokenSource();

        var completed = Run(session, report =>
        {
            if (report.Step == after)
            {
                stop.Cancel();
            }
        }, stop.Token);

        Assert.False(completed);
        Assert.Equal(expected, _calls.Where(call => !call.StartsWith("step", StringComparison.Ordinal)));
        Assert.Equal(after, session.Progress.Position.Step);
    }

    [Theory]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "Infinity")]
    public void Run_LossIsNotFinite_StopsBeforeTheUpdateAndSaysStepValueAndRate(double factor, string value)
    {
        var method = TrainingBench.Method(() => new() { Factor = step => step == 4 ? factor : 1 });
        using var session = _bench.Session(method, "trainer.checkpointEverySteps=1");
        Tensor? weight = null;

        var fault = Assert.Throws<ConfigurationException>(() => Run(session, report => weight = method.Weight.clone()));

        Assert.StartsWith($"The loss is {value} at step 5 (learning rate 0.1); expected a finite number. Lower optimizer.baseLearningRate", fault.Message,
            StringComparison.Ordinal);
        Assert.Equal("checkpoint 4", _calls[^1]);
        Assert.DoesNotContain("step 5", _calls);
        Assert.True(method.Weight.eq(weight!).all().item<bool>());
        Assert.Equal(4, method.Enqueued.Count);
    }

    [Theory]
    [InlineData("The newest checkpoint is that of step 4.", " or set trainer.clipGradNorm. The newest checkpoint is that of step 4.")]
    [InlineData(null, " or set trainer.clipGradNorm.")]   // nothing is said of checkpoints where nobody writes any
    public void Run_LossIsNotFinite_EndsWithWhatIsKept(string? kept, string end)
    {
        using var session = _bench.Session(TrainingBench.Method(() => new() { Factor = step => step == 4 ? double.NaN : 1 }));
        List<long> told = [];
        var callbacks = TrainerCallbacks.None with
        {
            OnNonFinite = report =>
            {
                told.Add(report.Step);

                return kept;
            },
        };

        var fault = Assert.Throws<ConfigurationException>(() => new Trainer(session, callbacks, TimeProvider.System).Run(CancellationToken.None));

        Assert.EndsWith(end, fault.Message, StringComparison.Ordinal);
        Assert.Equal([5], told);
    }

    [Fact]
    public void Run_NonFiniteBetweenTwoLoggedSteps_IsSeenAtOnce()
    {
        var method = TrainingBench.Method(() => new() { Factor = step => step == 2 ? double.NaN : 1 });
        using var session = _bench.Session(method, "trainer.logEverySteps=100");

        var fault = Assert.Throws<ConfigurationException>(() => Run(session));

        Assert.Contains("at step 3 ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_Accumulation_EqualsWholeBatchesAndFillsTheQueueOncePerStep()
    {
        var (whole, halves) = (TrainingBench.Method(), TrainingBench.Method());
        using var one = _bench.Session(whole);
        using var two = _bench.Session(halves, "trainer.accumulation=2");

        Run(one);
        Run(two);

        Assert.True(whole.Weight.allclose(halves.Weight, rtol: 1e-5, atol: 1e-6));
        Assert.Equal(8, halves.Enqueued.Count);
        Assert.Equal(whole.Enqueued, halves.Enqueued);   // the images of both micro-batches, in the order of the epoch
    }

    [Fact]
    public void Run_StepsThatSkipTheUpdate_LeaveAllWeightsAndFillTheQueue()
    {
        var method = TrainingBench.Method(() => new() { Skips = (step, _) => step < 2, When = MomentumUpdate.AfterOptimizerStep });
        using var session = _bench.Session(method, "trainer.maxSteps=3", "optimizer.name=adam");
        var (weight, follower) = (method.Weight.clone(), method.FollowerWeight.clone());
        List<(bool Weight, bool Follower)> changed = [];

        Run(session, _ => changed.Add((!method.Weight.eq(weight).all().item<bool>(), !method.FollowerWeight.eq(follower).all().item<bool>())));

        Assert.Equal([(false, false), (false, false), (true, true)], changed);
        Assert.Equal(3, method.Enqueued.Count);
        Assert.Equal(1L, session.Optimizer.StateTensors().First(tensor => tensor.Key.EndsWith("/steps", StringComparison.Ordinal)).Value.item<long>());
    }

    [Fact]
    public void Run_OneMicroBatchSkipsTheUpdate_SkipsThatOfItsStep()
    {
        long? first = null;
        var method = TrainingBench.Method(() => new() { Skips = (_, image) => image == (first ??= image) });
        using var session = _bench.Session(method, "trainer.maxSteps=2", "trainer.accumulation=2");
        var weight = method.Weight.clone();
        List<bool> changed = [];

        Run(session, _ => changed.Add(!method.Weight.eq(weight).all().item<bool>()));

        Assert.Equal([false, true], changed);
        Assert.Equal([4, 4], method.Enqueued.Select(batch => batch.Length));
    }

    [Fact]
    public void Run_ResumedWhileUpdatesAreSkipped_EqualsAnUninterruptedRun()
    {
        TinyMethod Create() => TrainingBench.Method(() => new() { Skips = (step, _) => step < 3 });
        var (whole, parts) = (Create(), Create());
        using var uninterrupted = _bench.Session(whole, "optimizer.name=adam");
        using var begun = _bench.Session(Create(), "optimizer.name=adam", "trainer.maxSteps=2");
        using var resumed = _bench.Session(parts, "optimizer.name=adam");
        Run(uninterrupted);
        Run(begun);

        using (var checkpoint = TrainingBench.Checkpoint(begun))
        {
            resumed.Restore(checkpoint);
        }

        Run(resumed);

        Assert.True(whole.Weight.eq(parts.Weight).all().item<bool>());
        Assert.Equal(whole.Enqueued.Skip(2), parts.Enqueued);
    }

    [Fact]
    public void Run_LearningRateOfAStep_IsTheOneItMovedWith()
    {
        using var session = _bench.Session(TrainingBench.Method(), "schedule.name=cosine", "trainer.maxSteps=2");
        List<double> rates = [];

        Run(session, report => rates.Add(report.LearningRate));

        Assert.Equal([0.1, 0.05], rates.Select(rate => Math.Round(rate, 12)));
    }

    [Fact]
    public void Restore_StateOfAnotherStructure_IsRefusedWithTheFile()
    {
        using var session = _bench.Session(TrainingBench.Method());
        var state = new CheckpointState(CheckpointState.CurrentFormat, "run", session.Progress.Position, null);
        using var checkpoint = new Checkpoint("some.safetensors", state, "", new Dictionary<string, Tensor> { ["method.other"] = torch.ones(2) });

        var fault = Assert.Throws<ConfigurationException>(() => session.Restore(checkpoint));

        Assert.StartsWith("'some.safetensors' does not fit the recipe: ", fault.Message, StringComparison.Ordinal);
    }

    private bool Run(TrainingSession session, Action<StepReport>? onStep = null, CancellationToken stop = default) => new Trainer(
        session,
        new(
            report =>
            {
                _calls.Add($"step {report.Step}");
                onStep?.Invoke(report);
            },
            s => _calls.Add($"epoch {s.Progress.Position.Step}"),
            s => _calls.Add($"checkpoint {s.Progress.Position.Step}")),
        TimeProvider.System).Run(stop);
}
