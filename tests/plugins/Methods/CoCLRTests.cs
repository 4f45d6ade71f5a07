using Parallax.Contracts;
using Parallax.Host.Configuration;
using Parallax.Host.Distributed;
using Parallax.Host.Training;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Tests.Conformance;

namespace Parallax.Plugins.Tests.Methods;

/// <summary>The sequence of runs that co-training is, and the steps before the queues are full.</summary>
public sealed class CoCLRTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("rgb", "flow")]
    [InlineData("flow", "rgb")]
    public void Train_EarlierRuns_BeginBothNetworksAndLeaveTheSampler(string modality, string other)
    {
        using var scope = NewDisposeScope();
        var (start, sampler) = (Trained(modality), Trained(other));

        using var session = ConformanceHost.Session(
            "coclr", $"method.modality={modality}", $"method.startPath={start}", $"method.samplerPath={sampler}", "trainer.maxSteps=4");

        AssertParts(session, start, ("backbone.", ""), ("projector.", ""), ("backbone.", "momentumEncoder."), ("projector.", "momentumEncoder."));
        AssertParts(session, sampler, ("backbone.", "sampler."), ("projector.", "sampler."));

        var weights = Weights(session);
        ConformanceHost.Train(session);

        AssertParts(session, sampler, ("backbone.", "sampler."), ("projector.", "sampler."));
        Assert.Contains(Weights(session), entry => !entry.Value.eq(weights[entry.Key]).all().item<bool>());
    }

    [Fact]
    public void Train_UntilTheQueuesAreFull_ChangesNoWeight()
    {
        using var scope = NewDisposeScope();
        using var filling = ConformanceHost.Session("coclr", "trainer.maxSteps=2");   // two batches of 8 fill 16
        using var learning = ConformanceHost.Session("coclr", "trainer.maxSteps=3");
        var start = Weights(filling);

        ConformanceHost.Train(filling);
        ConformanceHost.Train(learning);

        Assert.All(Weights(filling), entry => Assert.True(entry.Value.eq(start[entry.Key]).all().item<bool>(), entry.Key));
        Assert.Contains(Weights(learning), entry => !entry.Value.eq(start[entry.Key]).all().item<bool>());
        Assert.DoesNotContain(-1L, Tensors.Integers(filling.Experiment.Module.state_dict()["queue.queue_labels"]));
    }

    [Fact]
    public void Step_KnownSources_AreKeptWithTheKeys()
    {
        using var scope = NewDisposeScope();
        using var session = ConformanceHost.Session("coclr");
        var experiment = session.Experiment;
        using var batches = session.Loader.Epoch(0).GetEnumerator();   // a batch is valid until its enumeration goes on or ends
        Assert.True(batches.MoveNext());
        var batch = experiment.ToDevice(batches.Current);
        var context = new StepContext(0, 1, 0, new Generator(1));

        var own = experiment.Method.Step(batch, context).Remember[0].Tags!;
        var shared = experiment.Method.Step(batch with { Sources = full_like(batch.Indices, 3) }, context).Remember[0].Tags!;

        Assert.Equal(Tensors.Integers(batch.Indices), Tensors.Integers(own));
        Assert.All(Tensors.Integers(shared), source => Assert.Equal(3, source));
    }

    [Fact]
    public void Resume_BeforeTheQueuesAreFull_EqualsAnUninterruptedRunBitForBit()
    {
        using var scope = NewDisposeScope();
        var store = new CheckpointStore(_folder.Path, keep: 5);
        using var uninterrupted = ConformanceHost.Session("coclr", "trainer.maxSteps=6", "trainer.checkpointEverySteps=1");
        string? path = null;
        var expected = ConformanceHost.Train(uninterrupted, session => path ??= Save(session, store));
        using var resumed = ConformanceHost.Session("coclr", "trainer.maxSteps=6");
        using (var checkpoint = CheckpointStore.Load(path!))
        {
            resumed.Restore(checkpoint);
        }

        var losses = ConformanceHost.Train(resumed);

        Assert.Equal(expected.Skip(1), losses);
        var state = resumed.StateTensors();
        Assert.All(uninterrupted.StateTensors(), entry => Assert.True(entry.Value.eq(state[entry.Key]).all().item<bool>(), entry.Key));
    }

    [Fact]
    public void Create_IdentifierOfARun_TakesItsNewestCheckpoint()
    {
        using var scope = NewDisposeScope();
        string[] place =
        [
            "evaluation.online=null", "evaluation.protocols=[]", $"tracking.uri=sqlite:///{_folder.Path}/mlflow.db", $"tracking.spool={_folder.Path}/spool",
            $"trainer.outputDirectory={_folder.Path}/runs",
        ];
        var first = ConformanceHost.Get<PretrainingRun>().Execute(
            ConformanceHost.Configuration("infonce-video", [.. place, "method.queueSize=16", "trainer.maxSteps=2"]), null, ProcessEnvironment.Alone,
            CancellationToken.None);

        using var byId = ConformanceHost.Session("coclr", [.. place, $"method.startPath={first.RunId}"]);
        using var byFolder = ConformanceHost.Session("coclr", [.. place, $"method.startPath={first.Directory}"]);

        var file = new CheckpointStore(Path.Combine(first.Directory, "checkpoints"), keep: 1).Latest!;
        AssertParts(byId, file, ("backbone.", ""), ("projector.", ""));
        AssertParts(byFolder, file, ("backbone.", ""), ("projector.", ""));
    }

    [Fact]
    public void Create_RunOfTheOtherModality_IsToldWithItsKey()
    {
        var flow = Trained("flow");

        var fault = Assert.Single(
            Assert.Throws<ConfigurationException>(() => ConformanceHost.Session("coclr", $"method.startPath={flow}").Dispose()).Faults);

        Assert.StartsWith($"method.startPath is '{flow}', whose checkpoint '{flow}' does not fit: it lacks 'backbone.", fault, StringComparison.Ordinal);
        Assert.EndsWith("Take a run with the same backbone, widths and modality.", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("method.samplerPath is 'nowhere': ", "coclr", "method.samplerPath=nowhere")]
    [InlineData("method.similar is 17, but the queue holds 16 keys (method.queueSize).", "coclr", "method.similar=17")]
    [InlineData("method: clips.frames is 1, but optical flow is between two frames.", "coclr", "clips.frames=1")]
    [InlineData("method: clips.frames is 1, but optical flow is between two frames.", "infonce-video", "clips.frames=1 method.modality=flow")]
    public void Create_WhatDoesNotFit_IsTold(string start, string method, string changes)
    {
        var fault = Assert.Single(
            Assert.Throws<ConfigurationException>(() => ConformanceHost.Session(method, changes.Split(' ')).Dispose()).Faults);

        Assert.StartsWith(start, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Notes_NoRunsToBeginWithAndAShortRun_AreTold()
    {
        var run = TestRuns.Of();   // 200 steps of 4

        Assert.Collection(
            new CoCLROptions().Notes(run),
            note => Assert.StartsWith("method.samplerPath names no run: ", note, StringComparison.Ordinal),
            note => Assert.StartsWith("method.startPath names no run: ", note, StringComparison.Ordinal),
            note => Assert.StartsWith("method.queueSize is 2048, which 512 steps fill, but the run has only 200: ", note, StringComparison.Ordinal));
        Assert.Empty(new CoCLROptions { StartPath = "a", SamplerPath = "b", QueueSize = 796 }.Notes(run));
    }

    [Fact]
    public void Create_UberNCEWithoutClasses_IsTold() => Assert.Throws<ConfigurationException>(() =>
        new UberNCE(() => new Steps.ClipBackbone(), new() { QueueSize = 4 }, TestRuns.Of(classes: 0)).Dispose());

    private string Trained(string modality)
    {
        using var session = ConformanceHost.Session(
            "infonce-video", $"method.modality={modality}", "method.queueSize=16", "trainer.maxSteps=2", $"trainer.seed={modality.Length}");
        ConformanceHost.Train(session);

        return Save(session, new(Path.Combine(_folder.Path, modality), keep: 1));
    }

    private static string Save(TrainingSession session, CheckpointStore store) => store.Save(
        new(CheckpointState.CurrentFormat, "run", session.Progress.Position, session.Progress.BestAccuracy), session.Experiment.Configuration.ToYaml(),
        session.StateTensors());

    /// <summary>What is trained; the average of equal weights is one of them but for rounding.</summary>
    private static Dictionary<string, Tensor> Weights(TrainingSession session) => session.Experiment.Module.named_parameters()
        .Where(named => named.parameter.requires_grad).ToDictionary(named => named.name, named => named.parameter.clone());

    /// <summary>What begins so in the file is, with something before it, in the session.</summary>
    private static void AssertParts(TrainingSession session, string file, params (string Part, string Before)[] parts)
    {
        using var checkpoint = CheckpointStore.Load(file);
        var state = session.Experiment.Module.state_dict();
        foreach (var (part, before) in parts)
        {
            var found = checkpoint.Tensors.Where(entry => entry.Key.StartsWith(CheckpointStore.MethodPrefix + part, StringComparison.Ordinal)).ToList();
            Assert.NotEmpty(found);
            Assert.All(
                found, entry => Assert.True(entry.Value.eq(state[before + entry.Key[CheckpointStore.MethodPrefix.Length..]]).all().item<bool>(), entry.Key));
        }
    }
}
