using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>Barlow Twins and VICReg against algorithm 1 of each paper, with loops over the features.</summary>
public sealed class RedundancyStepTests
{
    private const int N = TestRuns.BatchSize, D = 6;

    private static readonly string[] _online = ["backbone", "projector"];
    private static readonly (int I, int J)[] _pairs = [.. Enumerable.Range(0, D * D).Select(k => (k / D, k % D))];

    [Fact]
    public void BarlowTwins_Step_IsThePapers()
    {
        const double Lambda = 0.3, Scale = 0.7;
        BarlowTwinsOptions options = new() { OffDiagonalWeight = Lambda, LossScale = Scale, ProjectionDim = D, HiddenDim = 10 };
        var method = new BarlowTwins(new NormBackbone(), options, TestRuns.Of());
        var (networks, batch) = (new Networks(method), Networks.Batch(8, 8));

        var output = method.Step(batch, TestRuns.Step());

        var (za, zb) = (networks.Run(batch.Views[0], _online), networks.Run(batch.Views[1], _online));
        var (a, b) = (Standardised(za), Standardised(zb));
        var terms = _pairs.Select(pair =>
        {
            var c = (a.select(1, pair.I) * b.select(1, pair.J)).sum() / N;

            return pair.I == pair.J ? (c - 1).square() : Lambda * c.square();
        });

        networks.AssertStep(new(Scale * stack([.. terms]).sum()) { Embedding = za, Positive = zb }, output);
    }

    [Theory]
    [InlineData(VarianceReduction.MeanOfViews)]
    [InlineData(VarianceReduction.SumOfViews)]
    public void VICReg_Step_IsThePapers(VarianceReduction reduction)
    {
        VICRegOptions options = new()
        {
            InvarianceWeight = 7, VarianceWeight = 5, CovarianceWeight = 3, VarianceReduction = reduction, ProjectionDim = D, HiddenDim = 10,
        };
        var method = new VICReg(new NormBackbone(), options, TestRuns.Of());
        var (networks, batch) = (new Networks(method), Networks.Batch(8, 8));

        var output = method.Step(batch, TestRuns.Step());

        var (za, zb) = (networks.Run(batch.Views[0], _online), networks.Run(batch.Views[1], _online));
        var (a, b) = (za.to(float64), zb.to(float64));
        var s = (a - b).square().sum() / (N * D);
        var v = (Variance(a) + Variance(b)) / (reduction == VarianceReduction.MeanOfViews ? 2 : 1);
        var c = Covariance(a) + Covariance(b);
        networks.AssertStep(
            new((7 * s) + (5 * v) + (3 * c)) { Embedding = za, Positive = zb, Reports = [("invariance", s), ("variance", v), ("covariance", c)] }, output);
    }

    private static Tensor Standardised(Tensor z)
    {
        var centred = z.to(float64) - z.to(float64).mean([0]);

        return centred / (centred.square().mean([0]) + 1e-5).sqrt();
    }

    /// <summary>1/D sum over j of max(0, 1 - sqrt(var(z_j) + 1e-4)).</summary>
    private static Tensor Variance(Tensor z)
    {
        var variances = (z - z.mean([0])).square().sum([0]) / (N - 1);

        return (1 - (variances + 1e-4).sqrt()).relu().mean();
    }

    /// <summary>1/D sum over i ≠ j of cov(z_i, z_j)².</summary>
    private static Tensor Covariance(Tensor z)
    {
        var centred = z - z.mean([0]);
        var terms = _pairs.Where(pair => pair.I != pair.J).Select(pair => ((centred.select(1, pair.I) * centred.select(1, pair.J)).sum() / (N - 1)).square());

        return stack([.. terms]).sum() / D;
    }
}
