using Parallax.Plugins.Backbones;
using Parallax.Plugins.Parts;

namespace Parallax.Goldens;

internal static class TransformerGoldens
{
    [Golden("embed.sincos_2d")]
    public static GoldenResult SineCosine(GoldenCase golden)
    {
        var order = golden.Text("convention") switch
        {
            "mae" => SineCosineOrder.ColumnFirst,
            "moco_v3" => SineCosineOrder.RowFirst,
            var other => throw new InvalidDataException($"Unknown convention '{other}'."),
        };
        var table = PositionTable.SineCosine((int)golden.Long("embed_dim"), (int)golden.Long("grid_h"), (int)golden.Long("grid_w"), order).squeeze(0);
        return new(("pos_embed", golden.Bool("cls_token") ? table : table.narrow(0, 1, table.shape[0] - 1)));
    }

    [Golden("embed.interpolate_pos")]
    public static GoldenResult ResizePositions(GoldenCase golden)
    {
        var table = PositionTable.Resize(golden.Input("pos_embed"), golden.Long("grid_in"), golden.Long("grid_out"), golden.Long("grid_out"));
        return new(("pos_embed", table), ("loss", (table * golden.Input("probe")).sum()));
    }

    [Golden("layer.patch_embed")]
    public static GoldenResult PatchEmbed(GoldenCase golden)
    {
        var weight = golden.Input("proj.weight");
        var layer = new PatchEmbedding(Conv2d(weight.shape[1], weight.shape[0], golden.Long("patch_size"), stride: golden.Long("patch_size")));
        return LayerRun.Of(golden, layer, x => PatchEmbedding.Tokens(layer.call(x)), "tokens");
    }

    [Golden("layer.conv_stem")]
    public static GoldenResult ConvStem(GoldenCase golden)
    {
        var width = (int)golden.Long("embed_dim");
        var layer = new PatchEmbedding(ConvolutionalStem.Create(3, [(width / 8, 2), (width / 4, 2), (width / 2, 2), (width, 2)], width));
        return LayerRun.Of(golden, layer, x => PatchEmbedding.Tokens(layer.call(x)), "tokens");
    }

    [Golden("layer.conv_stem_table")]
    public static GoldenResult ConvStemTable(GoldenCase golden)
    {
        var variant = golden.Text("variant") switch
        {
            "vit_c_1gf" => ViTConvVariant.Gf1,
            "vit_c_4gf" => ViTConvVariant.Gf4,
            "vit_c_18gf" => ViTConvVariant.Gf18,
            "vit_c_36gf" => ViTConvVariant.Gf36,
            "moco3_vit_conv_small" => ViTConvVariant.MocoSmall,
            "moco3_vit_conv_base" => ViTConvVariant.MocoBase,
            var other => throw new InvalidDataException($"Unknown variant '{other}'."),
        };
        var stem = ViTConv.Stem(variant, channels: 3);
        var rows = new List<long>();
        var side = golden.Long("image_size");
        var layers = stem.children().ToList();
        for (var i = 0; i < layers.Count; i++)
        {
            if (layers[i] is Conv2d { weight: { } weight } convolution)
            {
                var before = side;
                side = convolution.call(zeros([1, weight.shape[1], side, side])).shape[2];
                rows.AddRange([weight.shape[1], weight.shape[0], weight.shape[2], before / side, weight.shape[2] / 2, side, side,
                    convolution.bias is null ? 0 : 1, i + 2 < layers.Count && layers[i + 1] is BatchNorm2d && layers[i + 2] is ReLU ? 1 : 0]);
            }
        }

        return new(("layers", tensor(rows.ToArray(), [rows.Count / 9, 9])), ("num_parameters", tensor(stem.parameters().Sum(parameter => parameter.numel()))));
    }

    [Golden("layer.vit_block")]
    public static GoldenResult Block(GoldenCase golden)
    {
        var width = golden.Long("dim");
        var layer = new TransformerBlock(
            width, new SelfAttention(width, golden.Long("num_heads"), golden.Bool("qkv_bias", true) ? QkvBias.All : QkvBias.None),
            new TokenMlp(width, (long)(width * golden.Double("mlp_ratio"))), layerScale: golden.Bool("layer_scale", false) ? 1 : 0);
        return LayerRun.Of(golden, layer);
    }

    [Golden("layer.vit")]
    public static GoldenResult Whole(GoldenCase golden)
    {
        var layer = new AnyTransformer(
            new((int)golden.Long("embed_dim"), (int)golden.Long("depth"), (int)golden.Long("num_heads"), golden.Double("mlp_ratio"))
            {
                Pooling = golden.Text("global_pool") == "avg" ? ViTPooling.Average : ViTPooling.Token,
            },
            (int)golden.Long("patch_size"),
            (int)golden.Long("image_size"));
        return LayerRun.Of(golden, layer, "features");
    }

    private sealed class AnyTransformer(TransformerShape shape, int patch, int side)
        : VisionTransformer(nameof(AnyTransformer), shape, Conv2d(3, shape.Width, patch, stride: patch), patch, side / patch);
}
