using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class ASCLLossTests
{
    [Fact]
    public void Labels_UniformNeighbours_AreMoCos()
    {
        var labels = ASCLLoss.Labels(full([2, 4], 0.25f), count: 3, ASCLWeighting.Adaptive);

        Tensors.AssertClose([1, 0, 0, 0, 0, 1, 0, 0, 0, 0], Tensors.Values(labels));
    }

    [Fact]
    public void Labels_CertainNeighbour_CountsAsMuchAsThePositive()
    {
        // weight min(1, n c p) with c = p = 1 is capped at 1 before the row is normalised
        var labels = ASCLLoss.Labels(Tensors.Matrix([0, 1, 0, 0]), count: 3, ASCLWeighting.Adaptive);

        Tensors.AssertClose([0.5f, 0, 0.5f, 0, 0], Tensors.Values(labels));
    }

    [Fact]
    public void Labels_HalfCertain_IsHandValue()
    {
        // entropy ln 2 of ln 4: c = 1/2; weights 2 * 1/2 * 1/2 = 1/2 each
        var labels = ASCLLoss.Labels(Tensors.Matrix([0.5f, 0.5f, 0, 0]), count: 2, ASCLWeighting.Adaptive);

        Tensors.AssertClose([0.5f, 0.25f, 0.25f, 0, 0], Tensors.Values(labels));
    }

    [Fact]
    public void Labels_Nearest_CountFully_AndByConfidencePartly()
    {
        var neighbours = Tensors.Matrix([0.5f, 0, 0.5f, 0]);

        Tensors.AssertClose([1 / 3f, 1 / 3f, 0, 1 / 3f, 0], Tensors.Values(ASCLLoss.Labels(neighbours, 2, ASCLWeighting.Nearest)));
        Tensors.AssertClose([0.5f, 0.25f, 0, 0.25f, 0], Tensors.Values(ASCLLoss.Labels(neighbours, 2, ASCLWeighting.NearestByConfidence)));
    }

    [Fact]
    public void BatchNeighbours_OwnKey_HasNoShare_AndOwnLabelIsTheLargest()
    {
        var neighbours = ASCLLoss.BatchNeighbours(Tensors.Normal(1, 6, 4), temperature: 0.1);
        var labels = ASCLLoss.BatchLabels(neighbours, count: 2, ASCLWeighting.Adaptive);

        Tensors.AssertClose(zeros([6]), neighbours.diagonal());
        Tensors.AssertClose(labels.diagonal(), labels.amax([1]));
        Tensors.AssertClose(ones([6]), labels.sum(1));
    }

    [Fact]
    public void Distance_OneHotLabels_IsBYOLs()
    {
        var (p, z) = (Tensors.Normal(1, 5, 4), Tensors.Normal(2, 5, 4));

        var loss = ASCLLoss.Distance(p, z, eye(5)).item<float>();

        Assert.Equal((F.normalize(p, dim: 1) - F.normalize(z, dim: 1)).square().sum(1).mean().item<float>(), loss, tolerance: 1e-5);
    }

    [Fact]
    public void Distance_OnlyPredictionsReceiveGradients()
    {
        var (p, z) = (Tensors.Leaf(Tensors.Normal(1, 5, 4)), Tensors.Leaf(Tensors.Normal(2, 5, 4)));

        ASCLLoss.Distance(p, z, ASCLLoss.BatchLabels(ASCLLoss.BatchNeighbours(z, 0.1), 1, ASCLWeighting.Adaptive)).backward();

        Assert.True(p.grad!.abs().sum().item<float>() > 0);
        Assert.Null(z.grad);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void Labels_NeighboursOutsideTheQueue_AreRefused(int count) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ASCLLoss.Labels(full([2, 4], 0.25f), count, ASCLWeighting.Nearest));
}
