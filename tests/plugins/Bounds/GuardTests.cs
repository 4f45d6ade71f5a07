using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Bounds;

/// <summary>What the parts refuse that methods are made of: the last number that is allowed, and the next one that is not.</summary>
public sealed class GuardTests
{
    private static readonly (string Name, Action<double> Call, double Allowed, double Refused)[] Guards =
    [
        ("Sinkhorn iterations", n => SinkhornAssignment.Compute(Tensors.UnitRows(1, 4, 3), 0.05, (int)n), 1, 0),
        ("spherical k-means iterations", n => SphericalKMeans.Cluster(Rows(6), Rows(6).narrow(0, 0, 2), (int)n), 0, -1),
        ("spherical k-means clusters", n => SphericalKMeans.RandomMembers(Rows(6), (int)n, new Generator(1)), 1, 0),
        ("spherical k-means clusters, most", n => SphericalKMeans.RandomMembers(Rows(6), (int)n, new Generator(1)), 6, 7),
        ("k-means iterations", n => KMeans.Cluster(Rows(6), Rows(6).narrow(0, 0, 2), (int)n), 0, -1),
        ("attention heads", n => new SelfAttention(8, (int)n).Dispose(), 1, 0),
        ("truncated normal deviation", n => TruncatedNormal.Fill(zeros(3), n), 1e-9, 0),
        ("split norm channels", n => new SplitBatchNorm2d((int)n, 1).Dispose(), 1, 0),
        ("split norm groups", n => new SplitBatchNorm2d(4, (int)n).Dispose(), 1, 0),
        ("centre outputs", n => new Centre((int)n, 0.9).Dispose(), 1, 0),
        ("centre momentum", n => new Centre(3, n).Dispose(), 0, -1e-9),
        ("centre momentum, most", n => new Centre(3, n).Dispose(), 1, 1 + 1e-9),
        ("queue width", n => new FeatureQueue(8, (int)n, 2, seed: 1).Dispose(), 1, 0),
        ("queue keys per step", n => new FeatureQueue(8, 4, (int)n, seed: 1).Dispose(), 1, 0),
        ("bank images", n => new ImageBank((int)n, 4, seed: 1).Dispose(), 1, 0),
        ("bank width", n => new ImageBank(4, (int)n, seed: 1).Dispose(), 1, 0),
        ("MLP layers", n => ProjectionHead.BatchNormMlp(4, 4, 4, (int)n).Dispose(), 1, 0),
        ("MoCo v3 layers", n => MoCoV3Head.Create(4, 4, 4, (int)n, lastNorm: true).Dispose(), 1, 0),
        ("ReLIC layers", n => ReLICCritic.Create(4, 4, 4, (int)n).Dispose(), 1, 0),
        ("SimSiam layers", n => SiameseHeads.SimSiamProjector(4, 4, 4, (int)n).Dispose(), 1, 0),
        ("prototype width", n => new PrototypeHead((int)n, 3).Dispose(), 1, 0),
        ("prototypes", n => new PrototypeHead(3, (int)n).Dispose(), 1, 0),
        ("normed inputs", n => new WeightNormLinear((int)n, 3, trainsLengths: true).Dispose(), 1, 0),
        ("normed outputs", n => new WeightNormLinear(3, (int)n, trainsLengths: true).Dispose(), 1, 0),
        ("ReLIC negatives", n => ReLICLoss.DrawNegatives(4, (int)n, new Generator(1)), 1, 0),
        ("ReLIC negatives, most", n => ReLICLoss.DrawNegatives(4, (int)n, new Generator(1)), 3, 4),
        ("neighbours", n => NeighbourQueueLoss.Neighbours(Rows(2), Rows(5), (int)n), 1, 0),
        ("neighbours, most", n => NeighbourQueueLoss.Neighbours(Rows(2), Rows(5), (int)n), 5, 6),
        ("confidence candidates", n => Neighbourhood.Of(Rows(2), Rows(5), 0.1).Confidence((int)n), 2, 1),
        ("hardest", n => MoCHiLogits.HardestOf(Tensors.Normal(1, 2, 5), (int)n), 1, 0),
        ("hardest, most", n => MoCHiLogits.HardestOf(Tensors.Normal(1, 2, 5), (int)n), 5, 6),
        ("hardest drawn from", n => MoCHiDraws.Sample(TestRuns.Step(), 2, (int)n, 1, 1, CPU), 1, 0),
        ("multi-crop small views", n => ViewBuilder.MultiCrop([], ViewBuilder.View(), (int)n), 0, -1),
    ];

    public static TheoryData<string> Names => new(Guards.Select(guard => guard.Name));

    [Theory, MemberData(nameof(Names))]
    public void Part_OnBothSidesOfItsBound_TakesTheOneAndRefusesTheOther(string name)
    {
        using var scope = NewDisposeScope();
        var guard = Guards.Single(g => g.Name == name);

        guard.Call(guard.Allowed);

        Assert.Throws<ArgumentOutOfRangeException>(() => guard.Call(guard.Refused));
    }

    private static Tensor Rows(long count) => Tensors.UnitRows(3, count, 3);
}
