namespace Parallax.Plugins.Parts;

/// <summary>Standardises tiles one by one, (x - mean) / deviation, so that brightness and contrast do not tell which tiles are neighbours.</summary>
/// <remarks>
/// The deviation counts as 1 / sqrt(values) at least, as in TensorFlow's <c>per_image_standardization</c>, which keeps a tile of one colour finite.
/// </remarks>
public static class StandardisedTiles
{
    /// <summary>With mean and deviation of each channel of the tile.</summary>
    /// <remarks>Noroozi and Favaro, ECCV 2016, https://arxiv.org/abs/1603.09246.</remarks>
    /// <param name="tiles">[M, C, t, t], values in [0, 255].</param>
    /// <returns>[M, C, t, t].</returns>
    public static Tensor PerChannel(Tensor tiles) => Over(tiles, [2, 3]);

    /// <summary>With mean and deviation over all channels of the tile.</summary>
    /// <remarks>Kolesnikov et al., CVPR 2019, https://arxiv.org/abs/1901.09005.</remarks>
    /// <param name="tiles">[M, C, t, t], values in [0, 255].</param>
    /// <returns>[M, C, t, t].</returns>
    public static Tensor PerTile(Tensor tiles) => Over(tiles, [1, 2, 3]);

    private static Tensor Over(Tensor tiles, long[] dimensions)
    {
        using var scope = NewDisposeScope();
        var values = dimensions.Aggregate(1L, (product, dimension) => product * tiles.shape[dimension]);
        var centred = tiles - tiles.mean(dimensions, keepdim: true);                                                  // [M, C, t, t]
        var deviation = centred.square().mean(dimensions, keepdim: true).sqrt().clamp_min(1 / Math.Sqrt(values));     // [M, C or 1, 1, 1]

        return (centred / deviation).MoveToOuterDisposeScope();   // [M, C, t, t]
    }
}
