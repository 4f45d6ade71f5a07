using Parallax.Contracts;
using Parallax.Plugins.Methods;

namespace Parallax.Plugins.Tests.Methods;

public sealed class DinoTests
{
    private static readonly DinoOptions _small = new() { Outputs = 9, HiddenDim = 10, BottleneckDim = 6 };

    [Fact]
    public void MomentumPairs_CoverBackboneAndHead_AfterTheStep_RisingToOne()
    {
        var pairs = Create(_small).MomentumPairs;

        Assert.Equal(2, pairs.Count);
        Assert.All(pairs, pair => Assert.Equal(MomentumUpdate.AfterOptimizerStep, pair.When));
        Assert.All(pairs, pair => Assert.Equal((0.996, 1.0), (pair.Momentum.At(0, 100), pair.Momentum.At(100, 100))));
    }

    [Fact]
    public void Step_Backward_ReachesTheStudentOnly()
    {
        var method = Create(_small);

        method.Step(TestRuns.Batch(), TestRuns.Step()).Loss.backward();

        Assert.All(method.MomentumPairs.SelectMany(pair => pair.Online.parameters()), parameter => Assert.NotNull(parameter.grad));
        Assert.All(method.MomentumPairs.SelectMany(pair => pair.Target.parameters()), parameter => Assert.Null(parameter.grad));
    }

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
    public void Step_Targets_AreSharperThanTheStudent_AndFollowTheCentre()
    {
        var method = Create(_small);
        var batch = TestRuns.Batch();
        var before = method.Step(batch, TestRuns.Step());

        before.Remember[0].Memory.Remember(before.Remember[0].Rows * 100, null);
        var after = method.Step(batch, TestRuns.Step());

        Tensors.AssertClose(ones([TestRuns.BatchSize]), before.Targets!.sum(1));
        Assert.False(allclose(before.Targets!, after.Targets!));
    }

    [Fact]
    public void Step_TeacherTemperature_WarmsUpInEqualStepsPerEpoch()
    {
        var options = _small with { WarmupTeacherTemperature = 0.04, TeacherTemperature = 0.1, WarmupTeacherTemperatureEpochs = 3 };
        var method = Create(options);

        Tensor At(int epoch) => method.Step(TestRuns.Batch(), TestRuns.Step(epoch)).Targets!;
        Tensor Constant(double temperature)
        {
            var other = Create(_small with { WarmupTeacherTemperature = temperature, TeacherTemperature = temperature });
            other.load_state_dict(method.state_dict());

            return other.Step(TestRuns.Batch(), TestRuns.Step()).Targets!;
        }

        Tensors.AssertClose(Constant(0.04), At(0), tolerance: 1e-4);
        Tensors.AssertClose(Constant(0.07), At(1), tolerance: 1e-4);   // by hand: halfway
        Tensors.AssertClose(Constant(0.1), At(2), tolerance: 1e-4);
        Tensors.AssertClose(Constant(0.1), At(15), tolerance: 1e-4);
    }

    [Fact]
    public void ParameterRules_FreezeTheStudentsLastLayerOnly()
    {
        var rule = Assert.Single(Create(_small with { FreezeLastLayerEpochs = 1.5 }).ParameterRules);

        Assert.Equal(["head.last_layer.weight_v"], Create(_small).named_parameters().Where(p => rule.Matches(new(p.name, p.parameter.dim()))).Select(p => p.name));
        Assert.Equal(1.5, rule.FrozenEpochs);
    }

    [Fact]
    public void Step_SmallCrops_AreSeenByTheStudentOnly()
    {
        var method = Create(_small);
        var batch = TestRuns.Batch();
        var more = batch with { Views = [.. batch.Views, Tensors.Normal(13, TestRuns.BatchSize, 3, TestRuns.ImageSize, TestRuns.ImageSize)] };

        var (two, three) = (method.Step(batch, TestRuns.Step()), method.Step(more, TestRuns.Step()));

        Tensors.AssertClose(two.Targets!, three.Targets!);
        Tensors.AssertClose(two.Remember[0].Rows, three.Remember[0].Rows);
        Assert.NotEqual(two.Loss.item<float>(), three.Loss.item<float>());
    }

    [Fact]
    public void Views_LargeImages_AreMultiCrop_SmallOnesTwo()
    {
        static Dino Of(int side) => new(() => new PixelBackbone(), _small, TestRuns.Of() with { ImageSize = side });

        Assert.Equal(10, Of(224).Views.Views.Count);
        Assert.Equal(2, Of(32).Views.Views.Count);
    }

    private static Dino Create(DinoOptions options) => new(() => new PixelBackbone(), options, TestRuns.Of());
}
