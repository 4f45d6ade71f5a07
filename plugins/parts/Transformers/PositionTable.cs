namespace Parallax.Plugins.Parts;

/// <summary>Tables that tell a transformer where a patch is: one row per token, the class token first.</summary>
public static class PositionTable
{
    private const double Temperature = 10_000;

    /// <summary>The fixed table of sines and cosines; the class token's row is zero.</summary>
    /// <param name="width">Width D, a multiple of 4: a quarter each for sine and cosine of each coordinate.</param>
    /// <param name="height">Rows of patches.</param>
    /// <param name="columns">Columns of patches.</param>
    /// <param name="order">Which coordinate comes first.</param>
    /// <returns>[1, 1 + height * columns, D] float32.</returns>
    /// <remarks>
    /// Frequencies 10000^(-4k/D), k = 0 ... D/4 - 1. The two orders are those of the code of He et al., MAE, https://arxiv.org/abs/2111.06377, and Chen et al.,
    /// MoCo v3, https://arxiv.org/abs/2104.02057. The latter counts its slow coordinate in steps of the height, which names the row only when the grid is
    /// square.
    /// </remarks>
    /// <exception cref="ArgumentException">The width is not a multiple of 4.</exception>
    public static Tensor SineCosine(int width, int height, int columns, SineCosineOrder order)
    {
        if (width % 4 != 0)
        {
            throw new ArgumentException($"A table of sines and cosines needs a width that is a multiple of 4, not {width}.", nameof(width));
        }

        var quarter = width / 4;
        var values = new float[(1 + (height * columns)) * width];
        for (var patch = 0; patch < height * columns; patch++)
        {
            var (first, second) = order == SineCosineOrder.ColumnFirst ? (patch % columns, patch / columns) : (patch / height, patch % height);
            var row = values.AsSpan((1 + patch) * width, width);
            for (var k = 0; k < quarter; k++)
            {
                var frequency = Math.Pow(Temperature, -(double)k / quarter);
                (row[k], row[quarter + k]) = ((float)Math.Sin(first * frequency), (float)Math.Cos(first * frequency));
                (row[(2 * quarter) + k], row[(3 * quarter) + k]) = ((float)Math.Sin(second * frequency), (float)Math.Cos(second * frequency));
            }
        }

        return tensor(values, [1, 1 + (height * columns), width]);   // [1, 1 + L, D]
    }

    /// <summary>A table for another number of patches, by bicubic interpolation; rows before those of patches, as the class token's, stay.</summary>
    /// <param name="table">[1, P + side * side, D].</param>
    /// <param name="side">Patches per row and column of the table.</param>
    /// <param name="height">Rows of patches wanted.</param>
    /// <param name="columns">Columns of patches wanted.</param>
    /// <returns>[1, P + height * columns, D]; gradients reach the table.</returns>
    /// <remarks>As in the code of MAE and DeiT: corners not aligned, no antialiasing.</remarks>
    public static Tensor Resize(Tensor table, long side, long height, long columns)
    {
        if (height == side && columns == side)
        {
            return table;
        }

        var (prefix, width) = (table.shape[1] - (side * side), table.shape[2]);
        var grid = table.narrow(1, prefix, side * side).reshape(1, side, side, width).permute(0, 3, 1, 2);   // [1, D, side, side]
        var resized = F.interpolate(grid, size: [height, columns], mode: InterpolationMode.Bicubic, align_corners: false);   // [1, D, height, columns]

        return cat([table.narrow(1, 0, prefix), PatchEmbedding.Tokens(resized)], 1);   // [1, P + height * columns, D]
    }
}
