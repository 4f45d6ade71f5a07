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
        (Libraries.Torchvision,
        [
            ("^class_token$", "^cls_token$"),
            ("^conv_proj.", "^patch_embed.proj."),
            ("^encoder.pos_embedding$", "^pos_embed$"),
            ("^encoder.ln.", "^norm."),
            ("^encoder.layers.encoder_layer_#.", "^blocks.#."),
            (".ln_#.", ".norm#."),
            (".self_attention.in_proj_weight$", ".attn.qkv.weight$"),
            (".self_attention.in_proj_bias$", ".attn.qkv.bias$"),
            (".self_attention.out_proj.", ".attn.proj."),
            (".mlp.0.", ".mlp.fc1."),
            (".mlp.3.", ".mlp.fc2."),
        ]),
    ],
    [
        (@"\.mlp\.linear_1\.", ".mlp.fc1."),       // torchvision's older files
        (@"\.mlp\.linear_2\.", ".mlp.fc2."),
        (@"^blocks\.\d+\.(\d+)\.", "blocks.$1."),   // DINOv2 in chunks: the second number counts all blocks
        (@"\.gamma_([12])$", ".ls$1.gamma"),        // BEiT
    ]);

    /// <summary>torchvision's.</summary>
    public static WeightLayout Torchvision { get; } = _names.Layout(Libraries.Torchvision);

    /// <summary>The own name of a tensor; null for what is no part of the backbone.</summary>
    public static string? Own(string name) => _names.Own(name);
}
