using System.ComponentModel.DataAnnotations;
using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Methods;

public sealed class SCETests
{
    private static readonly SCEOptions _asymmetric = new()
    {
        QueueSize = 16, ProjectionDim = 6, HiddenDim = 10, ProjectorLayers = 2, OutputNorm = false, PredictorDim = 0, Symmetric = false,
    };

    private static readonly SCEOptions _symmetric = _asymmetric with { Symmetric = true, OutputNorm = true, PredictorDim = 8 };

    [Fact]
    public void Step_CoefficientOne_IsMoCosInfoNce()
    {
        var method = Create(_asymmetric with { Coefficient = 1 });

        var output = method.Step(TestRuns.Batch(), TestRuns.Step());

        var expected = InfoNceLoss.Compute(output.Embedding!, output.Remember[0].Rows, method.state_dict()["queue.queue"], _asymmetric.Temperature);
        Assert.Equal(expected.item<float>(), output.Loss.item<float>(), tolerance: 1e-5);
    }

    [Fact]
    public void Step_BothForms_DifferByTheShareOfThePositive()
    {
        var code = Create(_asymmetric);
        var paper = Create(_asymmetric with { PositiveInTarget = ScePositive.Excluded });
        paper.load_state_dict(code.state_dict());

        var (zeroLogit, excluded) = (code.Step(TestRuns.Batch(), TestRuns.Step()), paper.Step(TestRuns.Batch(), TestRuns.Step()));

        Assert.NotEqual(zeroLogit.Loss.item<float>(), excluded.Loss.item<float>());
        Tensors.AssertClose(excluded.Targets!, zeroLogit.Targets!);
        Tensors.AssertClose(ones([TestRuns.BatchSize]), zeroLogit.Targets!.sum(1));
    }

    [Fact]
    public void Step_Symmetric_AveragesBothDirections_AndHandsBothKeysOver()
    {
        var method = Create(_symmetric);
        method.eval();   // the batch statistics of two views in one pass are not those of one
        var oneWay = Create(_symmetric with { Symmetric = false });
        oneWay.load_state_dict(method.state_dict());
        oneWay.eval();
        var batch = TestRuns.Batch();
        var swapped = batch with { Views = [batch.Views[1], batch.Views[0]] };

        var both = method.Step(batch, TestRuns.Step());

        var expected = (oneWay.Step(batch, TestRuns.Step()).Loss.item<float>() + oneWay.Step(swapped, TestRuns.Step()).Loss.item<float>()) / 2;
        Assert.Equal(expected, both.Loss.item<float>(), tolerance: 1e-4);
        Assert.Equal(2 * TestRuns.BatchSize, both.Remember.Sum(update => update.Rows.shape[0]));
    }

    [Fact]
    public void Step_LocalViews_AreStudentsOfBothTeachers()
    {
        var method = Create(_symmetric);
        method.eval();
        var batch = TestRuns.Batch();
        var local = Tensors.Normal(13, TestRuns.BatchSize, 3, TestRuns.ImageSize, TestRuns.ImageSize);
        float Loss(SCE from, params Tensor[] views) => from.Step(batch with { Views = views }, TestRuns.Step()).Loss.item<float>();
        var oneWay = Create(_symmetric with { Symmetric = false });
        oneWay.load_state_dict(method.state_dict());
        oneWay.eval();
        var (a, b) = (batch.Views[0], batch.Views[1]);

        var loss = Loss(method, a, b, local);

        Assert.Equal((Loss(oneWay, a, b) + Loss(oneWay, b, a) + Loss(oneWay, a, local) + Loss(oneWay, b, local)) / 4, loss, tolerance: 1e-4);
    }

    [Fact]
    public void Step_Backward_ReachesStudentAndPredictorOnly()
    {
        var method = Create(_symmetric);

        method.Step(TestRuns.Batch(), TestRuns.Step()).Loss.backward();

        var targets = method.MomentumPairs.SelectMany(pair => pair.Target.parameters()).ToHashSet(ReferenceEqualityComparer.Instance);
        Assert.All(method.parameters(), parameter => Assert.Equal(targets.Contains(parameter), parameter.grad is null));
        Assert.All(method.MomentumPairs, pair => Assert.Equal(MomentumUpdate.AfterOptimizerStep, pair.When));
        Assert.Equal(1, method.MomentumPairs[0].Momentum.At(step: 100, totalSteps: 100));
    }

    [Fact]
    public void Step_WithoutBatchKeys_IsTheMeanOfItsHalves()
    {
        var method = Create(_asymmetric);
        method.eval();   // batch statistics couple images whatever the method
        var batch = TestRuns.Batch();

        var whole = method.Step(batch, TestRuns.Step()).Loss.item<float>();

        Assert.Equal((Half(0) + Half(2)) / 2, whole, tolerance: 1e-5);
        float Half(int start) => method.Step(
            new([.. batch.Views.Select(view => view.narrow(0, start, 2))], batch.Indices.narrow(0, start, 2), null), TestRuns.Step()).Loss.item<float>();
    }

    [Fact]
    public void Step_BatchKeysWithoutQueue_ComparesWithinTheBatch()
    {
        var method = Create(_asymmetric with { BatchKeys = true, QueueSize = 0 });

        var output = method.Step(TestRuns.Batch(), TestRuns.Step());

        Assert.Empty(output.Remember);
        Assert.Equal([TestRuns.BatchSize, (long)TestRuns.BatchSize], output.Targets!.shape);
        Tensors.AssertClose(zeros([TestRuns.BatchSize]), output.Targets.diagonal());
    }

    [Fact]
    public void Options_NothingToCompareWith_AreRefused()
    {
        var options = _asymmetric with { QueueSize = 0 };

        Assert.Single(options.Validate(new ValidationContext(options)));
    }

    [Fact]
    public void Constructor_SymmetricQueueFitsOneBatchOnly_IsRefused() =>
        Assert.Throws<ConfigurationException>(() => Create(_symmetric with { QueueSize = 12 }));

    private static SCE Create(SCEOptions options) => new(() => new PixelBackbone(), options, TestRuns.Of());
}
