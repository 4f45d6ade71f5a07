using Parallax.Plugins.Evaluators;

namespace Parallax.Plugins.Tests.Evaluators;

/// <summary>The sizes that papers and their code print for AlexNet and ResNet-50 with images of 224 pixels.</summary>
public sealed class MapPoolTests
{
    private const int Most = 9600;

    [Theory]
    [InlineData(64, 55, 12)]
    [InlineData(192, 27, 7)]
    [InlineData(384, 13, 5)]
    [InlineData(256, 13, 6)]
    public void Of_RotNet_HasThePrintedSides(int channels, int side, int pooled) =>
        Assert.Equal(pooled, MapPool.Of(MapPooling.AdaptiveMax, channels, side, Most).Side);

    [Theory]
    [InlineData(64, 112, 12)]
    [InlineData(256, 56, 6)]
    [InlineData(512, 28, 4)]
    [InlineData(1024, 14, 3)]
    [InlineData(2048, 7, 2)]
    public void Of_Mmselfsup_HasThePrintedSides(int channels, int side, int pooled) =>
        Assert.Equal(pooled, MapPool.Of(MapPooling.AdaptiveAverage, channels, side, Most).Side);

    [Theory]
    [InlineData(96, 55, 6, 3, 10)]
    [InlineData(256, 27, 4, 0, 6)]
    [InlineData(384, 13, 3, 1, 5)]
    [InlineData(256, 13, 2, 0, 6)]
    public void Of_DeepClusterAndSeLa_HasThePrintedWindows(int channels, int side, int kernel, int padding, int pooled)
    {
        foreach (var kind in new[] { MapPooling.PaddedAverage, MapPooling.PaddedMax })
        {
            Assert.Equal(new MapPool(kind, kernel, kernel, padding, pooled), MapPool.Of(kind, channels, side, Most));
        }
    }

    [Theory]
    [InlineData(64, 112, 10, 10, 4, 12)]
    [InlineData(256, 56, 16, 8, 0, 6)]
    [InlineData(512, 28, 13, 5, 0, 4)]
    [InlineData(1024, 14, 8, 3, 0, 3)]
    [InlineData(2048, 7, 6, 1, 0, 2)]
    [InlineData(96, 55, 19, 4, 0, 10)]
    [InlineData(256, 27, 12, 3, 0, 6)]
    [InlineData(384, 13, 9, 1, 0, 5)]
    [InlineData(256, 13, 8, 1, 0, 6)]
    public void Of_Vissl_HasThePrintedWindows(int channels, int side, int kernel, int stride, int padding, int pooled) => Assert.Equal(
        new MapPool(MapPooling.OverlappingAverage, kernel, stride, padding, pooled), MapPool.Of(MapPooling.OverlappingAverage, channels, side, Most));

    [Theory]
    [InlineData(96, 55, 10)]
    [InlineData(256, 27, 6)]
    [InlineData(384, 13, 5)]
    public void Of_Zhang_HasThePrintedSides(int channels, int side, int pooled) =>
        Assert.Equal(pooled, MapPool.Of(MapPooling.Bilinear, channels, side, Most).Side);

    [Fact]
    public void Apply_AnyMap_GivesTheSideThatIsTold()
    {
        using var scope = NewDisposeScope();
        foreach (var (kind, side) in from kind in Enum.GetValues<MapPooling>() from side in new[] { 1, 2, 3, 7, 8, 16, 31, 32, 55 } select (kind, side))
        {
            foreach (var channels in new[] { 4, 64, 512 })
            {
                var pool = MapPool.Of(kind, channels, side, most: 2400);

                Assert.Equal([1, channels, pool.Side, pool.Side], pool.Apply(zeros(1, channels, side, side)).shape);
                Assert.True(pool.Side == 1 || pool.Side * pool.Side * channels <= 2400, $"{kind} of {channels} x {side} x {side}: {pool.Side}");
            }
        }
    }

    [Fact]
    public void Apply_OneWindow_IsItsMeanOrMaximum()
    {
        var map = arange(16, dtype: float32).view(1, 1, 4, 4);

        Assert.Equal([2.5f, 4.5f, 10.5f, 12.5f], Tensors.Values(MapPool.Of(MapPooling.AdaptiveAverage, 1, 4, most: 4).Apply(map).flatten()));
        Assert.Equal([5f, 7f, 13f, 15f], Tensors.Values(MapPool.Of(MapPooling.MaxIfLarger, 1, 4, most: 4).Apply(map).flatten()));
        Assert.Equal([5f, 7f, 13f, 15f], Tensors.Values(MapPool.Of(MapPooling.AdaptiveMax, 1, 4, most: 4).Apply(map).flatten()));
        Assert.Equal([2.5f, 4.5f, 10.5f, 12.5f], Tensors.Values(MapPool.Of(MapPooling.PaddedAverage, 1, 4, most: 4).Apply(map).flatten()));
    }
}
