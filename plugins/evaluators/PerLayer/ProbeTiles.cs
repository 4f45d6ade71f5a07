using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Evaluators;

/// <summary>Images as networks of tiles know them: side by side cut into squares, each standardised by itself, whose representations are averaged.</summary>
/// <remarks>Kolesnikov et al., CVPR 2019, https://arxiv.org/abs/1901.09005, and its code: nine tiles of 64 pixels of a crop of 192.</remarks>
/// <param name="perSide">Tiles on each side of an image.</param>
/// <param name="run">Gives the side of the images, and the mean and deviation that they are normalised by.</param>
internal sealed class ProbeTiles(int perSide, RunInfo run)
{
    private readonly PixelScale _scale = new(run.Data);

    /// <summary>Side of a tile in pixels.</summary>
    public int Side { get; } = run.ImageSize / perSide;

    private int Count => perSide * perSide;

    /// <summary>Cuts images.</summary>
    /// <param name="images">[N, C, S, S], normalised.</param>
    /// <returns>[N T, C, t, t], those of an image row by row; what the side has beyond whole tiles is cut off.</returns>
    public Tensor Of(Tensor images)
    {
        using var scope = NewDisposeScope();
        var grid = TileGrid.Of(images.shape[3], perSide, tileShare: 1, jitterShare: 0);
        var tiles = grid.Cut(_scale.ToPixels(images), zeros(images.shape[0], Count, 2, dtype: int64));   // [N, T, C, t, t]

        return StandardisedTiles.PerTile(tiles.flatten(0, 1)).MoveToOuterDisposeScope();
    }

    /// <summary>The mean over the tiles of each image.</summary>
    /// <param name="seen">[N T, ...].</param>
    /// <returns>[N, ...].</returns>
    public Tensor Mean(Tensor seen)
    {
        using var scope = NewDisposeScope();

        return seen.view([-1, Count, .. seen.shape[1..]]).mean([1]).MoveToOuterDisposeScope();
    }
}
