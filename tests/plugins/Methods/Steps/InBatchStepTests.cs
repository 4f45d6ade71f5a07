using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Tests.Methods.Steps.Equations;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>Methods that contrast the images of the batch through one network: SimCLR and others of its form, SupCon, NNCLR; and classification.</summary>
public sealed class InBatchStepTests
{
    private const double T = 0.4;

    private static readonly string[] _online = ["backbone", "projector"];

    [Theory]
    [InlineData(NTXentReduction.MeanOverAnchors)]
    [InlineData(NTXentReduction.SumOfViewMeans)]
    public void SimCLR_Step_IsThePapers(NTXentReduction reduction) => AssertTwoViews(
        new SimCLR(new NormBackbone(), new() { Temperature = T, ProjectionDim = 6, HiddenDim = 10, HeadLayers = 3, Reduction = reduction }, TestRuns.Of()),
        (za, zb) => NTXent(za, zb, T) * (reduction == NTXentReduction.SumOfViewMeans ? 2 : 1));

    [Fact]
    public void DCL_Step_IsThePapers() => AssertTwoViews(
        new DCL(new NormBackbone(), new() { Temperature = T, ProjectionDim = 6, HiddenDim = 10 }, TestRuns.Of()),
        (za, zb) => MeanOverAnchors(za, zb, T, (s, own, other) => Negatives(s, own, other).log() - s[other]));

    [Fact]
    public void DCLW_Step_IsThePapers()
    {
        const double Sigma = 0.7;
        AssertTwoViews(
            new DCLW(new NormBackbone(), new() { Temperature = T, ProjectionDim = 6, HiddenDim = 10, Sigma = Sigma }, TestRuns.Of()),
            (za, zb) => Decoupled(za, zb, Sigma));
    }

    [Fact]
    public void DebiasedContrastive_Step_IsThePapers()
    {
        const double ClassPrior = 0.15;
        AssertTwoViews(
            new DebiasedContrastive(new NormBackbone(), new() { Temperature = T, ProjectionDim = 6, HiddenDim = 10, ClassPrior = ClassPrior }, TestRuns.Of()),
            (za, zb) => MeanOverAnchors(za, zb, T, (s, own, other) =>
            {
                var n = (2 * TestRuns.BatchSize) - 2;
                var g = ((Negatives(s, own, other) - (ClassPrior * n * s[other].exp())) / (1 - ClassPrior)).clamp_min(n * Math.Exp(-1 / T));

                return -(s[other].exp() / (s[other].exp() + g)).log();
            }));
    }

    [Theory]
    [InlineData(SupConAnchors.AllViews)]
    [InlineData(SupConAnchors.FirstView)]
    public void SupCon_Step_IsThePapers(SupConAnchors anchors)
    {
        const double Base = 0.15;
        SupConOptions options = new() { Temperature = T, BaseTemperature = Base, Anchors = anchors, ProjectionDim = 6, HiddenDim = 10 };
        var method = new SupCon(new NormBackbone(), options, TestRuns.Of());
        var (networks, batch) = (new Networks(method), Networks.Batch(8, 8));   // classes 1, 0, unknown, 1

        var output = method.Step(batch, TestRuns.Step());

        var (za, zb) = (networks.Run(batch.Views[0], _online), networks.Run(batch.Views[1], _online));
        var s = Cosines(cat([za, zb], 0), cat([za, zb], 0)) / T;
        // by hand: rows of the same class, the own one left out; an unknown one finds its other view
        int[][] positives = [[3, 4, 7], [5], [6], [0, 4, 7], [0, 3, 7], [1], [2], [0, 3, 4]];
        var losses = positives.Take(anchors == SupConAnchors.AllViews ? 8 : 4).Select((own, i) =>
            -(T / Base) * stack([.. own.Select(p => s[i, p] - (s[i].exp().sum() - s[i, i].exp()).log())]).mean());
        networks.AssertStep(new(stack([.. losses]).mean()) { Embedding = za, Positive = zb }, output);
    }

    [Theory]
    [InlineData(NNCLRNegatives.OtherPredictions)]
    [InlineData(NNCLRNegatives.PredictionsAndNeighbours)]
    public void NNCLR_Step_IsThePapers(NNCLRNegatives negatives)
    {
        NNCLROptions options = new() { Temperature = T, QueueSize = 12, ProjectionDim = 6, HiddenDim = 10, PredictorDim = 8, Negatives = negatives };
        var method = new NNCLR(new NormBackbone(), options, TestRuns.Of());
        var (networks, batch) = (new Networks(method), Networks.Batch(8, 8));

        var output = method.Step(batch, TestRuns.Step());

        var (za, zb) = (networks.Run(batch.Views[0], _online), networks.Run(batch.Views[1], _online));
        var (pa, pb) = (networks.Run(za, "predictor"), networks.Run(zb, "predictor"));
        var queue = networks.State("queue.queue");
        var (na, nb) = (Nearest(za), Nearest(zb));
        var loss = negatives == NNCLRNegatives.OtherPredictions
            ? (Diagonal(Cosines(na, pb) / T) + Diagonal(Cosines(nb, pa) / T)) / 2
            : (NTXent(na, pb, T) + NTXent(nb, pa, T)) / 2;
        networks.AssertStep(
            new(loss)
            {
                Embedding = za, Positive = zb, Reports = [("neighbour_similarity", PairCosines(za, na).mean())], Remembered = [("queue", Unit(za), null)],
            },
            output);

        Tensor Nearest(Tensor z) => queue.index_select(0, Cosines(z, queue).argmax(1));
    }

    [Fact]
    public void Supervised_Step_IsCrossEntropyWithSpreadLabels()
    {
        const double Smoothing = 0.3;
        var method = new Supervised(new NormBackbone(), new() { LabelSmoothing = Smoothing }, TestRuns.Of());
        var (networks, batch) = (new Networks(method), Networks.Batch(8));   // classes 1, 0, unknown, 1 of 3

        var output = method.Step(batch, TestRuns.Step());

        var h = networks.Run(batch.Views[0], "backbone");
        var logits = networks.Run(h, "classifier").to(float64);
        const double Own = 1 - Smoothing + (Smoothing / 3), Other = Smoothing / 3;
        var targets = tensor(new[,] { { Other, Own, Other }, { Own, Other, Other }, { 0, 0, 0 }, { Other, Own, Other } });   // the unknown adds 0 and counts
        var hits = logits.argmax(1) == batch.Labels!;
        networks.AssertStep(new(CrossEntropy(targets, logits)) { Embedding = h, Reports = [("accuracy", hits.to(float64).mean())] }, output);
    }

    private static void AssertTwoViews<TMethod>(TMethod method, Func<Tensor, Tensor, Tensor> loss)
        where TMethod : Module, IMethod
    {
        var (networks, batch) = (new Networks(method), Networks.Batch(8, 8));

        var output = method.Step(batch, TestRuns.Step());

        var (za, zb) = (networks.Run(batch.Views[0], _online), networks.Run(batch.Views[1], _online));
        networks.AssertStep(new(loss(za, zb)) { Embedding = za, Positive = zb }, output);
    }

    private static Tensor Negatives(Tensor s, long own, long other) => s.exp().sum() - s[own].exp() - s[other].exp();

    /// <summary>DCLW: the positive weighs 2 - N softmax over the images of cos / sigma, a constant.</summary>
    private static Tensor Decoupled(Tensor za, Tensor zb, double sigma)
    {
        var n = TestRuns.BatchSize;
        var weights = 2 - (n * Softmax((PairCosines(za, zb).detach() / sigma).unsqueeze(0)).squeeze(0));   // [N]

        return MeanOverAnchors(za, zb, T, (s, own, other) => Negatives(s, own, other).log() - (weights[own % n] * s[other]));
    }
}
