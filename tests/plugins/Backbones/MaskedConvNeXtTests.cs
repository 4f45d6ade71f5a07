using Parallax.Contracts;
using Parallax.Plugins.Backbones;

namespace Parallax.Plugins.Tests.Backbones;

/// <summary>ConvNeXt on visible cells: the same numbers as dense maps that are masked again and again, at the cost of what is visible.</summary>
public sealed class MaskedConvNeXtTests
{
    private const int Side = 24, Cell = 8;   // 3 x 3 cells of 8 x 8 sites after a stem of patches of one pixel

    private static readonly long[][] _visible = [[7, 0, 4, 2], [1, 3, 8, 5]];

    [Fact]
    public void EncodeVisible_EqualsTheDenseNetworkWithMaskedMaps()
    {
        var (backbone, images) = (Create(), Tensors.Normal(1, 2, 3, Side, Side));

        var map = backbone.EncodeVisible(images, Cells(_visible));

        Tensors.AssertClose(Dense(backbone, images, Mask(_visible)), map, 2e-5);
    }

    [Fact]
    public void EncodeVisible_OfAllCells_IsThePlainNetwork()
    {
        var (backbone, images) = (Create(), Tensors.Normal(1, 1, 3, Side, Side));

        var map = backbone.EncodeVisible(images, Cells([[3, 8, 1, 0, 6, 2, 5, 7, 4]]));

        var pooled = F.layer_norm(map.mean([2, 3]), [backbone.FeatureDim], eps: 1e-6);   // its scale is 1 at the start
        Tensors.AssertClose(backbone.call(images), pooled, 2e-5);
    }

    [Fact]
    public void EncodeVisible_HiddenPixels_ChangeNothing_AndHiddenCellsAreZero()
    {
        var (backbone, images) = (Create(), Tensors.Normal(1, 2, 3, Side, Side));
        var hidden = 1 - Up(Mask(_visible), Cell);   // [2, 1, 24, 24]

        var map = backbone.EncodeVisible(images, Cells(_visible));

        Tensors.AssertClose(map, backbone.EncodeVisible(images + (100 * hidden), Cells(_visible)), 1e-6);
        Assert.Equal(Tensors.Values(Mask(_visible)), Tensors.Values((map.abs().amax([1], keepdim: true) > 0).to(float32)));
    }

    [Fact]
    public void EncodeVisible_ComputesVisibleSitesOnly()
    {
        var backbone = Create();
        var sites = new List<long>();
        foreach (var (name, module) in backbone.named_modules())
        {
            if (name.EndsWith("pwconv1", StringComparison.Ordinal))
            {
                ((Linear)module).register_forward_hook((_, input, output) =>
                {
                    sites.Add(input.numel() / input.shape[^1]);

                    return output;
                });
            }
        }

        backbone.EncodeVisible(Tensors.Normal(1, 2, 3, Side, Side), Cells(_visible));

        // 2 images, 4 of 9 cells, in 2, 2, 6 and 2 blocks of sites of 1, 2, 4 and 8 pixels
        Assert.Equal([.. Enumerable.Repeat(512L, 2), .. Enumerable.Repeat(128L, 2), .. Enumerable.Repeat(32L, 6), .. Enumerable.Repeat(8L, 2)], sites);
    }

    [Fact]
    public void EncodeVisible_Gradients_ReachAllButThePoolingParameters()
    {
        var backbone = Create();

        backbone.EncodeVisible(Tensors.Normal(1, 2, 3, Side, Side), Cells(_visible)).pow(2).sum().backward();

        Assert.Equal(["norm.bias", "norm.weight"], backbone.named_parameters().Where(p => p.parameter.grad is null).Select(p => p.name).Order());
        Assert.Equal(2, backbone.PoolingParameters.Count);
        Assert.All(backbone.PoolingParameters, parameter => Assert.Null(parameter.grad));
    }

    [Fact]
    public void EncodeVisible_ImagesThatCellsDoNotFill_NamesTheCell()
    {
        var fault = Assert.Throws<ArgumentException>(() => Create().EncodeVisible(Tensors.Normal(1, 2, 3, 20, 24), Cells(_visible)));

        Assert.Contains("20 x 24 pixels; expected multiples of 8", fault.Message, StringComparison.Ordinal);
    }

    private static ConvNeXtV2 Create()
    {
        var backbone = new ConvNeXtV2(new() { Size = ConvNeXtV2Size.Atto, Width = 8, PatchSize = 1 }, TestRuns.Of());
        using var noGradients = no_grad();
        foreach (var (name, parameter) in backbone.named_parameters().Where(p => !p.name.StartsWith("norm.", StringComparison.Ordinal)))
        {
            parameter.add_(Tensors.Normal((ulong)name.Length, parameter.shape) * 0.05);   // biases and response scales that are not zero
        }

        return backbone;
    }

    private static Tensor Cells(long[][] visible) => tensor(visible.SelectMany(cells => cells).ToArray(), [visible.Length, visible[0].Length]);

    /// <summary>1 at visible cells, [N, 1, 3, 3].</summary>
    private static Tensor Mask(long[][] visible) =>
        zeros(visible.Length, 9).scatter(1, Cells(visible), ones(visible.Length, visible[0].Length)).view(-1, 1, 3, 3);

    private static Tensor Up(Tensor mask, long times) => mask.repeat_interleave(times, 2).repeat_interleave(times, 3);

    /// <summary>Every layer on whole maps, masked again wherever hidden sites could have become something: the authors' dense emulation, with responses
    /// normalised over visible sites.</summary>
    private static Tensor Dense(ConvNeXtV2 backbone, Tensor images, Tensor cells)
    {
        var (state, depths, x) = (backbone.state_dict(), (int[])[2, 2, 6, 2], images);
        for (var stage = 0; stage < depths.Length; stage++)
        {
            var mask = Up(cells, Cell >> stage);   // [N, 1, H, W]
            var (norm, convolution) = stage == 0 ? (1, 0) : (0, 1);
            x = stage == 0 ? Norm(Convolve(x)) : Convolve(Norm(x));
            x *= mask;
            for (var i = 0; i < depths[stage]; i++)
            {
                x = Block(x, mask, $"stages.{stage}.{i}.");
            }

            Tensor Norm(Tensor map) => Layer(map.permute(0, 2, 3, 1), $"downsample_layers.{stage}.{norm}").permute(0, 3, 1, 2);

            Tensor Convolve(Tensor map) => F.conv2d(map, state[$"downsample_layers.{stage}.{convolution}.weight"],
                state[$"downsample_layers.{stage}.{convolution}.bias"], strides: [stage == 0 ? 1 : 2, stage == 0 ? 1 : 2]);
        }

        return x;

        Tensor Layer(Tensor sites, string name) => F.layer_norm(sites, [sites.shape[^1]], state[name + ".weight"], state[name + ".bias"], 1e-6);

        Tensor Block(Tensor map, Tensor mask, string name)
        {
            var sites = F.conv2d(map * mask, state[name + "dwconv.weight"], state[name + "dwconv.bias"], padding: [3, 3], groups: map.shape[1]) * mask;
            var hidden = F.gelu(F.linear(Layer(sites.permute(0, 2, 3, 1), name + "norm"), state[name + "pwconv1.weight"], state[name + "pwconv1.bias"]));
            var lengths = (hidden * mask.permute(0, 2, 3, 1)).square().sum([1, 2], keepdim: true).sqrt();
            var responses = hidden * lengths / (lengths.mean([-1], keepdim: true) + 1e-6);
            var branch = F.linear((state[name + "grn.gamma"] * responses) + state[name + "grn.beta"] + hidden, state[name + "pwconv2.weight"],
                state[name + "pwconv2.bias"]);

            return (map + branch.permute(0, 3, 1, 2)) * mask;
        }
    }
}
