using Parallax.Plugins.Parts;

namespace Parallax.Goldens;

internal static class ConvNeXtGoldens
{
    [Golden("layer.convnext_block")]
    public static GoldenResult Block(GoldenCase golden) => LayerRun.Of(golden, new ConvNeXtBlock(golden.Long("dim"), ConvNeXtVersion.V1));

    [Golden("layer.convnextv2_block")]
    public static GoldenResult BlockV2(GoldenCase golden) => LayerRun.Of(golden, new ConvNeXtBlock(golden.Long("dim"), ConvNeXtVersion.V2));

    [Golden("layer.convnextv2_block_masked")]
    public static GoldenResult MaskedBlock(GoldenCase golden)
    {
        var block = new ConvNeXtBlock(golden.Long("dim"), ConvNeXtVersion.V2);
        var mask = golden.Input("mask");   // [N, H, W], another number of sites per image

        return LayerRun.Of(golden, block, x => PerImage(x, mask, (image, grid) => grid.Place(block.OnVisible(grid.Take(image), grid))), "y");
    }

    [Golden("layer.grn")]
    public static GoldenResult ResponseNorm(GoldenCase golden)
    {
        var (x, gamma) = (golden.Input("x"), golden.Input("gamma"));
        switch (golden.Text("variant", "dense_per_sample"))
        {
            case "dense_per_sample":
                return LayerRun.Of(golden, new GlobalResponseNorm(x.shape[^1]));
            case "sparse_batch_global":   // the sites of a batch as one image
                var y = GlobalResponseNorm.Apply(x.view(1, 1, x.shape[0], x.shape[1]), gamma, golden.Input("beta")).view_as(x);
                return new(("y", y), ("loss", (y * golden.Input("probe")).sum()));
            case "masked_jax":            // not in the product, whose masked statistics are those of the dense layer over visible sites
                var epsilon = golden.Double("eps");
                var lengths = ((x * (1 - golden.Input("mask"))).square().sum([1, 2], keepdim: true) + epsilon).sqrt();
                var masked = (gamma * (x * lengths / (lengths.mean([-1], keepdim: true) + epsilon))) + golden.Input("beta") + x;
                return new(("y", masked), ("loss", (masked * golden.Input("probe")).sum()));
            case var other:
                throw new InvalidDataException($"Unknown variant '{other}'.");
        }
    }

    [Golden("mask.upsample")]
    public static GoldenResult Upsample(GoldenCase golden)
    {
        var (mask, scale) = (golden.Input("mask"), golden.Long("scale"));
        var side = (long)Math.Sqrt(mask.shape[1]);
        var visible = PerImage(mask, mask.view(-1, side, side), (_, grid) => grid.Place(ones([grid.Count, 1, scale, scale]))).squeeze(1);

        return new(("mask_up", (1 - visible).to(mask.dtype)));
    }

    [Golden("layer.layernorm_channels_first")]
    public static GoldenResult Norm(GoldenCase golden) => LayerRun.Of(golden, new ChannelNorm(golden.Input("x").shape[1]));

    /// <summary>Images one by one, each with its own visible sites: 0 in the mask.</summary>
    private static Tensor PerImage(Tensor images, Tensor mask, Func<Tensor, VisibleCells, Tensor> run) => cat(
        [.. Enumerable.Range(0, (int)images.shape[0]).Select(i =>
            run(images.narrow(0, i, 1), new VisibleCells(mask[i].flatten().eq(0).nonzero().view(1, -1), mask.shape[1], mask.shape[2])))], 0);
}
