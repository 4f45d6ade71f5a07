namespace Parallax.Plugins.Backbones;

/// <summary>Names of ConvNeXt: the authors' are ours. Here are those of timm and torchvision.</summary>
internal static class ConvNeXtNames
{
    private const int StageCount = 4;

    private static readonly ForeignNames _names = new(
    [
        @"^head\.(weight|bias)$", @"^head\.fc\.", @"^classifier\.2\.", "^mask_token$", @"^(proj|pred)\.", @"^decoder\.",
    ],
    [
        (@"^stem\.([01])\.", "downsample_layers.0.$1."),
        (@"^stages\.(\d)\.downsample\.", "downsample_layers.$1."),
        (@"^stages\.(\d)\.blocks\.", "stages.$1."),
        (@"\.conv_dw\.", ".dwconv."),
        (@"\.mlp\.fc([12])\.", ".pwconv$1."),
        (@"\.mlp\.grn\.weight$", ".grn.gamma"),
        (@"\.mlp\.grn\.bias$", ".grn.beta"),
        (@"^(head\.norm|classifier\.0)\.", "norm."),
        .. Enumerable.Range(0, StageCount).SelectMany(stage => new[]
        {
            ($@"^features\.{2 * stage}\.", $"downsample_layers.{stage}."), ($@"^features\.{(2 * stage) + 1}\.", $"stages.{stage}."),
        }),
        (@"\.block\.0\.", ".dwconv."),
        (@"\.block\.2\.", ".norm."),
        (@"\.block\.3\.", ".pwconv1."),
        (@"\.block\.5\.", ".pwconv2."),
        (@"\.layer_scale$", ".gamma"),
    ]);

    /// <summary>The own name of a tensor; null for what is no part of the backbone.</summary>
    public static string? Own(string name) => _names.Own(name);
}
