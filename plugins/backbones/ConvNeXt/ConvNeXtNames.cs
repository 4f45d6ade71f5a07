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
        (Libraries.Timm,
        [
            ("^head.norm.", "^norm."),
            ("^stages.#.downsample.", "^downsample_layers.#."),
            ("^stem.#.", "^downsample_layers.0.#."),   // behind it, so that the way back tries the stem first
            ("^stages.#.blocks.", "^stages.#."),
            (".conv_dw.", ".dwconv."),
            (".mlp.fc#.", ".pwconv#."),
            (".mlp.grn.weight$", ".grn.gamma$"),
            (".mlp.grn.bias$", ".grn.beta$"),
        ]),
        (Libraries.Torchvision,
        [
            ("^classifier.0.", "^norm."),
            .. Enumerable.Range(0, StageCount).SelectMany(stage => new[]
            {
                ($"^features.{2 * stage}.", $"^downsample_layers.{stage}."), ($"^features.{(2 * stage) + 1}.", $"^stages.{stage}."),
            }),
            (".block.0.", ".dwconv."),
            (".block.2.", ".norm."),
            (".block.3.", ".pwconv1."),
            (".block.5.", ".pwconv2."),
            (".layer_scale$", ".gamma$"),
        ]),
    ],
    [
        (@"\.kernel$", ".weight"),          // FCMAE's sparse encoder
        (@"\.(ln|linear)\.", "."),
    ]);

    /// <summary>torchvision's: layer scales are [C, 1, 1].</summary>
    public static WeightLayout Torchvision { get; } = _names.Layout(Libraries.Torchvision) with
    {
        Shaped = (name, value) => name.EndsWith(".gamma", StringComparison.Ordinal) ? value.view(-1, 1, 1) : value,
    };

    /// <summary>timm's: response normalisations hold [C], and some sizes have convolutions of one position in place of linear layers.</summary>
    /// <param name="hasConvolutionalMlp">Whether this size is one of them.</param>
    public static WeightLayout Timm(bool hasConvolutionalMlp) => _names.Layout(Libraries.Timm) with
    {
        Shaped = (name, value) => name.Contains(".grn.", StringComparison.Ordinal) ? value.flatten()
            : hasConvolutionalMlp && name.Contains(".pwconv", StringComparison.Ordinal) && value.dim() == 2 ? value.unsqueeze(-1).unsqueeze(-1)
            : value,
    };

    /// <summary>The own name of a tensor; null for what is no part of the backbone.</summary>
    public static string? Own(string name) => _names.Own(name);
}
