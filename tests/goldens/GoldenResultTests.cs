namespace Parallax.Goldens.Tests;

public sealed class GoldenResultTests
{
    [Fact]
    public void WithLeaves_OfALayer_HoldsTheLayerToo()
    {
        using var layer = LayerNorm(2);

        var result = new GoldenResult().WithLeaves(layer, name => $"norm.{name}");

        Assert.Same(layer, Assert.Single(result.Layers));
        Assert.Equal(["norm.bias", "norm.weight"], result.Leaves.Keys.Order());
    }
}
