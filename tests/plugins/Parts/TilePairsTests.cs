using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class TilePairsTests
{
    [Fact]
    public void Of_NumberedTiles_PairsEachOuterOneWithTheMiddle()
    {
        var z = arange(18, dtype: float32).view(2, 9, 1);

        var pairs = TilePairs.Of(z);

        Assert.Equal([16, 2], pairs.shape);
        Assert.Equal([0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 16, 17], Tensors.Values(pairs.select(1, 0)));
        Assert.Equal([4f, 13f], Tensors.Values(pairs.select(1, 1)).Distinct());
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7], Tensors.Integers(TilePairs.Places(2, CPU)));
    }
}
