using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class ASCLLossTests
{
    private const double Temperature = 0.2, TargetTemperature = 0.1;

    private readonly Tensor _q = Tensors.Normal(1, 5, 6), _k = Tensors.Normal(2, 5, 6), _queue = Tensors.UnitRows(3, 9, 6);

    public static TheoryData<int, ASCLWeighting> Weightings => new()
    {
        { 1, ASCLWeighting.Adaptive }, { 4, ASCLWeighting.Adaptive }, { 9, ASCLWeighting.Adaptive },
        { 1, ASCLWeighting.Nearest }, { 3, ASCLWeighting.Nearest }, { 3, ASCLWeighting.NearestByConfidence },
    };

    [Theory]
    [MemberData(nameof(Weightings))]
    public void Compute_AnyWeighting_IsCrossEntropyWithTheLabels(int count, ASCLWeighting weighting)
    {
        var (q, reference) = (Tensors.Leaf(_q), Tensors.Leaf(_q));

        var loss = ASCLLoss.Compute(q, _k, _queue, OfQueue(_k, _queue, count, weighting), Temperature);
        loss.backward();

        var expected = PlainLosses.ASCL(reference, _k, _queue, Temperature, TargetTemperature, count, weighting);
        expected.backward();
        Assert.Equal(expected.item<float>(), loss.item<float>(), tolerance: 1e-5);
        Tensors.AssertClose(reference.grad!, q.grad!);
    }

    [Fact]
    public void OfQueue_UniformNeighbours_WeighNothing()
    {
        var queue = F.normalize(ones([4, 6]));

        Tensors.AssertClose(zeros([5]), OfQueue(_k, queue, count: 3, ASCLWeighting.Adaptive).Total, tolerance: 1e-4);   // c is 0: the labels are MoCo's
    }

    [Fact]
    public void OfQueue_CertainNeighbour_CountsAsMuchAsThePositive()
    {
        // weight min(1, n c p) with c = p = 1 is capped at 1
        var queue = Tensors.Matrix([1, 0], [-1, 0], [0, -1], [0, 1]);

        var positives = SoftPositives.OfQueue(
            Tensors.Matrix([1, 0]), queue, Neighbourhood.Of(Tensors.Matrix([1, 0]), queue, 0.01), 0.01, count: 3, ASCLWeighting.Adaptive);

        Tensors.AssertClose([1], Tensors.Values(positives.Total));
        Tensors.AssertClose([1, 0], Tensors.Values(positives.Weighted));
    }

    [Fact]
    public void OfQueue_HalfCertain_IsHandValue()
    {
        // shares 1/2, 1/2, 0, 0: entropy ln 2 of ln 4, c = 1/2; weights 2 * 1/2 * 1/2 = 1/2 each
        var half = (float)Math.Sqrt(0.5);
        var (k, queue) = (Tensors.Matrix([half, half]), Tensors.Matrix([1, 0], [0, 1], [-1, 0], [0, -1]));

        var positives = SoftPositives.OfQueue(k, queue, Neighbourhood.Of(k, queue, 0.02), 0.02, count: 2, ASCLWeighting.Adaptive);

        Tensors.AssertClose([1], Tensors.Values(positives.Total));
        Tensors.AssertClose([0.5f, 0.5f], Tensors.Values(positives.Weighted));
    }

    [Fact]
    public void OfQueue_Nearest_CountFully_AndByConfidencePartly()
    {
        var half = (float)Math.Sqrt(0.5);
        var (k, queue) = (Tensors.Matrix([half, half]), Tensors.Matrix([1, 0], [0, 1], [-1, 0], [0, -1]));
        var neighbours = Neighbourhood.Of(k, queue, 0.02);

        Tensors.AssertClose([2], Tensors.Values(SoftPositives.OfQueue(k, queue, neighbours, 0.02, 2, ASCLWeighting.Nearest).Total));
        Tensors.AssertClose([1], Tensors.Values(SoftPositives.OfQueue(k, queue, neighbours, 0.02, 2, ASCLWeighting.NearestByConfidence).Total));
    }

    [Theory]
    [InlineData(1, ASCLWeighting.Adaptive)]
    [InlineData(3, ASCLWeighting.Adaptive)]
    [InlineData(2, ASCLWeighting.Nearest)]
    [InlineData(2, ASCLWeighting.NearestByConfidence)]
    public void Distance_AnyWeighting_IsThatToTheLabelledKeys(int count, ASCLWeighting weighting)
    {
        var (p, reference) = (Tensors.Leaf(_q), Tensors.Leaf(_q));

        var loss = ASCLLoss.Distance(p, _k, OfOthers(_k, count, weighting));
        loss.backward();

        var expected = PlainLosses.ASCLDistance(reference, _k, TargetTemperature, count, weighting);
        expected.backward();
        Assert.Equal(expected.item<float>(), loss.item<float>(), tolerance: 1e-5);
        Tensors.AssertClose(reference.grad!, p.grad!);
    }

    [Fact]
    public void Distance_NoOtherPositive_IsBYOLs()
    {
        var (p, z) = (Tensors.Normal(1, 5, 4), Tensors.Normal(2, 5, 4));

        var loss = ASCLLoss.Distance(p, z, new(zeros([5, 4]), zeros([5]))).item<float>();

        Assert.Equal((F.normalize(p, dim: 1) - F.normalize(z, dim: 1)).square().sum(1).mean().item<float>(), loss, tolerance: 1e-5);
    }

    [Fact]
    public void Distance_OnlyPredictionsReceiveGradients()
    {
        var (p, z) = (Tensors.Leaf(_q), Tensors.Leaf(_k));

        ASCLLoss.Distance(p, z, OfOthers(z, 1, ASCLWeighting.Adaptive)).backward();

        Assert.True(p.grad!.abs().sum().item<float>() > 0);
        Assert.Null(z.grad);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    public void OfQueue_NeighboursOutsideTheQueue_AreRefused(int count) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => OfQueue(_k, _queue, count, ASCLWeighting.Nearest));

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void OfOthers_NeighboursOutsideTheBatch_AreRefused(int count) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => OfOthers(_k, count, ASCLWeighting.Nearest));

    private static SoftPositives OfQueue(Tensor k, Tensor queue, int count, ASCLWeighting weighting) =>
        SoftPositives.OfQueue(k, queue, Neighbourhood.Of(k, queue, TargetTemperature), TargetTemperature, count, weighting);

    private static SoftPositives OfOthers(Tensor z, int count, ASCLWeighting weighting) =>
        SoftPositives.OfOthers(z, Neighbourhood.OfOthers(z, queue: null, TargetTemperature), TargetTemperature, count, weighting);
}
