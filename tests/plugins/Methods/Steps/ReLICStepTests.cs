using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Tests.Methods.Steps.Equations;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>ReLIC and ReLIC v2 against Mitrovic et al. 2021 and Tomasev et al. 2022.</summary>
/// <remarks>Each image is found among targets; alpha times the divergence of two such answers is added.</remarks>
public sealed class ReLICStepTests
{
    private const double T = 0.4, Alpha = 0.6;

    private static readonly string[] _online = ["backbone", "critic"], _targets = ["momentumEncoder.backbone", "momentumEncoder.projector"];

    [Theory]
    [InlineData(ReLICPairing.BetweenViews, ReLICInvariance.FirstToSecond, false)]
    [InlineData(ReLICPairing.BetweenViews, ReLICInvariance.SecondToFirst, true)]
    [InlineData(ReLICPairing.BetweenViews, ReLICInvariance.Symmetric, true)]
    [InlineData(ReLICPairing.RowsAndColumns, ReLICInvariance.FirstToSecond, true)]
    [InlineData(ReLICPairing.RowsAndColumns, ReLICInvariance.SecondToFirst, false)]
    [InlineData(ReLICPairing.RowsAndColumns, ReLICInvariance.Symmetric, false)]
    public void ReLIC_Step_IsThePapers(ReLICPairing pairing, ReLICInvariance invariance, bool stopGradient)
    {
        ReLICOptions options = new()
        {
            Temperature = T, InvarianceWeight = Alpha, Pairing = pairing, Invariance = invariance, StopGradient = stopGradient,
            HeadLayers = 2, HiddenDim = 10, ProjectionDim = 6,
        };
        var method = new ReLIC(() => new NormBackbone(), options, TestRuns.Of());
        var (networks, batch) = (new Networks(method), Networks.Batch(8, 8));

        var output = method.Step(batch, TestRuns.Step());

        var (o1, o2) = (networks.Run(batch.Views[0], _online), networks.Run(batch.Views[1], _online));
        var (t1, t2) = (networks.Constant(batch.Views[0], _targets), networks.Constant(batch.Views[1], _targets));
        var (a, b) = (Cosines(o1, t2) / T, Cosines(o2, t1) / T);   // online i, target j
        var contrastive = Diagonal(a) + Diagonal(b);
        var divergence = pairing == ReLICPairing.BetweenViews
            ? Invariance(Softmax(a), Softmax(b), invariance, stopGradient)
            : Invariance(Softmax(a), Softmax(a.t()), invariance, stopGradient) + Invariance(Softmax(b), Softmax(b.t()), invariance, stopGradient);
        networks.AssertStep(Sum(contrastive, divergence) with { Embedding = o1, Positive = t2 }, output);
    }

    [Theory]
    [InlineData(0, ReLICInvariance.FirstToSecond, true)]
    [InlineData(2, ReLICInvariance.FirstToSecond, true)]
    [InlineData(2, ReLICInvariance.SecondToFirst, false)]
    [InlineData(3, ReLICInvariance.Symmetric, true)]
    public void ReLICv2_Step_AveragesEveryOnlineViewWithEveryLargeTarget(int count, ReLICInvariance invariance, bool stopGradient)
    {
        ReLICv2Options options = new()
        {
            LargeViews = 2, SmallViews = 2, Negatives = count, Temperature = T, InvarianceWeight = Alpha, Invariance = invariance, StopGradient = stopGradient,
            HeadLayers = 2, HiddenDim = 10, ProjectionDim = 6,
        };
        var method = new ReLICv2(() => new NormBackbone(), options, TestRuns.Of());
        var (networks, batch) = (new Networks(method), Networks.Batch(8, 8, 6, 6));

        var output = method.Step(batch, TestRuns.Step());

        Tensor[] online = [.. networks.RunOnAll([batch.Views[0], batch.Views[1]], _online), .. networks.RunOnAll([batch.Views[2], batch.Views[3]], _online)];
        Tensor[] targets = networks.Constant(cat([batch.Views[0], batch.Views[1]], 0), _targets).chunk(2, 0);
        var candidates = Candidates(count);   // [N, 1 + E], the image itself first
        var (contrastive, divergence) = (new List<Tensor>(), new List<Tensor>());
        foreach (var (o, t) in online.SelectMany(o => targets.Select(t => (o, t))))
        {
            var logits = Cosines(o, t) / T;
            var (p, q) = (Softmax(logits.gather(1, candidates)), Softmax(logits.t().gather(1, candidates)));
            contrastive.Add(-p.select(1, 0).log().mean());
            divergence.Add(Invariance(p, q, invariance, stopGradient));
        }

        networks.AssertStep(Sum(stack([.. contrastive]).mean(), stack([.. divergence]).mean()) with { Embedding = online[0], Positive = targets[1] }, output);
    }

    private static ExpectedStep Sum(Tensor contrastive, Tensor divergence) => new(contrastive + (Alpha * divergence))
    {
        Reports = [("contrastive", contrastive), ("invariance", divergence)], Constants = _targets,
    };

    private static Tensor Invariance(Tensor first, Tensor second, ReLICInvariance invariance, bool stopGradient)
    {
        return invariance switch
        {
            ReLICInvariance.FirstToSecond => Divergence(Reference(first), second),
            ReLICInvariance.SecondToFirst => Divergence(Reference(second), first),
            _ => Divergence(Reference(first), second) + Divergence(Reference(second), first),
        };

        Tensor Reference(Tensor p) => stopGradient ? p.detach() : p;
    }

    /// <summary>The step's own random numbers: of each image the others with the smallest numbers; all others where there are not more.</summary>
    private static Tensor Candidates(int count)
    {
        const int Images = TestRuns.BatchSize;
        var draws = rand([Images, Images], dtype: float32, generator: TestRuns.Step().Generator);
        var rows = Enumerable.Range(0, Images).Select(i => (long[])
        [
            i, .. Enumerable.Range(0, Images).Where(j => j != i).OrderBy(j => draws[i, j].item<float>()).Take(count == 0 ? Images : count).Select(j => (long)j),
        ]);

        return stack([.. rows.Select(row => tensor(row))]);
    }
}
