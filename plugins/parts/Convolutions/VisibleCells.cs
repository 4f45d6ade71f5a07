namespace Parallax.Plugins.Parts;

/// <summary>Which square cells of feature maps are computed: between maps [N, C, h s, w s] and their visible cells alone, [N K, C, s, s].</summary>
/// <remarks>
/// What acts at each site by itself, or within a cell, runs on the visible cells and costs nothing for the others; only what looks beyond a cell needs the map,
/// which is zero elsewhere. It is the submanifold sparse convolution of Woo et al., "ConvNeXt V2", CVPR 2023, section 3, https://arxiv.org/abs/2301.00808,
/// without a library for sparse tensors: whole cells are hidden, so that what is left is dense.
/// </remarks>
public sealed class VisibleCells
{
    private readonly Tensor _index;   // [N K] int64, of the cells of all images
    private readonly long _images, _rows, _columns;

    /// <summary>Cells of a grid.</summary>
    /// <param name="visible">Cells that are computed, [N, K] int64, numbered row by row, each at most once per image.</param>
    /// <param name="rows">Rows h of cells.</param>
    /// <param name="columns">Columns w of cells.</param>
    /// <exception cref="ArgumentException">The cells are not [N, K].</exception>
    public VisibleCells(Tensor visible, long rows, long columns)
    {
        if (visible.shape is not [var images, var count])
        {
            throw new ArgumentException($"'{nameof(visible)}' has the shape [{string.Join(", ", visible.shape)}]; expected [N, K]: the same number of cells "
                + "for every image.", nameof(visible));
        }

        (_images, Count, _rows, _columns) = (images, count, rows, columns);
        _index = (visible + (arange(images, dtype: int64, device: visible.device).unsqueeze(1) * (rows * columns))).flatten();   // [N K]
    }

    /// <summary>Cells K of each image.</summary>
    public long Count { get; }

    /// <summary>Takes the visible cells out of maps.</summary>
    /// <param name="map">[N, C, h s, w s].</param>
    /// <returns>[N K, C, s, s], image by image.</returns>
    public Tensor Take(Tensor map)
    {
        using var scope = NewDisposeScope();
        var (channels, side) = (map.shape[1], map.shape[2] / _rows);
        var cells = map.reshape(_images, channels, _rows, side, _columns, side).permute(0, 2, 4, 3, 5, 1)
            .reshape(_images * _rows * _columns, side, side, channels);                            // [N h w, s, s, C]

        return cells.index_select(0, _index).permute(0, 3, 1, 2).MoveToOuterDisposeScope();        // [N K, C, s, s], channels last in memory
    }

    /// <summary>Puts the visible cells into maps that are zero elsewhere.</summary>
    /// <param name="cells">[N K, C, s, s].</param>
    /// <returns>[N, C, h s, w s].</returns>
    public Tensor Place(Tensor cells)
    {
        using var scope = NewDisposeScope();
        var (channels, side) = (cells.shape[1], cells.shape[2]);
        var all = zeros([_images * _rows * _columns, side, side, channels], dtype: cells.dtype, device: cells.device)
            .index_copy(0, _index, cells.permute(0, 2, 3, 1));                                     // [N h w, s, s, C]

        var map = all.view(_images, _rows, _columns, side, side, channels).permute(0, 1, 3, 2, 4, 5)
            .reshape(_images, _rows * side, _columns * side, channels);                            // [N, h s, w s, C]

        return map.permute(0, 3, 1, 2).MoveToOuterDisposeScope();                                  // [N, C, h s, w s], channels last in memory
    }
}
