namespace Parallax.Plugins.Backbones;

/// <summary>What the stem of a residual network gives: its first convolution, and the pooling behind it.</summary>
internal static class StemMap
{
    /// <summary>Both maps, or the first alone where nothing is pooled.</summary>
    /// <param name="convolved">Of the convolution, [N, C, H, W].</param>
    /// <param name="stem">Which stem.</param>
    /// <returns>[N, C, H, W] and [N, C, H/2, W/2].</returns>
    public static IReadOnlyList<Tensor> Of(Tensor convolved, Stem stem) =>
        stem == Stem.Cifar ? [convolved] : [convolved, F.max_pool2d(convolved, 3, stride: 2, padding: 1)];

    /// <summary>Their names and sizes.</summary>
    /// <param name="convolution">Name of the convolution.</param>
    /// <param name="pooling">Name of the pooling.</param>
    /// <param name="width">Channels.</param>
    /// <param name="stem">Which stem.</param>
    public static IReadOnlyList<FeatureStage> Stages(string convolution, string pooling, int width, Stem stem)
    {
        var stride = stem == Stem.Imagenet ? 2 : 1;

        return stem == Stem.Cifar ? [new(convolution, width, stride)] : [new(convolution, width, stride), new(pooling, width, 2 * stride)];
    }
}
