using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>Random pixels of images, and what maps and images hold there.</summary>
/// <remarks>
/// Larsson et al., "Colorization as a Proxy Task for Visual Understanding", CVPR 2017, https://arxiv.org/abs/1703.04044: the hypercolumn of a pixel is what all
/// layers of a network have at its place, which a few pixels per image make affordable.
/// </remarks>
/// <param name="places">Row and column of each pixel, [N, P, 2] int64.</param>
/// <param name="height">Height of the images.</param>
/// <param name="width">Width of the images.</param>
public sealed class PixelPlaces(Tensor places, long height, long width)
{
    /// <summary>Draws pixels that lie some way from the border; one may come twice.</summary>
    /// <param name="randoms">One sequence per image.</param>
    /// <param name="count">Pixels per image P.</param>
    /// <param name="height">Height of the images.</param>
    /// <param name="width">Width of the images.</param>
    /// <param name="border">Least number of pixels between a place and the border, below half of the shorter side.</param>
    /// <returns>Places on the CPU.</returns>
    public static PixelPlaces Draw(IReadOnlyList<CounterRandom> randoms, int count, long height, long width, int border)
    {
        using var scope = NewDisposeScope();
        var noise = SampleNoise.Uniform(randoms, 2L * count).view(randoms.Count, count, 2);   // [N, P, 2]
        var sizes = tensor(new float[] { height - (2 * border), width - (2 * border) });      // [2]

        return new(((noise * sizes).floor().to(int64) + border).MoveToOuterDisposeScope(), height, width);
    }

    /// <summary>One pixel of each square of the images, the first; row by row.</summary>
    /// <param name="images">[N, C, H, W]; places are on their device.</param>
    /// <param name="stride">Side of the squares in pixels, positive.</param>
    public static PixelPlaces Grid(Tensor images, int stride)
    {
        using var scope = NewDisposeScope();
        var (height, width) = (images.shape[2], images.shape[3]);
        var rows = arange(0, height, stride, dtype: int64, device: images.device).view(-1, 1);                     // [h, 1]
        var columns = arange(0, width, stride, dtype: int64, device: images.device).view(1, -1);                   // [1, w]
        var grid = stack([rows.expand(-1, columns.shape[1]), columns.expand(rows.shape[0], -1)], 2).view(1, -1, 2);   // [1, h w, 2]

        return new(grid.expand(images.shape[0], -1, -1).MoveToOuterDisposeScope(), height, width);
    }

    /// <summary>The same places on another device.</summary>
    /// <param name="device">Where.</param>
    public PixelPlaces To(Device device) => new(places.to(device), height, width);

    /// <summary>What maps hold at the places, between their cells by bilinear interpolation, one map after the other.</summary>
    /// <param name="maps">[N, C_i, h_i, w_i] each, over the whole image; the value of a cell is that of the middle of its pixels.</param>
    /// <returns>[N, P, Σ C_i] float32.</returns>
    public Tensor Columns(IEnumerable<Tensor> maps)
    {
        using var precision = Precision.Float32();
        using var scope = NewDisposeScope();
        var sizes = tensor(new float[] { height, width }).to(places.device);                                       // [2]
        var grid = (((places.to(float32) + 0.5f) * 2 / sizes) - 1).flip(2).unsqueeze(2);                           // [N, P, 1, 2], x before y
        var columns = maps.Select(map => F.grid_sample(map.to(float32), grid, padding_mode: GridSamplePaddingMode.Border, align_corners: false));

        return cat([.. columns], 1).squeeze(3).transpose(1, 2).MoveToOuterDisposeScope();                          // [N, P, Σ C]
    }

    /// <summary>The values of the pixels.</summary>
    /// <param name="pixels">One value per pixel of the images, [N, H, W].</param>
    /// <returns>[N, P].</returns>
    public Tensor Values(Tensor pixels)
    {
        using var scope = NewDisposeScope();

        return pixels.flatten(1).gather(1, Numbers()).MoveToOuterDisposeScope();                                   // [N, P]
    }

    /// <summary>The values of the pixels around, row by row.</summary>
    /// <param name="pixels">One value per pixel of the images, [N, H, W].</param>
    /// <param name="side">Side s of the window in pixels, odd; places lie at least s / 2 from the border.</param>
    /// <returns>[N, P, s s].</returns>
    public Tensor Windows(Tensor pixels, int side)
    {
        using var scope = NewDisposeScope();
        var steps = arange(side, dtype: int64, device: places.device) - (side / 2);                                // [s]
        var offsets = ((steps.unsqueeze(1) * width) + steps.unsqueeze(0)).view(1, 1, -1);                          // [1, 1, s s]
        var around = Numbers().unsqueeze(2) + offsets;                                                             // [N, P, s s]

        return pixels.flatten(1).gather(1, around.flatten(1)).view(around.shape).MoveToOuterDisposeScope();
    }

    // [N, P], row by row
    private Tensor Numbers() => (places.select(2, 0) * width) + places.select(2, 1);
}
