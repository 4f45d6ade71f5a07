using Microsoft.Extensions.Logging.Abstractions;
using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Methods;

public sealed class InterCLRTests
{
    private static readonly InterCLROptions _moco = new() { QueueSize = 16, ProjectionDim = 6, HiddenDim = 10, InterWarmupEpochs = 1, PoolShare = 0.5 };
    private static readonly InterCLROptions _byol = _moco with { Base = IntraMethod.Byol };

    [Fact]
    public void Step_DuringWarmup_IsMoCoV2()
    {
        var method = Create(_moco);
        var moco = new MoCoV2(() => new PixelBackbone(), new() { QueueSize = 16, ProjectionDim = 6, HiddenDim = 10 }, TestRuns.Of());
        moco.load_state_dict(method.state_dict().Where(entry => !entry.Key.StartsWith("bank", StringComparison.Ordinal)).ToDictionary());

        var loss = method.Step(TestRuns.Batch(), TestRuns.Step(0)).Loss.item<float>();

        Assert.Equal(moco.Step(TestRuns.Batch(), TestRuns.Step()).Loss.item<float>(), loss, tolerance: 1e-5);
    }

    [Theory]
    [InlineData(IntraMethod.Moco)]
    [InlineData(IntraMethod.Byol)]
    public void Step_AfterWarmup_WeighsBothBranches(IntraMethod intra)
    {
        var output = Create(_moco with { Base = intra }).Step(TestRuns.Batch(), TestRuns.Step(1));

        var parts = output.Diagnostics.ToDictionary(d => d.Name, d => d.Value.item<float>());
        Assert.Equal((0.75 * parts["intra_loss"]) + (0.25 * parts["inter_loss"]), output.Loss.item<float>(), tolerance: 1e-5);
    }

    [Theory]
    [InlineData(IntraMethod.Moco)]
    [InlineData(IntraMethod.Byol)]
    public void Step_Backward_ReachesTheOnlineSideOnly(IntraMethod intra)
    {
        var method = Create(_moco with { Base = intra });

        method.Step(TestRuns.Batch(), TestRuns.Step(1)).Loss.backward();

        Assert.All(method.MomentumPairs.SelectMany(pair => pair.Online.parameters()), parameter => Assert.NotNull(parameter.grad));
        Assert.All(method.MomentumPairs.SelectMany(pair => pair.Target.parameters()), parameter => Assert.Null(parameter.grad));
    }

    [Fact]
    public void Step_WholeBankOfOneCluster_LeavesNoNegative()
    {
        var method = Create(_moco with { Clusters = 1 });

        var inter = method.Step(TestRuns.Batch(), TestRuns.Step(1)).Diagnostics.Single(d => d.Name == "inter_loss").Value.item<float>();

        Assert.Equal(0, inter, tolerance: 1e-6);
    }

    [Fact]
    public void Step_HandsKeysToTheBankByImage()
    {
        var updates = Create(_moco).Step(TestRuns.Batch(), TestRuns.Step(1)).Remember;

        Assert.Equal([typeof(FeatureQueue), typeof(PseudoLabelBank)], updates.Select(update => update.Memory.GetType()));
        Assert.Equal([0, 1, 2, 3], Tensors.Integers(updates[1].Tags!));
        Assert.Equal(Tensors.Values(updates[0].Rows), Tensors.Values(updates[1].Rows));
        Assert.Single(Create(_byol).Step(TestRuns.Batch(), TestRuns.Step(1)).Remember);   // no queue
    }

    [Fact]
    public void MomentumPairs_FollowTheBase()
    {
        var (moco, byol) = (Create(_moco).MomentumPairs, Create(_byol).MomentumPairs);

        Assert.All(moco, pair => Assert.Equal((MomentumUpdate.BeforeForward, 0.999), (pair.When, pair.Momentum.At(100, 100))));
        Assert.All(byol, pair => Assert.Equal((MomentumUpdate.AfterOptimizerStep, 1), (pair.When, pair.Momentum.At(100, 100))));
    }

    [Fact]
    public void BeforeEpoch_OnlyTheFirst_FillsTheBank()
    {
        var method = Create(_moco);
        var features = new FakeExtractor();

        method.BeforeEpoch(new(0, features, NullLogger.Instance));
        method.BeforeEpoch(new(1, features, NullLogger.Instance));

        Assert.Equal(1, features.Calls);
        var encoded = features.Encoded!;
        Tensors.AssertClose(Rows.Unit(encoded), method.state_dict()["bank.bank"]);
    }

    [Fact]
    public void Constructor_SmallDataSet_LimitsClustersToATenth() =>
        Assert.Equal([4, 6], Create(_moco).state_dict()["bank.centroids"].shape);   // 40 images

    private static InterCLR Create(InterCLROptions options) => new(() => new PixelBackbone(), options, TestRuns.Of());

    /// <summary>Forty random images.</summary>
    private sealed class FakeExtractor : IFeatureExtractor
    {
        public int Calls { get; private set; }

        public Tensor? Encoded { get; private set; }

        public Tensor Extract(Func<Tensor, Tensor> encode)
        {
            Calls++;
            using var noGradients = no_grad();
            var features = encode(Tensors.Normal(21, 40, 3, TestRuns.ImageSize, TestRuns.ImageSize));
            Encoded = features.clone();

            return features;
        }
    }
}
