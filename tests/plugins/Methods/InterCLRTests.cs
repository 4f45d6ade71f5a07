using Microsoft.Extensions.Logging.Abstractions;
using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Methods;

public sealed class InterCLRTests
{
    private static readonly InterCLROptions _small = new() { QueueSize = 16, ProjectionDim = 6, HiddenDim = 10, InterWarmupEpochs = 1, PoolShare = 0.5 };

    [Fact]
    public void Step_WholeBankOfOneCluster_LeavesNoNegative()
    {
        var method = Create(_small with { Clusters = 1 });

        var inter = method.Step(TestRuns.Batch(), TestRuns.Step(1)).Diagnostics.Single(d => d.Name == "inter_loss").Value.item<float>();

        Assert.Equal(0, inter, tolerance: 1e-6);
    }

    [Fact]
    public void BeforeEpoch_OnlyTheFirst_FillsTheBank()
    {
        var method = Create(_small);
        var features = new FakeExtractor();

        method.BeforeEpoch(new(0, features, NullLogger.Instance));
        method.BeforeEpoch(new(1, features, NullLogger.Instance));

        Assert.Equal(1, features.Calls);
        var encoded = features.Encoded!;
        Tensors.AssertClose(Rows.Unit(encoded), method.state_dict()["interImages.bank.bank"]);
    }

    [Fact]
    public void Constructor_SmallDataSet_LimitsClustersToATenth() =>
        Assert.Equal([4, 6], Create(_small).state_dict()["interImages.bank.centroids"].shape);   // 40 images

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
