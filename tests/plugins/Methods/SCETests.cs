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
    public void Step_BothForms_DifferByTheShareOfThePositive()
    {
        var code = Create(_asymmetric);
        var paper = Create(_asymmetric with { PositiveInTarget = SCEPositive.Excluded });
        paper.load_state_dict(code.state_dict());

        var (zeroLogit, excluded) = (code.Step(TestRuns.Batch(), TestRuns.Step()), paper.Step(TestRuns.Batch(), TestRuns.Step()));

        Assert.NotEqual(zeroLogit.Loss.item<float>(), excluded.Loss.item<float>());
        Tensors.AssertClose(excluded.Targets!, zeroLogit.Targets!);
        Tensors.AssertClose(ones([TestRuns.BatchSize]), zeroLogit.Targets!.sum(1));
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
