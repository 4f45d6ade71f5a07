using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>Cuts the tiles of a batch and prepares their pixels. What is drawn for an image depends on seed, epoch and image alone.</summary>
/// <remarks>
/// Colours are taken away after the image is cropped, for all its tiles from one crop. Noise in place of a channel is one pattern for all tiles of an image,
/// and the result's mean square is 1, not 50²: evaluations show the network images of about that size.
/// </remarks>
/// <param name="options">Size and places of tiles.</param>
/// <param name="pixels">What is seen of their pixels.</param>
/// <param name="cells">Cells per side of an image.</param>
/// <param name="run">Gives the seed, and mean and deviation of the data.</param>
/// <param name="projectedShare">Share of the images whose colours are projected first (<see cref="ChromaProjection"/>), a fraction in [0, 1].</param>
public sealed class TileCutter(TileOptions options, TilePixels pixels, int cells, RunInfo run, double projectedShare = 0)
{
    private const int Places = 0, Channels = 1, Noise = 2, Projection = 4;   // what is drawn for an image; 3 is Jigsaw's
    private const double GreyShare = 0.66;
    private readonly SampleRandom _random = new(run);
    private readonly PixelScale _scale = new(run.Data);

    /// <summary>Grey for two thirds of the images, as in Kolesnikov et al. and Goyal et al.; null where colours are taken away otherwise.</summary>
    public AugmentationSpec? Grey =>
        pixels is TilePixels.ChromaDropped or TilePixels.ChromaProjected ? null : ViewBuilder.Grayscale(GreyShare);

    /// <summary>What is wrong with tiles of a run: their size for the backbone, or images without the three channels of colours.</summary>
    /// <param name="backbone">Sees the tiles.</param>
    public IEnumerable<string> Faults(IBackbone backbone)
    {
        if (pixels is TilePixels.ChromaDropped or TilePixels.ChromaProjected && run.Data.Channels != 3)
        {
            yield return $"method.pixels is {(pixels == TilePixels.ChromaDropped ? "chroma-dropped" : "chroma-projected")}, which needs images of 3 channels; "
                + $"those of '{run.Data.Name}' have {run.Data.Channels}. Set method.pixels to standardised-per-tile.";
        }

        if (projectedShare > 0 && run.Data.Channels != 3)
        {
            yield return $"method.projectedShare is {projectedShare}, which needs images of 3 channels; those of '{run.Data.Name}' have {run.Data.Channels}. "
                + "Set it to 0.";
        }

        foreach (var fault in TileGrid.Faults(backbone, run, cells, options.TileShare))
        {
            yield return fault;
        }
    }

    /// <summary>The tiles of a batch's first view.</summary>
    /// <param name="batch">The images.</param>
    /// <param name="context">Gives the epoch.</param>
    /// <returns>[N, T, C, t, t], tiles row by row.</returns>
    public Tensor Cut(Batch batch, StepContext context)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var images = PartlyProjected(_scale.ToPixels(batch.Views[0]), batch, context);                  // [N, C, S, S] in [0, 255]
        var grid = TileGrid.Of(images.shape[3], cells, options.TileShare, options.JitterShare);
        var tiles = grid.Cut(images, grid.DrawPlaces(_random.Of(batch, context, Places)));              // [N, T, C, t, t]
        var seen = pixels switch
        {
            TilePixels.StandardisedPerChannel => StandardisedTiles.PerChannel(tiles.flatten(0, 1)),     // [N T, C, t, t], as the others
            TilePixels.StandardisedPerTile => StandardisedTiles.PerTile(tiles.flatten(0, 1)),
            TilePixels.ChromaDropped => DropChroma(tiles, batch, context),
            TilePixels.ChromaProjected => _scale.Normalise(ChromaProjection.Of(tiles.flatten(0, 1))),
            _ => _scale.Normalise(tiles.flatten(0, 1)),
        };

        return seen.view(tiles.shape).MoveToOuterDisposeScope();   // [N, T, C, t, t]
    }

    /// <summary>Projects the colours of some images. Those of grey images are 0 on what is taken away, and stay as they are.</summary>
    private Tensor PartlyProjected(Tensor images, Batch batch, StepContext context)
    {
        if (projectedShare == 0)
        {
            return images;
        }

        var drawn = SampleNoise.Uniform(_random.Of(batch, context, Projection), 1).view(-1, 1, 1, 1).to(images.device);   // [N, 1, 1, 1]

        return where(drawn.lt(projectedShare), ChromaProjection.Of(images), images);                                      // [N, 3, S, S]
    }

    private Tensor DropChroma(Tensor tiles, Batch batch, StepContext context)
    {
        var (count, c, side) = (tiles.shape[1], tiles.shape[2], tiles.shape[3]);
        var kept = (SampleNoise.Uniform(_random.Of(batch, context, Channels), count) * c).to(int64).flatten();         // [N T]
        var noise = SampleNoise.Uniform(_random.Of(batch, context, Noise), c * side * side).view(-1, 1, c, side, side);   // [N, 1, C, t, t]

        return ChromaDrop.Of(
            tiles.flatten(0, 1), kept.to(tiles.device), noise.to(tiles.device).expand(-1, count, -1, -1, -1).flatten(0, 1), scale: 1);   // [N T, C, t, t]
    }
}
