using Parallax.Contracts;
using Parallax.Plugins.Methods;
using static Parallax.Plugins.Tests.Methods.Steps.Equations;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>SDSSL against section 3 of Jang et al. 2023 and its code: last layer + weight(t) · intermediate layers + L · detached layers.</summary>
public sealed class SDSSLStepTests
{
    private const double T = 0.4, Weight = 0.7;
    private const int Step = 50, TotalSteps = 200, Layers = 2;   // of NormBackbone

    private static readonly string[] _teacher = ["momentumEncoder.backbone", "momentumEncoder.projector"];
    private static readonly double _now = Weight * (1 - Math.Cos(Math.PI * Step / TotalSteps)) / 2;

    [Theory]
    [InlineData("byol")]
    [InlineData("moco-v3")]
    public void SDSSL_StepWithATeacher_IsThePapers(string on)
    {
        IMethod method = on == "byol"
            ? new SDSSLBYOL(() => new NormBackbone(), new() { IntermediateWeight = Weight, ProjectionDim = 6, HiddenDim = 10 }, TestRuns.Of())
            : new SDSSL(() => new NormBackbone(), new() { Temperature = T, IntermediateWeight = Weight, ProjectionDim = 6, HiddenDim = 10 }, TestRuns.Of());
        var (networks, batch) = (new Networks((Module)method), Networks.Batch(8, 8));

        var output = method.Step(batch, Context());

        var (za, zb) = (Projections(networks, batch.Views[0]), Projections(networks, batch.Views[1]));
        var (ta, tb) = (networks.Constant(batch.Views[0], _teacher), networks.Constant(batch.Views[1], _teacher));
        networks.AssertStep(new(Direction(za, tb) + Direction(zb, ta)) { Embedding = za[^1], Positive = zb[^1], Constants = _teacher }, output);

        Tensor Direction(Tensor[] z, Tensor target)
        {
            Tensor Loss(int layer, Tensor rows) => networks.Run(rows, $"predictors.{layer}") is var p && on == "byol"
                ? (2 - (2 * PairCosines(p, target))).mean()
                : 2 * T * Diagonal(Cosines(p, target) / T);

            var detached = (Loss(0, z[0].detach()) + Loss(1, z[1].detach())) / Layers;

            return Loss(1, z[1]) + (_now * Loss(0, z[0])) + (Layers * detached);
        }
    }

    [Fact]
    public void SDSSLSimCLR_Step_LetsIntermediateLayersFindTheDetachedLast()
    {
        var method = new SDSSLSimCLR(
            new NormBackbone(), new() { Temperature = T, IntermediateWeight = Weight, ProjectionDim = 6, HiddenDim = 10 }, TestRuns.Of());
        var (networks, batch) = (new Networks(method), Networks.Batch(8, 8));

        var output = method.Step(batch, Context());

        var (za, zb) = (Projections(networks, batch.Views[0]), Projections(networks, batch.Views[1]));
        var intermediate = (Find(za[0], za[1].detach(), zb[1].detach()) + Find(zb[0], zb[1].detach(), za[1].detach())) / 2;
        networks.AssertStep(new(NTXent(za[1], zb[1], T) + (_now * intermediate)) { Embedding = za[1], Positive = zb[1] }, output);
    }

    /// <summary>The last projection of the other view, among those of both views but the row's own.</summary>
    private static Tensor Find(Tensor z, Tensor same, Tensor other)
    {
        var own = eye(TestRuns.BatchSize, dtype: @bool);
        var others = cat([Cosines(z, other), Cosines(z, same)], 1) / T;

        return InfoNCE(PairCosines(z, other) / T, others.masked_fill(cat([own, own], 1), double.NegativeInfinity));
    }

    private static Tensor[] Projections(Networks networks, Tensor images) =>
        [.. ((NormBackbone)networks.Part("backbone")).Layers(images).Select((h, layer) => networks.Run(h, $"projectors.{layer}"))];

    private static StepContext Context() => TestRuns.Step() with { Step = Step, TotalSteps = TotalSteps };
}
