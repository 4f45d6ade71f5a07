namespace Parallax.Plugins.Backbones;

/// <summary>Names of vision transformers: timm's are ours; MAE, MoCo v3, DINO and I-JEPA use them too. Here are those of DINOv2, BEiT and
/// torchvision.</summary>
internal static class TransformerNames
{
    private static readonly ForeignNames _names = new(
    [
        @"^(head|heads|head_dist|fc|cls_head|lm_head)\.", "^mask_token$", @"^decoder_", @"^predictor", "relative_position_index$",
    ],
    [
        ("^class_token$", "cls_token"),
        (@"^conv_proj\.", "patch_embed.proj."),
        (@"^encoder\.pos_embedding$", "pos_embed"),
        (@"^encoder\.ln\.", "norm."),
        (@"^encoder\.layers\.encoder_layer_(\d+)\.", "blocks.$1."),
        (@"\.ln_([12])\.", ".norm$1."),
        (@"\.self_attention\.in_proj_(weight|bias)$", ".attn.qkv.$1"),
        (@"\.self_attention\.out_proj\.", ".attn.proj."),
        (@"\.mlp\.(0|linear_1)\.", ".mlp.fc1."),
        (@"\.mlp\.(3|linear_2)\.", ".mlp.fc2."),
        (@"^blocks\.\d+\.(\d+)\.", "blocks.$1."),   // DINOv2 in chunks: the second number counts all blocks
        (@"\.gamma_([12])$", ".ls$1.gamma"),        // BEiT
    ]);

    /// <summary>The own name of a tensor; null for what is no part of the backbone.</summary>
    public static string? Own(string name) => _names.Own(name);
}
