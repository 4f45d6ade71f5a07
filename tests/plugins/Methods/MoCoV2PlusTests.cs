using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Methods;

public sealed class MoCoV2PlusTests
{
    private static readonly MoCoV2PlusOptions _small = new() { QueueSize = 16, ProjectionDim = 6, HiddenDim = 10 };

    [Fact]
    public void SymmetricNetwork_HasNoPredictor_AndBothHalvesOnBothSides()
    {
        var method = Create(_small with { SymmetricNetwork = true });
        var names = method.named_parameters().Select(parameter => parameter.name).ToList();

        Assert.DoesNotContain(names, name => name.StartsWith("predictor.", StringComparison.Ordinal));
        Assert.Equal(2, names.Count(name =>
            name.StartsWith("momentumEncoder.projector.", StringComparison.Ordinal) && method.state_dict()[name].shape.SequenceEqual([6L, 10])));   // two last layers
        Assert.Equal(method.MomentumPairs[1].Online.parameters().Count(), method.MomentumPairs[1].Target.parameters().Count());
        Assert.Equal(10, method.MomentumPairs[1].Target.parameters().Count());   // two halves: weight and bias, scale and shift, weight without bias
    }

    [Fact]
    public void Step_KeysOfOneView_AreHandedOver_BothViewsOverTime()
    {
        var method = Create(_small with { SymmetricNetwork = true });
        Follow(method);
        var batch = TestRuns.Batch();
        var seen = new HashSet<bool>();

        for (ulong seed = 0; seed < 16; seed++)
        {
            var output = method.Step(batch, TestRuns.Step(seed: seed));
            var rows = Assert.Single(output.Remember).Rows;
            Assert.Equal(TestRuns.BatchSize, rows.shape[0]);
            Assert.False(rows.requires_grad);
            seen.Add(allclose(rows, Rows.Unit(output.Embedding!.detach()), rtol: 1e-4, atol: 1e-5));
        }

        Assert.Equal(2, seen.Count);
    }

    private static MoCoV2Plus Create(MoCoV2PlusOptions options) => new(() => new PixelBackbone(), options, TestRuns.Of());

    private static void Follow(MoCoV2Plus method)
    {
        foreach (var pair in method.MomentumPairs)
        {
            pair.Target.load_state_dict(pair.Online.state_dict());
        }
    }
}
