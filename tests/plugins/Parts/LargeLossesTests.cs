using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

/// <summary>Losses at shapes that take fused attention, against their written-out forms: values and gradients.</summary>
public sealed class LargeLossesTests
{
    private const int Width = 24;
    private const double T = 0.1, TeacherT = 0.05;

    private static readonly Tensor _queue = Tensors.UnitRows(9, 3000, Width).DetachFromDisposeScope();   // made within the first test

    // Each takes the projections of two views of 300 images, 600 embeddings, or 300 rows against a queue of 3,000.
    private static readonly (string Name, Func<Tensor, Tensor, Tensor> Ours, Func<Tensor, Tensor, Tensor> Plain)[] _losses =
    [
        ("InfoNCE", (a, b) => InfoNCELoss.Compute(a, b, _queue, T), (a, b) => PlainLosses.InfoNCE(a, b, _queue, T)),
        ("NTXent", (a, b) => NTXentLoss.Compute(a, b, T), (a, b) => PlainLosses.NTXent(a, b, T)),
        ("NTXent, cold", (a, b) => NTXentLoss.Compute(a, b, 0.02), (a, b) => PlainLosses.NTXent(a, b, 0.02)),
        ("keyed NTXent", (a, b) => KeyedNTXentLoss.Compute(a, b, b, a, T), (a, b) => PlainLosses.KeyedNTXent(cat([a, b], 0), cat([b, a], 0).detach(), T)),
        ("DCL", (a, b) => DCLLoss.Compute(a, b, T), (a, b) => (PlainLosses.NegativesOfPairs(a, b, T) - Positives(a, b)).mean()),
        ("debiased", (a, b) => DebiasedLoss.Compute(a, b, 0.5, 0.1), PlainDebiased),
        ("SupCon", (a, b) => SupConLoss.Compute([a, b], Classes, T, T), (a, b) => PlainLosses.SupCon(cat([a, b], 0), Distinct.repeat(2), 600, T)),
        ("SupCon, first view", (a, b) => SupConLoss.Compute([a, b, b], Classes, T, T, SupConAnchors.FirstView),
            (a, b) => PlainLosses.SupCon(cat([a, b, b], 0), Distinct.repeat(3), 300, T)),
        ("MoCo v3", (a, b) => MoCoV3Loss.Compute(a.repeat(4, 1), b, arange(300, dtype: int64), T),
            (a, b) => 2 * T * F.cross_entropy(Cosines(a.repeat(4, 1), b.detach()) / T, arange(300, dtype: int64).repeat(4))),
        ("NNCLR", (a, b) => NNCLRLoss.Compute(a.repeat(2, 1), b.repeat(2, 1), T),
            (a, b) => F.cross_entropy(Cosines(a.detach().repeat(2, 1), b.repeat(2, 1)) / T, arange(600, dtype: int64))),
        ("SDSSL", (a, b) => SelfDistillationLoss.Contrast(a.repeat(3, 1), a, b, arange(300, dtype: int64), T), PlainSDSSL),
        ("neighbour queue", (a, b) => NeighbourQueueLoss.Compute(a, _queue, Near(b), LogSumExp.Over(Rows.Unit(a), _queue, T), T),
            (a, b) => -(Cosines(a, _queue) / T).log_softmax(1).gather(1, Near(b)).mean()),
        ("ReSSL", (a, b) => ReSSLLoss.Compute(a, Neighbourhood.Of(b, _queue, TeacherT), _queue, T), (a, b) => PlainLosses.ReSSL(a, b, _queue, T, TeacherT)),
        ("SCE", (a, b) => SCELoss.Compute(a, b, _queue, Neighbourhood.Of(b, _queue, TeacherT), T, 0.4, SCEPositive.ZeroLogit),
            (a, b) => PlainLosses.SCE(a, b, _queue, T, TeacherT, 0.4, SCEPositive.ZeroLogit)),
        ("SCE, positive excluded", (a, b) => SCELoss.Compute(a, b, _queue, Neighbourhood.Of(b, _queue, TeacherT), T, 0.4, SCEPositive.Excluded),
            (a, b) => PlainLosses.SCE(a, b, _queue, T, TeacherT, 0.4, SCEPositive.Excluded)),
        ("SCE in a batch", (a, b) => SCELoss.InBatch(a.repeat(2, 1), b.repeat(2, 1), null, Neighbourhood.OfOthers(b.repeat(2, 1), null, TeacherT), T, 0.4),
            (a, b) => PlainLosses.SCEInBatch(a.repeat(2, 1), b.repeat(2, 1), null, T, TeacherT, 0.4)),
        ("SCE in a batch with a queue", (a, b) => SCELoss.InBatch(a, b, _queue, Neighbourhood.OfOthers(b, _queue, TeacherT), T, 0.4),
            (a, b) => PlainLosses.SCEInBatch(a, b, _queue, T, TeacherT, 0.4)),
        ("ASCL", (a, b) => ASCL(a, b, 1, ASCLWeighting.Adaptive), (a, b) => PlainLosses.ASCL(a, b, _queue, T, TeacherT, 1, ASCLWeighting.Adaptive)),
        ("ASCL of five", (a, b) => ASCL(a, b, 5, ASCLWeighting.Adaptive), (a, b) => PlainLosses.ASCL(a, b, _queue, T, TeacherT, 5, ASCLWeighting.Adaptive)),
        ("ASCL, nearest", (a, b) => ASCL(a, b, 5, ASCLWeighting.Nearest), (a, b) => PlainLosses.ASCL(a, b, _queue, T, TeacherT, 5, ASCLWeighting.Nearest)),
    ];

    public static TheoryData<string> Losses => [.. _losses.Select(loss => loss.Name)];

    private static Tensor Classes => arange(300, dtype: int64).remainder(7).masked_fill_(arange(300) % 11 == 0, -8);

    /// <summary>The same with a class of its own for each image of unknown class.</summary>
    private static Tensor Distinct => where(Classes < 0, -1 - arange(300, dtype: int64), Classes);

    [Theory]
    [MemberData(nameof(Losses))]
    public void Compute_LargeShape_IsTheWrittenOutForm(string name)
    {
        using var scope = NewDisposeScope();
        var (_, ours, plain) = _losses.Single(loss => loss.Name == name);
        var (a, b) = Views();
        var (plainA, plainB) = Views();

        var actual = ours(a, b);
        (actual * 3).backward();   // what comes after a loss scales its gradient

        var expected = plain(plainA, plainB);
        (expected * 3).backward();
        Assert.Equal(expected.item<float>(), actual.item<float>(), tolerance: 2e-5 * Math.Max(1, Math.Abs(expected.item<float>())));
        AssertNear(plainA.grad, a.grad);
        AssertNear(plainB.grad, b.grad);
    }

    [Fact]
    public void MoCHi_LargeShape_IsTheWrittenOutForm()
    {
        using var scope = NewDisposeScope();
        var draws = MoCHiDraws.Sample(TestRuns.Step(seed: 7), 300, 20, 30, 10, CPU);
        var none = zeros([300, 3000], dtype: @bool);   // with false negatives, though there are none, the matrix is made
        var ((a, b), (plainA, _)) = (Views(), Views());

        var logits = MoCHiLogits.Compute(a, b, _queue, T, 20, draws);
        InfoNCELoss.FromLogits(logits.All).backward();

        var plain = MoCHiLogits.Compute(plainA, b, _queue, T, 20, draws, none);
        InfoNCELoss.FromLogits(plain.All).backward();
        Assert.Equal([300L, 1 + 1 + 30 + 10], logits.All.shape);
        Assert.Equal(InfoNCELoss.FromLogits(plain.All).item<float>(), InfoNCELoss.FromLogits(logits.All).item<float>(), tolerance: 1e-5);
        Assert.Equal(Tensors.Integers(plain.Hardest), Tensors.Integers(logits.Hardest));
        Tensors.AssertClose(plain.LargestOfQueue, logits.LargestOfQueue);
        Tensors.AssertClose(plain.Synthetic!, logits.Synthetic!);
        AssertNear(plainA.grad, a.grad);
    }

    [Theory]
    [InlineData(64, 1500)]
    [InlineData(2, 1024)]
    public void Redundancy_FewImagesWideFeatures_IsTheWrittenOutForm(long images, long width)
    {
        using var scope = NewDisposeScope();
        var (a, b) = (Tensors.Leaf(Tensors.Normal(1, images, width)), Tensors.Leaf(Tensors.Normal(2, images, width)));
        var (wideA, wideB) = (Tensors.Leaf(a.to(float64)), Tensors.Leaf(b.to(float64)));

        var (barlow, vicreg) = (BarlowTwinsLoss.Compute(a, b, 0.005), VICRegLoss.Compute(a, b).Weighted(25, 25, 1));
        (barlow + vicreg).backward();

        var expected = PlainLosses.BarlowTwins(wideA, wideB, 0.005) + PlainVICReg(wideA, wideB);
        expected.backward();
        Assert.Equal(expected.item<double>(), (barlow + vicreg).item<float>(), tolerance: 1e-5 * Math.Abs(expected.item<double>()));
        AssertNear(wideA.grad, a.grad, 1e-4);
        AssertNear(wideB.grad, b.grad, 1e-4);
    }

    [Theory]
    [InlineData(30)]      // nine tenths of the squares are on the diagonal
    [InlineData(1000)]    // nearly all
    public void Redundancy_OneColumnOfALargerScale_IsTheWrittenOutForm(double scale)
    {
        using var scope = NewDisposeScope();
        var factors = ones(1500);
        factors[7] = scale;
        var (a, b) = (Tensors.Leaf(Tensors.Normal(1, 64, 1500) * factors), Tensors.Leaf(Tensors.Normal(2, 64, 1500) * factors));
        var (wideA, wideB) = (Tensors.Leaf(a.to(float64)), Tensors.Leaf(b.to(float64)));

        var covariance = VICRegLoss.Compute(a, b).Covariance;
        covariance.backward();

        var expected = Covariance(wideA) + Covariance(wideB);
        expected.backward();
        Assert.Equal(float32, covariance.dtype);
        Assert.Equal(expected.item<double>(), covariance.item<float>(), tolerance: 1e-5 * expected.item<double>());
        AssertNear(wideA.grad, a.grad, 1e-4);
        AssertNear(wideB.grad, b.grad, 1e-4);
    }

    private static (Tensor A, Tensor B) Views() => (Tensors.Leaf(Tensors.Normal(1, 300, Width)), Tensors.Leaf(Tensors.Normal(2, 300, Width)));

    private static Tensor ASCL(Tensor q, Tensor k, int count, ASCLWeighting weighting) => ASCLLoss.Compute(
        q, k, _queue, SoftPositives.OfQueue(k, _queue, Neighbourhood.Of(k, _queue, TeacherT), TeacherT, count, weighting), T);

    private static Tensor Cosines(Tensor a, Tensor b) => F.normalize(a).matmul(F.normalize(b).t());

    private static Tensor Positives(Tensor a, Tensor b) => (F.normalize(a) * F.normalize(b)).sum(1).repeat(2) / T;

    private static Tensor Near(Tensor b) => NeighbourQueueLoss.Neighbours(b.detach(), _queue, 4);

    private static Tensor PlainDebiased(Tensor a, Tensor b)
    {
        var positives = (F.normalize(a) * F.normalize(b)).sum(1).repeat(2) / 0.5;
        var negatives = PlainLosses.NegativesOfPairs(a, b, 0.5).exp();
        var corrected = ((negatives - (0.1 * 598 * positives.exp())) / 0.9).clamp_min(598 * Math.Exp(-2));

        return ((positives.exp() + corrected).log() - positives).mean();
    }

    private static Tensor PlainSDSSL(Tensor a, Tensor b)
    {
        var rows = arange(300, dtype: int64).repeat(3);
        var self = F.one_hot(rows + 300, 600).to(@bool);
        var logits = Cosines(a.repeat(3, 1), cat([b, a], 0).detach()) / T;

        return F.cross_entropy(logits.masked_fill(self, double.NegativeInfinity), rows);
    }

    private static Tensor PlainVICReg(Tensor a, Tensor b)
    {
        return (25 * (a - b).square().mean()) + (12.5 * (Variance(a) + Variance(b))) + Covariance(a) + Covariance(b);

        static Tensor Variance(Tensor z) => (1 - (z.var(0) + 1e-4).sqrt()).relu().mean();
    }

    private static Tensor Covariance(Tensor z)
    {
        var centred = z - z.mean([0], keepdim: true);
        var covariance = centred.t().matmul(centred) / (z.shape[0] - 1);

        return covariance.masked_fill(eye(z.shape[1], dtype: @bool), 0).square().sum() / z.shape[1];
    }

    /// <summary>Equal to a share of the largest entry; a side without gradient has none in both.</summary>
    private static void AssertNear(Tensor? expected, Tensor? actual, double share = 5e-5)
    {
        if (expected is null || actual is null)
        {
            Assert.True(expected is null || expected.abs().max().item<float>() == 0);
            Assert.Null(actual);
            return;
        }

        var worst = (expected.to(float64) - actual.to(float64)).abs().max().item<double>();
        var largest = expected.abs().max().to(float64).item<double>();

        Assert.True(worst <= share * largest, $"differs by {worst}; the largest entry is {largest}");
    }
}
