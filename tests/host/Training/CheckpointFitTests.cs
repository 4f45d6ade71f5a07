using Parallax.Contracts;
using Parallax.Host.Training;

namespace Parallax.Host.Tests.Training;

[Collection(GeneratorCollection.Name)]
public sealed class CheckpointFitTests : IDisposable
{
    private static readonly RunInfo Run = new(new Data.FakeDataset(16).Info, 4, BatchSize: 4, StepsPerEpoch: 4, Epochs: 2, Seed: 7);

    private readonly DisposeScope _scope = torch.NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Require_SameNamesShapesAndTypes_IsSilent() => CheckpointFit.Require(Checkpoint(("w", torch.ones(2, 3))), State(("w", torch.zeros(2, 3))), Run);

    [Fact]
    public void Require_ShapeThatWouldBeRepeated_IsRefused()
    {
        var fault = Fault(Checkpoint(("w", torch.ones(1))), State(("w", torch.zeros(8))));

        Assert.Equal("'some.safetensors' does not fit the recipe: 'w' is Float32 [1] there and Float32 [8] here. Use the method, backbone and "
            + "optimizer it was written with.", fault);
    }

    [Fact]
    public void Require_ManyDifferences_NamesThreeAndCountsTheRest()
    {
        var fault = Fault(Checkpoint(("a", torch.ones(1)), ("w", torch.ones(1, dtype: int64))),
            State(("b", torch.ones(1)), ("c", torch.ones(1)), ("w", torch.ones(1))));

        Assert.StartsWith("'some.safetensors' does not fit the recipe: it lacks 'b', it lacks 'c', 'a' is unknown here, and 1 more. "
            + "", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Require_ARowPerImageOfOtherData_SaysThatDataHaveChanged()
    {
        var before = Checkpoint(("bank", torch.ones(12, 3)));
        before = before with { State = before.State with { Data = TrainedData.Of(Run) with { Count = 12 } } };

        Assert.EndsWith("the data had 12 images then and have 16 now. Use the data as they were, or start a new "
            + "run.", Fault(before, State(("bank", torch.ones(16, 3)))), StringComparison.Ordinal);
    }

    [Fact]
    public void Require_OtherShapeAndOtherBatch_NamesTheBatchSizeToSet()
    {
        var before = Checkpoint(("queue", torch.ones(12, 3))) with { Recipe = "trainer: {batchSize: 6}" };

        Assert.EndsWith("set trainer.batchSize back to 6, or start a new run.", Fault(before, State(("queue", torch.ones(16, 3)))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(CaptionOrigin.ClassNames, CaptionOrigin.ClassNames)]
    [InlineData(CaptionOrigin.None, CaptionOrigin.None)]
    [InlineData(null, CaptionOrigin.Written)]
    public void Restore_Weights_RememberTheCaptionsThatTheyLearnedFrom(CaptionOrigin? recorded, CaptionOrigin expected)
    {
        using var bench = new TrainingBench();
        using var session = bench.Session(TrainingBench.Method());
        var checkpoint = TrainingBench.Checkpoint(session);
        var data = TrainedData.Of(session.Experiment.Run) with { Captions = recorded };
        session.Experiment.LearnedCaptions = CaptionOrigin.Written;

        session.Experiment.Restore(checkpoint with { State = checkpoint.State with { Data = data } });

        Assert.Equal(expected, session.Experiment.LearnedCaptions);
    }

    private static string Fault(Checkpoint checkpoint, Dictionary<string, Tensor> state) =>
        Assert.Throws<ConfigurationException>(() => CheckpointFit.Require(checkpoint, state, Run)).Message;

    private static Dictionary<string, Tensor> State(params (string Name, Tensor Value)[] tensors) => tensors.ToDictionary(t => t.Name, t => t.Value);

    private static Checkpoint Checkpoint(params (string Name, Tensor Value)[] tensors) => new(
        "some.safetensors", new(CheckpointState.CurrentFormat, "run", default, null), "",
            tensors.ToDictionary(t => CheckpointStore.MethodPrefix + t.Name, t => t.Value));
}
