namespace Parallax.Plugins.Backbones;

/// <summary>Names of MViT: torchvision's are ours. Here are those of SlowFast, which MaskFeat uses, and PyTorchVideo's.</summary>
internal static class MViTNames
{
    private static readonly ForeignNames _names = new(
    [
        @"^(head|pred_head|decoder\w*)\.", "^mask_token$",
    ],
    [],
    [
        (@"^patch_embed\.(proj|patch_model)\.", "conv_proj."),
        (@"^(cls_positional_encoding\.)?cls_token$", "pos_encoding.class_token"),
        (@"^norm_embed\.", "norm."),
        (@"\.attn\.proj\.", ".attn.project.0."),
        (@"\.attn\.pool_([qkv])\.weight$", ".attn.pool_$1.pool.weight"),
        (@"\.attn\.norm_([qkv])\.", ".attn.pool_$1.norm_act.0."),
        (@"\.mlp\.fc1\.", ".mlp.0."),
        (@"\.mlp\.fc2\.", ".mlp.3."),
        (@"^(blocks\.\d+)\.proj\.", "$1.project."),
    ]);

    /// <summary>The own name of a tensor; null for what is no part of the backbone.</summary>
    public static string? Own(string name) => _names.Own(name);
}
