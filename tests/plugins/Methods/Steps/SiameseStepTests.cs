using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Tests.Methods.Steps.Equations;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>Methods whose one network predicts the other: BYOL, SimSiam and projector-only momentum.</summary>
public sealed class SiameseStepTests
{
    private static readonly string[] _online = ["backbone", "projector"];

    [Theory]
    [InlineData(HeadBias.First, true)]
    [InlineData(HeadBias.Last, true)]
    [InlineData(HeadBias.Both, false)]
    public void BYOL_Step_AddsBothDirections(HeadBias bias, bool predictor)
    {
        BYOLOptions options = new() { ProjectionDim = 6, HiddenDim = 10, HeadBias = bias, Predictor = predictor };
        var method = new BYOL(() => new NormBackbone(), options, TestRuns.Of());
        var (networks, batch) = (new Networks(method), Networks.Batch(8, 8));
        string[] targets = ["momentumEncoder.backbone", "momentumEncoder.projector"];

        var output = method.Step(batch, TestRuns.Step());

        var (za, zb) = (networks.Run(batch.Views[0], _online), networks.Run(batch.Views[1], _online));
        var (ta, tb) = (networks.Constant(batch.Views[0], targets), networks.Constant(batch.Views[1], targets));
        var loss = Distance(predictor ? networks.Run(za, "predictor") : za, tb) + Distance(predictor ? networks.Run(zb, "predictor") : zb, ta);
        networks.AssertStep(new(loss) { Embedding = za, Positive = tb, Constants = targets }, output);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void SimSiam_Step_IsHalfOfBothDirections_AndStopsTheGradientOfTheTarget(bool stopGradient)
    {
        SimSiamOptions options = new() { ProjectionDim = 6, PredictorHiddenDim = 4, HiddenDim = 10, ProjectorLayers = 2, StopGradient = stopGradient };
        var method = new SimSiam(new NormBackbone(), options, TestRuns.Of());
        var (networks, batch) = (new Networks(method), Networks.Batch(8, 8));

        var output = method.Step(batch, TestRuns.Step());

        var (za, zb) = (networks.Run(batch.Views[0], _online), networks.Run(batch.Views[1], _online));
        var (ta, tb) = stopGradient ? (za.detach(), zb.detach()) : (za, zb);
        var loss = -(PairCosines(networks.Run(za, "predictor"), tb).mean() + PairCosines(networks.Run(zb, "predictor"), ta).mean()) / 2;
        networks.AssertStep(new(loss) { Embedding = za, Positive = zb }, output);
    }

    [Theory]
    [InlineData(MomentumScope.None)]
    [InlineData(MomentumScope.Projector)]
    [InlineData(MomentumScope.LastStageAndProjector)]
    [InlineData(MomentumScope.Full)]
    public void ProjectorMomentum_Step_TakesTargetsFromTheAveragedPart(MomentumScope scope)
    {
        var method = new ProjectorMomentum(() => new NormBackbone(), new() { EmaScope = scope, ProjectionDim = 6, HiddenDim = 10 }, TestRuns.Of());
        var (networks, batch) = (new Networks(method), Networks.Batch(8, 8));

        var output = method.Step(batch, TestRuns.Step());

        var (za, zb) = (networks.Run(batch.Views[0], _online), networks.Run(batch.Views[1], _online));
        var (ta, tb) = (networks.Constant(batch.Views[0], Targets(scope)), networks.Constant(batch.Views[1], Targets(scope)));
        var loss = Distance(networks.Run(za, "predictor"), tb) + Distance(networks.Run(zb, "predictor"), ta);
        networks.AssertStep(new(loss) { Embedding = za, Positive = tb, Constants = ["momentumEncoder"] }, output);
    }

    [Theory]
    [InlineData(MomentumScope.Projector)]
    [InlineData(MomentumScope.LastStageAndProjector)]
    [InlineData(MomentumScope.Full)]
    public void ProjectorMomentumSimCLR_Step_FindsTheOtherViewAmongAllTargetsButTheOwn(MomentumScope scope)
    {
        const double T = 0.3;
        var method = OnSimCLR(scope);
        var (networks, batch) = (new Networks(method), Networks.Batch(8, 8));

        var output = method.Step(batch, TestRuns.Step());

        var (za, zb) = (networks.Run(batch.Views[0], _online), networks.Run(batch.Views[1], _online));
        var (ta, tb) = (networks.Constant(batch.Views[0], Targets(scope)), networks.Constant(batch.Views[1], Targets(scope)));
        var loss = (Direction(za, ta, tb) + Direction(zb, tb, ta)) / 2;
        networks.AssertStep(new(loss) { Embedding = za, Positive = tb, Constants = ["momentumEncoder"] }, output);

        // positives: the other view's targets; negatives: all further targets of both views but the query's own
        Tensor Direction(Tensor q, Tensor same, Tensor other)
        {
            var own = eye(q.shape[0], dtype: @bool);
            var negatives = cat([Cosines(q, other), Cosines(q, same)], 1) / T;

            return InfoNCE(PairCosines(q, other) / T, negatives.masked_fill(cat([own, own], 1), double.NegativeInfinity));
        }
    }

    [Fact]
    public void ProjectorMomentumSimCLR_WithoutAverage_IsNTXent()
    {
        var method = OnSimCLR(MomentumScope.None);
        var (networks, batch) = (new Networks(method), Networks.Batch(8, 8));

        var output = method.Step(batch, TestRuns.Step());

        var (za, zb) = (networks.Run(batch.Views[0], _online), networks.Run(batch.Views[1], _online));
        networks.AssertStep(new(NTXent(za, zb, 0.3)) { Embedding = za, Positive = zb }, output);
    }

    /// <summary>BYOL, equation (2): |p / |p| - z / |z||², mean over the batch.</summary>
    private static Tensor Distance(Tensor p, Tensor z) => (Unit(p) - Unit(z)).square().sum(1).mean();

    private static string[] Targets(MomentumScope scope) => scope switch
    {
        MomentumScope.None => _online,
        MomentumScope.Projector => ["backbone", "momentumEncoder.projector"],
        _ => ["momentumEncoder.backbone", "momentumEncoder.projector"],
    };

    private static ProjectorMomentumSimCLR OnSimCLR(MomentumScope scope) => new(
        () => new NormBackbone(), new() { EmaScope = scope, Temperature = 0.3, ProjectionDim = 6, HiddenDim = 10 }, TestRuns.Of());
}
