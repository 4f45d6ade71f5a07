using Parallax.Plugins.Parts;

namespace Parallax.Goldens;

internal static class ConvNeXtGoldens
{
    [Golden("layer.convnext_block")]
    public static GoldenResult Block(GoldenCase golden) => LayerRun.Of(golden, new ConvNeXtBlock(golden.Long("dim"), ConvNeXtVersion.V1));

    [Golden("layer.convnextv2_block")]
    public static GoldenResult BlockV2(GoldenCase golden) => LayerRun.Of(golden, new ConvNeXtBlock(golden.Long("dim"), ConvNeXtVersion.V2));

    [Golden("layer.grn")]
    public static GoldenResult ResponseNorm(GoldenCase golden) => LayerRun.Of(golden, new GlobalResponseNorm(golden.Input("x").shape[^1]));

    [Golden("layer.layernorm_channels_first")]
    public static GoldenResult Norm(GoldenCase golden) => LayerRun.Of(golden, new ChannelNorm(golden.Input("x").shape[1]));
}
