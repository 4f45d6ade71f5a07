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

    /// <summary>The convolution.</summary>
    /// <param name="inputs">Channels of the images.</param>
    /// <param name="width">Channels behind it.</param>
    /// <param name="stem">Which stem.</param>
    public static Module<Tensor, Tensor> Convolution(long inputs, long width, Stem stem) => stem switch
    {
        Stem.Imagenet => Conv2d(inputs, width, 7, stride: 2, padding: 3, bias: false),
        Stem.ImagenetStride1 => Conv2d(inputs, width, 7, stride: 1, padding: 3, bias: false),
        _ => Conv2d(inputs, width, 3, stride: 1, padding: 1, bias: false),
    };

    /// <summary>Stride of each stage behind it, in pixels of the image.</summary>
    /// <param name="stem">Which stem.</param>
    /// <param name="count">Stages; each halves the sides, but for the first, and the last where it has another stride.</param>
    /// <param name="last">Stride of the last.</param>
    public static IReadOnlyList<int> StageStrides(Stem stem, int count, int last)
    {
        var first = stem switch { Stem.Imagenet => 4, Stem.Cifar => 1, _ => 2 };

        return [.. Enumerable.Range(0, count).Select(stage => stage == count - 1 && stage > 0 ? (first << (stage - 1)) * last : first << stage)];
    }

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
