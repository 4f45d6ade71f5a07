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
    public void Forward_EnlargesTheMapByTheRatioOfStrides_ButForTheDilatedForm(int mapStride, int targetStride, int side)
    {
        using var noGradients = no_grad();
        using var plain = new MapDecoder(new("map", 6, mapStride), 4, 3, targetStride);
        using var overlapping = new MapDecoder(new("map", 6, mapStride), 4, 3, targetStride, MapDecoderForm.Overlapping);
        using var dilated = new MapDecoder(new("map", 6, mapStride), 4, 3, targetStride, MapDecoderForm.Dilated);
        var map = Tensors.Normal(1, 2, 6, 5, 5);

        Assert.Equal([2, 3, side, side], plain.call(map).shape);
        Assert.Equal([2, 3, side, side], overlapping.call(map).shape);
        Assert.Equal([2, 3, 5, 5], dilated.call(map).shape);
        Assert.Equal([2, 3, side, side], dilated.Predict(map, zeros(1, 1, side, side)).shape);
    }

    [Fact]
    public void Forward_Overlapping_IsTheLastBlockOfColorization()
    {
        using var noGradients = no_grad();
        using var decoder = new MapDecoder(new("map", 6, 8), 4, 3, targetStride: 4, MapDecoderForm.Overlapping);
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

    [Fact]
    public void Forward_Dilated_IsTheFullyConnectedLayersOfColorization()
    {
        using var noGradients = no_grad();
        using var decoder = new MapDecoder(new("map", 6, 16), 4, 3, targetStride: 8, MapDecoderForm.Dilated);
        decoder.eval();
        var (map, state) = (Tensors.Normal(1, 2, 6, 12, 12), decoder.state_dict());

        var x = F.conv2d(F.max_pool2d(map, 3, stride: 1, padding: 1), state["layers.1.weight"], null, [1, 1], [5, 5], [2, 2]);   // fc6
        x = F.conv2d(Normalised(x), state["layers.4.weight"]);                                                                     // fc7
        Assert.Equal([4, 6, 6, 6], state["layers.1.weight"].shape);
        Tensors.AssertClose(F.conv2d(Normalised(x), state["layers.7.weight"], state["layers.7.bias"]), decoder.call(map), 1e-5);
        Assert.Equal(["layers.1.weight", "layers.4.weight", "layers.7.bias", "layers.7.weight"], decoder.named_parameters().Select(p => p.name).Order());

        static Tensor Normalised(Tensor t) => (t / Math.Sqrt(1 + 1e-5)).relu();   // by the statistics it begins with
    }
}
