namespace Parallax.Plugins.Backbones;

/// <summary>The blocks of MViTv2-S.</summary>
internal static class MViTShape
{
    /// <summary>Frames and pixels per side that an embedded patch steps over.</summary>
    public static Extent Patch { get; } = new(2, 4);

    private const long FirstKeyStride = 8;

    /// <summary>Blocks of each stage.</summary>
    public static int[] Depths(MViTOptions options) => [1, 2, options.Depth - 5, 2];

    /// <summary>All blocks, first to last.</summary>
    /// <param name="options">Form, width, depth.</param>
    /// <param name="imageSize">Pixels per side of the run's clips.</param>
    public static IEnumerable<MViTBlockShape> Blocks(MViTOptions options, int imageSize)
    {
        var depths = Depths(options);
        long frames = PoolingAttention.Pooled(options.Frames, Patch.Time), side = PoolingAttention.Pooled(imageSize, Patch.Side);
        long inputs = options.Width, keyStride = FirstKeyStride;
        for (var stage = 0; stage < depths.Length; stage++)
        {
            var width = (long)options.Width << stage;
            for (var block = 0; block < depths[stage]; block++)
            {
                var pools = block == 0 && stage > 0 && (stage < depths.Length - 1 || options.PoolsLast);
                var (stride, widens) = (pools ? 2 : 1, block == depths[stage] - 1 && stage < depths.Length - 1);
                var outputs = options.Form == MViTForm.MaskFeat && widens ? 2 * width : width;
                keyStride /= stride;
                yield return new(inputs, width, outputs, 1L << stage, stride, keyStride, frames, side);
                (inputs, side) = (outputs, PoolingAttention.Pooled(side, stride));
            }
        }
    }
}
