using Parallax.Host.Data;
using Parallax.Host.Experiments;
using Parallax.Host.Training;
using static TorchSharp.torch.nn;
using Parallax.Host.Tests.Training;

namespace Parallax.Host.Tests.Experiments;

/// <summary>oneDNN's weight gradient of a strided 1x1 convolution of few channels is wrong, or ends the process, when channels come last in memory.</summary>
[Collection(GeneratorCollection.Name)]
public sealed class NarrowConvolutionsTests : IDisposable
{
    private readonly TrainingBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Place_AnyNumberOfChannels_GradientIsThatOfTheDefinition()
    {
        for (var channels = 1; channels <= 17; channels++)
        {
            foreach (var side in new[] { 4, 7, 28, 33 })
            {
                CompareGradients(channels, side);
            }
        }
    }

    [Theory]
    [InlineData(15, false)]
    [InlineData(16, true)]
    public void Place_NarrowConvolutionInside_ImagesKeepThePlainOrder(long channels, bool channelsLast)
    {
        using var scope = torch.NewDisposeScope();
        var placement = new Placement(_bench.Configuration("trainer.channelsLast=true").Trainer);

        var obstacle = placement.Place(Sequential(("shortcut", Conv2d(channels, 4, 1, stride: 2))));
        var batch = new HostBatch(2, [new(3, 5, 5)]) { Size = 2 };

        Assert.Equal(channelsLast ? null : "shortcut.weight", obstacle);
        Assert.Equal(channelsLast, placement.Images(batch, 0).IsChannelsLast());
    }

    // Tokens that are permuted into a map have their channels last, whatever the layout of the run is.
    private void CompareGradients(long channels, long side)
    {
        using var scope = torch.NewDisposeScope();
        var placement = new Placement(_bench.Configuration("trainer.channelsLast=true").Trainer);
        using var generator = new torch.Generator((ulong)((channels * 100) + side));
        var tokens = torch.randn([2, side, side, channels], generator: generator);
        var convolution = Conv2d(channels, 8, 1, stride: 2, bias: false);
        var network = Sequential(("layer", convolution));
        placement.Place(network);

        var maps = network.call(tokens.permute(0, 3, 1, 2));
        var weights = torch.linspace(-1, 1, maps.numel()).view(maps.shape);   // [2, 8, S, S]
        (maps * weights).sum().backward();

        var picked = tokens[.., torch.TensorIndex.Slice(step: 2), torch.TensorIndex.Slice(step: 2), ..];   // [2, S, S, C]
        var expected = torch.einsum("nohw,nhwc->oc", weights, picked);
        Assert.True(torch.allclose(expected, convolution.weight.grad!.view(8, channels), 1e-4, 1e-4), $"{channels} channels, maps of {side} pixels");
    }
}
