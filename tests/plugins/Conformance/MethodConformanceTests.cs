using Parallax.Contracts;
using Parallax.Host.Plugins;
using Parallax.Host.Training;

namespace Parallax.Plugins.Tests.Conformance;

/// <summary>What every method must do, whoever wrote it. A new plugin is tested by being discovered.</summary>
public sealed class MethodConformanceTests
{
    /// <summary>Late enough that every warm-up is over.</summary>
    private const int LateEpoch = 1_000_000;

    public static TheoryData<string> Methods => ConformanceHost.Names(PluginKind.Method);

    [Theory, MemberData(nameof(Methods))]
    public void Options_Defaults_AreValid(string method)
    {
        var configuration = ConformanceHost.Configuration(method);

        Assert.Equal(method, configuration.Method.Name);
    }

    [Theory, MemberData(nameof(Methods))]
    public void Step_AtStartAndAfterWarmup_GivesFiniteScalarLoss(string method)
    {
        using var session = ConformanceHost.Session(method);
        using var scope = torch.NewDisposeScope();
        var batch = FirstBatch(session);

        foreach (var epoch in new[] { 0, LateEpoch })
        {
            var output = session.Experiment.Method.Step(batch, session.Randomness.Context(0) with { Epoch = epoch });

            Assert.Empty(output.Loss.shape);
            Assert.Equal(torch.float32, output.Loss.dtype);
            Assert.True(double.IsFinite(output.Loss.item<float>()), $"loss {output.Loss.item<float>()} at epoch {epoch}");
            Assert.All(output.Diagnostics, d => Assert.True(float.IsFinite(d.Value.to(torch.float32).item<float>()), d.Name));
        }
    }

    [Theory, MemberData(nameof(Methods))]
    public void Backward_OfOneStep_ReachesEveryTrainableTensor(string method)
    {
        using var session = ConformanceHost.Session(method);
        using var scope = torch.NewDisposeScope();

        session.Experiment.Method.Step(FirstBatch(session),
            session.Randomness.Context(0) with { Epoch = LateEpoch, Step = session.Progress.TotalSteps - 1 }).Loss.backward();

        var without = Trainable(session).Where(p => p.Parameter.grad is not { } gradient || gradient.abs().max().item<float>() is 0 or float.NaN)
            .Select(p => p.Name);
        Assert.Empty(without);
    }

    [Theory, MemberData(nameof(Methods))]
    public void Backward_OfOneStep_LeavesMomentumTargetsAlone(string method)
    {
        using var session = ConformanceHost.Session(method);
        using var scope = torch.NewDisposeScope();

        session.Experiment.Method.Step(FirstBatch(session), session.Randomness.Context(0)).Loss.backward();

        var targets = (session.Experiment.Method as IMomentumPairs)?.MomentumPairs.SelectMany(pair => pair.Target.parameters()) ?? [];
        Assert.All(targets, parameter => Assert.True(!parameter.requires_grad && parameter.grad is null));
    }

    [Theory, MemberData(nameof(Methods))]
    public void Session_AtTheStart_TargetsAreExactCopies(string method)
    {
        using var session = ConformanceHost.Session(method);

        foreach (var pair in (session.Experiment.Method as IMomentumPairs)?.MomentumPairs ?? [])
        {
            var target = pair.Target.state_dict();
            Assert.All(pair.Online.state_dict(), entry => Assert.True(entry.Value.eq(target[entry.Key]).all().item<bool>(), entry.Key));
        }
    }

    [Theory, MemberData(nameof(Methods))]
    public void Train_SameSeed_GivesSameLosses(string method)
    {
        using var first = ConformanceHost.Session(method, "trainer.maxSteps=3");
        using var second = ConformanceHost.Session(method, "trainer.maxSteps=3", "trainer.workers=3");

        Assert.Equal(ConformanceHost.Train(first), ConformanceHost.Train(second));
    }

    [Theory, MemberData(nameof(Methods))]
    public void Train_OtherSeed_GivesOtherLosses(string method)
    {
        using var first = ConformanceHost.Session(method, "trainer.maxSteps=2");
        using var second = ConformanceHost.Session(method, "trainer.maxSteps=2", "trainer.seed=8");

        Assert.NotEqual(ConformanceHost.Train(first), ConformanceHost.Train(second));
    }

    [Theory, MemberData(nameof(Methods))]
    public void Accumulation_OfTwoHalves_EqualsWholeUnlessTheMethodSaysOtherwise(string method)
    {
        using var session = ConformanceHost.Session(method);
        using var scope = torch.NewDisposeScope();
        session.Experiment.Module.eval();   // batch statistics couple images whatever the method; this is about the method
        var whole = FirstBatch(session);
        var expected = Gradients(session, [whole]);
        var halves = Gradients(session, [Part(whole, 0, 4), Part(whole, 4, 4)]);

        if (session.Experiment.Method is IBatchCoupled coupled)
        {
            Assert.False(string.IsNullOrWhiteSpace(coupled.BatchCoupling));
            return;
        }

        foreach (var (name, gradient) in expected)
        {
            Assert.True(torch.allclose(gradient, halves[name], rtol: 1e-3, atol: 1e-5), $"{name}: {(gradient - halves[name]).abs().max().item<float>()}");
        }
    }

    [Theory, MemberData(nameof(Methods))]
    public void Resume_FromTheMiddleOfAnEpoch_EqualsAnUninterruptedRunBitForBit(string method)
    {
        using var scope = torch.NewDisposeScope();
        using var directory = new TemporaryFolder();
        var store = new CheckpointStore(directory.Path, keep: 1);
        using var uninterrupted = ConformanceHost.Session(method, "trainer.maxSteps=12", "trainer.checkpointEverySteps=5");
        string? path = null;
        var expected = ConformanceHost.Train(
            uninterrupted, s => path ??= store.Save(new(CheckpointState.CurrentFormat, "run", s.Progress.Position, s.Progress.BestAccuracy),
                s.Experiment.Configuration.ToYaml(), s.StateTensors()));

        using var resumed = ConformanceHost.Session(method, "trainer.maxSteps=12");
        using (var checkpoint = CheckpointStore.Load(path!))
        {
            resumed.Restore(checkpoint);
        }

        var losses = ConformanceHost.Train(resumed);

        Assert.Equal(expected.Skip(5), losses);
        var state = resumed.StateTensors();
        foreach (var (name, tensor) in uninterrupted.StateTensors())
        {
            Assert.True(tensor.eq(state[name]).all().item<bool>(), name);
        }
    }

    [Theory, MemberData(nameof(Methods))]
    public void Step_InBf16_IsCloseToFp32(string method)
    {
        using var fp32 = ConformanceHost.Session(method);
        using var bf16 = ConformanceHost.Session(method, "trainer.precision=bf16");
        using var scope = torch.NewDisposeScope();

        var expected = Loss(fp32);
        var actual = Loss(bf16);

        Assert.InRange(Math.Abs(actual - expected) / Math.Max(1, Math.Abs(expected)), 0, 0.05);
    }

    [Theory, MemberData(nameof(Methods))]
    public void Checkpoint_OfAnyMethod_HoldsEveryParameterBufferAndQueue(string method)
    {
        using var session = ConformanceHost.Session(method);
        using var scope = torch.NewDisposeScope();
        var saved = session.StateTensors().Values.ToHashSet(ReferenceEqualityComparer.Instance);

        var state = session.Experiment.Module.named_parameters().Select(p => (p.name, (Tensor)p.parameter))
            .Concat(session.Experiment.Module.named_buffers().Select(b => (b.name, b.buffer)));

        Assert.Empty(state.Where(t => !saved.Contains(t.Item2)).Select(t => t.name));
        var queues = session.Experiment.Method.Step(FirstBatch(session), session.Randomness.Context(0)).Remember.Select(update => update.Memory);
        Assert.All(queues, queue => Assert.Contains(queue, session.Experiment.Module.modules().Cast<object>()));
    }

    [Theory, MemberData(nameof(Methods))]
    public void Pictures_WithoutLabelsInBf16_AreFiniteAndLeaveTheMethodAsItIs(string method)
    {
        using var session = ConformanceHost.Session(method, "trainer.precision=bf16");
        using var scope = torch.NewDisposeScope();
        if (session.Experiment.Method is not IPictures showing)
        {
            return;
        }

        session.Experiment.Module.eval();
        using var noGrad = torch.no_grad();
        using var autocast = session.Experiment.Placement.Autocast();
        var batch = FirstBatch(session) with { Labels = null };
        var state = session.Experiment.Module.state_dict().ToDictionary(entry => entry.Key, entry => entry.Value.clone());

        var columns = showing.Pictures(batch, session.Randomness.Context(0));

        Assert.True(columns.Count > 1);
        Assert.Distinct(columns.Select(column => column.Title));
        Assert.All(columns, column =>
        {
            Assert.Matches("^[a-z]+$", column.Title);
            Assert.Equal((4, batch.Size), (column.Images.dim(), column.Images.shape[0]));
            Assert.True(column.Images.isfinite().all().item<bool>(), column.Title);
        });
        Assert.All(session.Experiment.Module.state_dict(), entry => Assert.True(entry.Value.eq(state[entry.Key]).all().item<bool>(), entry.Key));
    }

    private static float Loss(TrainingSession session)
    {
        using var autocast = session.Experiment.Placement.Autocast();

        return session.Experiment.Method.Step(FirstBatch(session), session.Randomness.Context(0)).Loss.item<float>();
    }

    private static Batch FirstBatch(TrainingSession session)
    {
        using var batches = session.Loader.Epoch(session.Progress.Position.Epoch, session.Progress.Position.Samples).GetEnumerator();
        var batch = session.Experiment.ToDevice(batches.MoveNext() ? batches.Current : throw new InvalidOperationException("The loader gives no batch."));

        return batch with { Views = [.. batch.Views.Select(view => view.clone())] };   // the loader reuses its memory
    }

    private static Batch Part(Batch batch, long start, long length) =>
        new([.. batch.Views.Select(view => view.narrow(0, start, length))], batch.Indices.narrow(0, start, length), batch.Labels?.narrow(0, start, length))
        {
            Captions = batch.Captions?.Skip((int)start).Take((int)length).ToList(), Windows = batch.Windows?.narrow(0, start, length),
            Repetitions = batch.Repetitions?.narrow(0, start, length),
        };

    private static Dictionary<string, Tensor> Gradients(TrainingSession session, IReadOnlyList<Batch> batches)
    {
        session.Optimizer.ZeroGradients();
        foreach (var batch in batches)
        {
            (session.Experiment.Method.Step(batch, session.Randomness.Context(0)).Loss / batches.Count).backward();
        }

        return Trainable(session).ToDictionary(p => p.Name, p => p.Parameter.grad!.clone());
    }

    private static IEnumerable<(string Name, Parameter Parameter)> Trainable(TrainingSession session) =>
        session.Experiment.Module.named_parameters().Where(p => p.parameter.requires_grad);
}
