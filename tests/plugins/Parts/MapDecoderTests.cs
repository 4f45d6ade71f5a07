using Parallax.Contracts;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class MapDecoderTests
{
    [Theory]
    [InlineData(8, 8, 5)]
    [InlineData(8, 4, 10)]
    [InlineData(16, 4, 20)]
    [InlineData(12, 4, 15)]
    public void Forward_WithConvolutions_EnlargesTheMapByTheRatioOfStrides(int mapStride, int targetStride, int side)
    {
        using var noGradients = no_grad();
        using var plain = new MapDecoder(new("map", 6, mapStride), 4, 3, targetStride);
        using var deep = new MapDecoder(new("map", 6, mapStride), 4, 3, targetStride, convolutions: 2);
        var map = Tensors.Normal(1, 2, 6, 5, 5);

        Assert.Equal([2, 3, side, side], plain.call(map).shape);
        Assert.Equal([2, 3, side, side], deep.call(map).shape);
    }

    [Fact]
    public void Forward_WithConvolutions_IsTheLastBlockOfColorization()
    {
        using var noGradients = no_grad();
        using var decoder = new MapDecoder(new("map", 6, 8), 4, 3, targetStride: 4, convolutions: 2);
        var (map, state) = (Tensors.Normal(1, 2, 6, 5, 5), decoder.state_dict());

        using var first = ConvTranspose2d(6, 4, 4, stride: 2, padding: 1);
        first.load_state_dict(new Dictionary<string, Tensor> { ["weight"] = Weight(0), ["bias"] = Bias(0) });
        var x = F.conv2d(first.call(map).relu(), Weight(2), Bias(2), padding: [1, 1]).relu();
        x = F.conv2d(x, Weight(4), Bias(4), padding: [1, 1]).relu();
        Assert.Equal([6, 4, 4, 4], Weight(0).shape);
        Tensors.AssertClose(F.conv2d(x, Weight(6), Bias(6)), decoder.call(map), 1e-5);
        Assert.Equal(8, state.Count);   // nothing is normalised

        Tensor Weight(int layer) => state[$"layers.{layer}.weight"];
        Tensor Bias(int layer) => state[$"layers.{layer}.bias"];
    }
}
