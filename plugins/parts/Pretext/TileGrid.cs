using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>
/// Cuts square tiles from square images: one at a random place in each cell of a grid, so that neither a common border nor a fixed distance tells which tiles
/// are neighbours.
/// </summary>
/// <remarks>
/// Noroozi and Favaro, "Unsupervised Learning of Visual Representations by Solving Jigsaw Puzzles", ECCV 2016, https://arxiv.org/abs/1603.09246: tiles of 64
/// pixels, each anywhere in a cell of 85. Doersch et al., "Unsupervised Visual Representation Learning by Context Prediction", ICCV 2015,
/// https://arxiv.org/abs/1505.05192: patches of 96 pixels in cells of 144, up to 7 pixels from the middle.
/// </remarks>
/// <param name="Cells">Cells per side of an image, at least 2.</param>
/// <param name="CellSide">Side of a cell in pixels.</param>
/// <param name="TileSide">Side of a tile in pixels, from 1 to that of a cell.</param>
/// <param name="Jitter">Range of a tile's place in pixels on each axis: Jitter + 1 places, in the middle of the cell.</param>
public sealed record TileGrid(int Cells, int CellSide, int TileSide, int Jitter)
{
    /// <summary>Tiles T of an image, row by row.</summary>
    public int Tiles => Cells * Cells;

    /// <summary>The grid of an image; what its side has beyond whole cells is cut off at the right and at the bottom.</summary>
    /// <param name="imageSize">Side of the image in pixels, at least that many as cells.</param>
    /// <param name="cells">Cells per side.</param>
    /// <param name="tileShare">Side of a tile as a share of its cell's, a fraction in (0, 1]; rounded to whole pixels, at least 1.</param>
    /// <param name="jitterShare">Range of a tile's place as a share of what the cell leaves free, a fraction in [0, 1].</param>
    public static TileGrid Of(long imageSize, int cells, double tileShare, double jitterShare)
    {
        var cell = (int)(imageSize / cells);
        var tile = Math.Max(1, Rounded(cell * tileShare));

        return new(cells, cell, tile, Rounded((cell - tile) * jitterShare));
    }

    /// <summary>What is wrong with the tiles of a run: nothing, or that they are no whole number of the backbone's patches, or less than a pixel.</summary>
    /// <param name="backbone">Sees the tiles.</param>
    /// <param name="run">Gives the size of the view.</param>
    /// <param name="cells">Cells per side.</param>
    /// <param name="tileShare">Side of a tile as a share of its cell's.</param>
    public static IEnumerable<string> Faults(IBackbone backbone, RunInfo run, int cells, double tileShare)
    {
        var patch = Math.Max(1, backbone.PatchSize);
        var (side, source) = run.ViewSide is { } view && view != run.ImageSize
            ? (view, $"The view has {view} pixels per side")
            : (run.ImageSize, $"data.imageSize is {run.ImageSize}");
        if (side < cells)
        {
            return [$"{source}, too small for {cells} x {cells} cells. Expected at least a pixel for each."];
        }

        var grid = Of(side, cells, tileShare, jitterShare: 0);

        return grid.TileSide % patch == 0 ? [] :
        [
            $"{source} and method.tileShare {tileShare}: {cells} x {cells} tiles are {grid.TileSide} pixels wide. Expected a positive "
                + $"multiple of {patch}, the side of the backbone's patches. Change one of the three.",
        ];
    }

    /// <summary>Draws the place of every tile in its cell.</summary>
    /// <param name="randoms">One sequence per image; the draws are made on copies.</param>
    /// <returns>[N, T, 2] int64 on the CPU: pixels down and to the right of the cell's corner.</returns>
    public Tensor DrawPlaces(IReadOnlyList<CounterRandom> randoms)
    {
        var margin = (CellSide - TileSide - Jitter) / 2;
        var places = new long[randoms.Count * Tiles * 2];
        for (var i = 0; i < randoms.Count; i++)
        {
            var random = randoms[i];
            foreach (ref var place in places.AsSpan(i * Tiles * 2, Tiles * 2))
            {
                place = margin + random.NextInt(Jitter + 1);
            }
        }

        return tensor(places, [randoms.Count, Tiles, 2]);   // [N, T, 2]
    }

    /// <summary>Cuts the tiles.</summary>
    /// <param name="images">[N, C, S, S].</param>
    /// <param name="places">Place of every tile in its cell, [N, T, 2] int64: down, right; each from 0 to the cell's side less the tile's.</param>
    /// <returns>[N, T, C, t, t], cells row by row.</returns>
    public Tensor Cut(Tensor images, Tensor places)
    {
        using var scope = NewDisposeScope();
        var (n, c, width) = (images.shape[0], images.shape[1], images.shape[3]);
        var inside = arange(TileSide, dtype: int64, device: images.device);                          // [t]
        var corners = tensor(Corners(), [Tiles, 2], device: images.device);                          // [T, 2]
        var starts = places.to(images.device) + corners;                                             // [N, T, 2]
        var rows = starts.select(2, 0).unsqueeze(2) + inside;                                        // [N, T, t]
        var columns = starts.select(2, 1).unsqueeze(2) + inside;                                     // [N, T, t]
        var pixels = (rows.unsqueeze(3) * width) + columns.unsqueeze(2);                             // [N, T, t, t]
        var tiles = images.flatten(2).gather(2, pixels.view(n, 1, -1).expand(n, c, -1));             // [N, C, T t t]

        return tiles.view(n, c, Tiles, TileSide, TileSide).transpose(1, 2).contiguous().MoveToOuterDisposeScope();   // [N, T, C, t, t]
    }

    private static int Rounded(double pixels) => (int)Math.Round(pixels, MidpointRounding.AwayFromZero);

    private long[] Corners() =>
        [.. Enumerable.Range(0, Tiles).SelectMany(tile => new long[] { tile / Cells * CellSide, tile % Cells * CellSide })];
}
