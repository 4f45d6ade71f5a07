using Parallax.Contracts;
using Parallax.Plugins.Methods;

namespace Parallax.Plugins.Tests.Methods;

public sealed class DINOTests
{
    private static readonly DINOOptions _small = new() { Outputs = 9, HiddenDim = 10, BottleneckDim = 6 };

    [Fact]
    public void Step_LeavesTheCentreAlone_AndHandsTheMeanOfTheTeacherOver()
    {
        var method = Create(_small);

        var update = Assert.Single(method.Step(TestRuns.Batch(), TestRuns.Step()).Remember);

        Assert.Equal(new float[9], Tensors.Values(method.state_dict()["centre.center"]));
        Assert.Equal([1, 9], update.Rows.shape);
        Assert.Equal(RowJoining.Averaged, update.Joining);
    }

    [Fact]
    public void ParameterRules_FreezeTheStudentsLastLayerOnly()
    {
        var rule = Assert.Single(Create(_small with { FreezeLastLayerEpochs = 1.5 }).ParameterRules);

        Assert.Equal(["head.last_layer.weight_v"], Create(_small).named_parameters().Where(p => rule.Matches(new(p.name, p.parameter.dim())))
            .Select(p => p.name));
        Assert.Equal(1.5, rule.FrozenEpochs);
    }

    private static DINO Create(DINOOptions options) => new(() => new PixelBackbone(), options, TestRuns.Of());
}
