namespace Parallax.Plugins.Backbones;

/// <summary>Names of the Swin transformer: torchvision's are ours. Here are those of the authors, which EsViT and SimMIM use too.</summary>
internal static class SwinNames
{
    private const int StageCount = 4;

    private static readonly ForeignNames _names = new(
    [
        @"^(head|head_dense|decoder)\.", "^mask_token$", "relative_position_index$", "attn_mask$",
    ],
    [],
    [
        (@"^patch_embed\.proj\.", "features.0.0."),
        (@"^patch_embed\.norm\.", "features.0.2."),
        .. Enumerable.Range(0, StageCount).SelectMany(stage => new[]
        {
            ($@"^layers\.{stage}\.blocks\.", $"features.{(2 * stage) + 1}."), ($@"^layers\.{stage}\.downsample\.", $"features.{(2 * stage) + 2}."),
        }),
        (@"\.mlp\.fc1\.", ".mlp.0."),
        (@"\.mlp\.fc2\.", ".mlp.3."),
    ]);

    /// <summary>The own name of a tensor; null for what is no part of the backbone.</summary>
    public static string? Own(string name) => _names.Own(name);
}
