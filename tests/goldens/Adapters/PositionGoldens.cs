using Parallax.Plugins.Parts;

namespace Parallax.Goldens;

/// <summary>MP3, and attention of and to some tokens only.</summary>
internal static class PositionGoldens
{
    [Golden("loss.mp3")]
    public static GoldenResult MP3(GoldenCase golden)
    {
        var logits = golden.Input("logits");
        return new(("loss", PositionLoss.Compute(logits, golden.Double("label_smoothing", 0))), ("accuracy", PositionLoss.Accuracy(logits)));
    }

    [Golden("layer.context_attention")]
    public static GoldenResult ContextAttention(GoldenCase golden)
    {
        var layer = new SelfAttention(golden.Input("x").shape[2], golden.Long("num_heads"));
        return LayerRun.Of(golden, layer, x => layer.Attend(x, golden.Input("context_index")), "y");
    }

    [Golden("layer.class_attention_block")]
    public static GoldenResult ClassAttention(GoldenCase golden)
    {
        var width = golden.Long("dim");
        var layer = new ClassAttentionBlock(
            width, golden.Long("num_heads"), (long)(width * golden.Double("mlp_ratio")), layerScale: golden.Bool("layer_scale") ? 1 : 0);
        return LayerRun.Of(golden, layer, x => layer.call(golden.Input("x_cls"), x), "x_cls_out");
    }
}
