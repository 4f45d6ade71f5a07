namespace Parallax.Plugins.Backbones;

/// <summary>Names of residual networks for clips: torchvision's are ours. Here are PyTorchVideo's, and those of torchvision's networks for images.</summary>
internal static class VideoResNetNames
{
    private static readonly ForeignNames _names = new(
    [
        @"^(fc|head|projection)\.", @"^blocks\.5\.",
    ],
    [],
    [
        (@"^conv1\.weight$", "stem.0.weight"),
        (@"^bn1\.", "stem.1."),
        (@"^(layer\d+\.\d+\.conv\d)\.weight$", "$1.0.weight"),
        (@"^(layer\d+\.\d+)\.bn(\d)\.", "$1.conv$2.1."),
        (@"^blocks\.0\.conv\.", "stem.0."),
        (@"^blocks\.0\.norm\.", "stem.1."),
        (@"^blocks\.(\d)\.res_blocks\.", "layer$1."),
        (@"\.branch1_conv\.", ".downsample.0."),
        (@"\.branch1_norm\.", ".downsample.1."),
        (@"\.branch2\.conv_a\.", ".conv1.0."),
        (@"\.branch2\.norm_a\.", ".conv1.1."),
        (@"\.branch2\.conv_b\.", ".conv2.0."),
        (@"\.branch2\.norm_b\.", ".conv2.1."),
        (@"\.branch2\.conv_c\.", ".conv3.0."),
        (@"\.branch2\.norm_c\.", ".conv3.1."),
    ]);

    /// <summary>The own name of a tensor; null for what is no part of the backbone.</summary>
    public static string? Own(string name) => _names.Own(name);
}
