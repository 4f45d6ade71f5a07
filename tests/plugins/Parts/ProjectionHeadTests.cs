using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class ProjectionHeadTests
{
    [Fact]
    public void Mlp_HasTwoLayersWithBiasAndNoNormalisation() =>
        Assert.Equal(["0.bias", "0.weight", "2.bias", "2.weight"], ProjectionHead.Mlp(8, 6, 4).state_dict().Keys.Order(StringComparer.Ordinal));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 3)]
    public void BatchNormMlp_Layers_HaveNoBiasAndTheLastNormDoesNotShift(int layers, int normalisations)
    {
        var head = ProjectionHead.BatchNormMlp(8, 6, 4, layers);

        Assert.Equal(normalisations, head.state_dict().Keys.Count(key => key.EndsWith("running_var", StringComparison.Ordinal)));
        Assert.Single(head.parameters(), parameter => !parameter.requires_grad);
        Assert.Equal([5, 4], head.call(Tensors.Normal(1, 5, 8)).shape);
    }

    [Fact]
    public void Layers_AsListed_AreBuiltInOrder()
    {
        var head = ProjectionHead.Layers(8, new(6, Bias: true, HeadNorm.Batch, Relu: true), new(5, Bias: false, HeadNorm.BatchWithoutAffine),
            new(4, Bias: false));

        Assert.Equal(
            ["0.bias", "0.weight", "1.bias", "1.weight", "3.weight", "5.weight"], head.named_parameters().Select(p => p.name).Order(StringComparer.Ordinal));
        Assert.Equal([3, 4], head.call(Tensors.Normal(1, 3, 8)).shape);
    }

    [Fact]
    public void BatchNormMlp_Output_HasZeroMeanOverTheBatch()
    {
        var z = ProjectionHead.BatchNormMlp(8, 6, 4).call(Tensors.Normal(1, 16, 8));

        Tensors.AssertClose(zeros([4]), z.mean([0]), tolerance: 1e-4);
    }
}
