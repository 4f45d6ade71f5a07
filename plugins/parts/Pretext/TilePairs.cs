namespace Parallax.Plugins.Parts;

/// <summary>The eight pairs of the middle one of 3 x 3 tiles with those around it, and where these lie: every place once.</summary>
/// <remarks>Kolesnikov et al., "Revisiting Self-Supervised Visual Representation Learning", CVPR 2019, https://arxiv.org/abs/1901.09005, code: as in
/// <see cref="RelativePlace"/>.</remarks>
public static class TilePairs
{
    /// <summary>Tiles per side of an image.</summary>
    public const int Cells = 3;

    /// <summary>Tiles of an image.</summary>
    public const int Tiles = Cells * Cells;

    /// <summary>The tile in the middle.</summary>
    public const int Middle = Tiles / 2;

    /// <summary>Both embeddings of each pair, that of the outer tile first.</summary>
    /// <param name="z">Embeddings of tiles row by row, [N, 9, E].</param>
    /// <returns>[8 N, 2 E], image by image.</returns>
    public static Tensor Of(Tensor z)
    {
        using var scope = NewDisposeScope();
        var middle = z.narrow(1, Middle, 1);                                                            // [N, 1, E]
        var outer = cat([z.narrow(1, 0, Middle), z.narrow(1, Middle + 1, Tiles - Middle - 1)], 1);      // [N, 8, E]

        return cat([outer, middle.expand_as(outer)], 2).flatten(0, 1).MoveToOuterDisposeScope();        // [8 N, 2 E]
    }

    /// <summary>The place of the outer tile of each pair.</summary>
    /// <param name="images">Number N of images.</param>
    /// <param name="device">Where the classes are needed.</param>
    /// <returns>[8 N] int64.</returns>
    public static Tensor Places(long images, Device device) =>
        tensor([.. Enumerable.Range(0, Tiles).Where(tile => tile != Middle).Select(tile => (long)RelativePlace.Between(tile, Middle))], device: device)
            .repeat(images);   // [8 N]
}
