using Parallax.Host.Experiments;
using Parallax.Host.Tests.Training;
using static TorchSharp.torch.nn;

namespace Parallax.Host.Tests.Experiments;

/// <summary>In bfloat16 oneDNN does not write the gradient of kernel taps that see only padding, where the convolution has a stride.</summary>
[Collection(GeneratorCollection.Name)]
public sealed class UnseenTapsTests : IDisposable
{
    private readonly TrainingBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(1, 3, 2, 1)]
    [InlineData(1, 3, 4, 1)]
    [InlineData(2, 3, 4, 1)]
    [InlineData(3, 3, 4, 1)]
    [InlineData(1, 5, 2, 1)]
    [InlineData(3, 5, 4, 1)]
    [InlineData(2, 7, 2, 1)]
    [InlineData(3, 7, 4, 1)]
    [InlineData(2, 3, 2, 2)]
    [InlineData(5, 3, 2, 1)]   // every tap sees the map
    public void Place_StridedConvolutionOfASmallMap_HasTheGradientOfTheDefinition(long side, long kernel, long stride, long dilation)
    {
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(3).Dispose();
        using var convolution = Conv2d(16, 24, kernel, stride: stride, padding: kernel / 2 * dilation, dilation: dilation, bias: true);

        Compare(convolution, convolution.weight, [4, 16, side, side]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Place_StridedConvolutionOfASmallClip_HasTheGradientOfTheDefinition(long frames)
    {
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(3).Dispose();
        using var convolution = Conv3d(16, 24, 3, stride: 2, padding: 1, bias: false);

        Compare(convolution, convolution.weight, [4, 16, frames, 1, 1]);
    }

    private void Compare(Module<Tensor, Tensor> layer, Tensor weight, long[] shape)
    {
        using var convolution = Sequential(("layer", layer));
        var placement = new Placement(_bench.Configuration("trainer.precision=bf16").Trainer);
        placement.Place(convolution);
        var images = torch.randn(shape);
        var expected = Gradient(convolution, weight, images);
        Dirty(weight);

        using var autocast = placement.Autocast();
        var actual = Gradient(convolution, weight, images);

        Assert.Equal(ScalarType.BFloat16, convolution.call(images).dtype);
        Assert.InRange((actual - expected).norm().item<float>() / expected.norm().item<float>(), 0, 0.01);
    }

    private static Tensor Gradient(Module<Tensor, Tensor> convolution, Tensor weight, Tensor images)
    {
        weight.grad?.zero_();
        var maps = convolution.call(images);
        (maps.to(torch.float32) * torch.linspace(-1, 1, maps.numel()).view(maps.shape)).sum().backward();

        return weight.grad!.clone();
    }

    // What was not written shows as what lay there.
    private static void Dirty(Tensor weight)
    {
        for (var more = 0; more < 40; more++)
        {
            using var memory = torch.full([weight.numel() + (more * 64)], 1e9, torch.bfloat16);
        }
    }
}
