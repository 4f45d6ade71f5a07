namespace Parallax.Plugins.Parts;

/// <summary>Relative positions within a square window of tokens, and the learned number per head that each displacement adds to the products of
/// attention.</summary>
/// <remarks>
/// Liu et al., "Swin Transformer", ICCV 2021, section 3.2, https://arxiv.org/abs/2103.14030. With a class token: Bao et al., "BEiT", ICLR 2022,
/// https://arxiv.org/abs/2106.08254, the authors' code.
/// </remarks>
public static class RelativePositions
{
    private const long ClassTokenEntries = 3;   // from it to patches, from patches to it, to itself

    /// <summary>Number of different displacements in a window, (2 w - 1)².</summary>
    /// <param name="window">Side w in tokens.</param>
    public static long Count(long window) => ((2 * window) - 1) * ((2 * window) - 1);

    /// <summary>Which displacement leads from one token to another, as the row of a table: (dy + w - 1) (2 w - 1) + dx + w - 1.</summary>
    /// <param name="window">Side w in tokens.</param>
    /// <returns>[w⁴] int64, all tokens for the first token, then for the second, row by row.</returns>
    public static Tensor Index(long window) => Index(window, window, window, hasClassToken: false).flatten();

    /// <summary>The same for a part of a window, and for a class token before all others.</summary>
    /// <param name="window">Side w of the window that the table covers.</param>
    /// <param name="height">Rows of tokens, at most w.</param>
    /// <param name="columns">Columns of tokens, at most w.</param>
    /// <param name="hasClassToken">Whether there is a class token; its entries come after the displacements.</param>
    /// <returns>[T, T] int64, from a token (rows) to a token (columns).</returns>
    public static Tensor Index(long window, long height, long columns, bool hasClassToken)
    {
        using var scope = NewDisposeScope();
        var place = arange(height * columns, dtype: int64);
        var (row, column) = (place.div(columns, RoundingMode.floor), place.remainder(columns));   // [L]
        var down = row.unsqueeze(1) - row + window - 1;                                          // [L, L]
        var index = (down * ((2 * window) - 1)) + column.unsqueeze(1) - column + window - 1;     // [L, L]
        if (!hasClassToken)
        {
            return index.MoveToOuterDisposeScope();
        }

        var whole = full([1 + place.shape[0], 1 + place.shape[0]], Count(window), dtype: int64);   // [1 + L, 1 + L], first row: to patches
        whole[1.., ..1] = whole[1.., ..1] + 1;
        whole[..1, ..1] = whole[..1, ..1] + 2;
        whole[1.., 1..] = index;

        return whole.MoveToOuterDisposeScope();
    }

    /// <summary>The same for some of the tokens.</summary>
    /// <param name="index">[T, T] int64.</param>
    /// <param name="from">Tokens that attend, [N, L] int64.</param>
    /// <param name="to">Tokens that are attended to, [N, M] int64.</param>
    /// <returns>[N, L, M] int64.</returns>
    public static Tensor Among(Tensor index, Tensor from, Tensor to)
    {
        using var scope = NewDisposeScope();

        return index.take((from.unsqueeze(2) * index.shape[1]) + to.unsqueeze(1)).MoveToOuterDisposeScope();
    }

    /// <summary>A table of zeros, as BEiT's starts.</summary>
    /// <param name="window">Side w of the window.</param>
    /// <param name="heads">Heads H.</param>
    /// <param name="hasClassToken">Whether there are entries for a class token.</param>
    /// <returns>[(2 w - 1)², H], or three rows more.</returns>
    public static Parameter Table(long window, long heads, bool hasClassToken) =>
        new(zeros([Count(window) + (hasClassToken ? ClassTokenEntries : 0), heads]));

    /// <summary>A table for another window, by bicubic interpolation over displacements; the entries of a class token stay.</summary>
    /// <param name="table">[(2 v - 1)², H] for a window of side v, or three rows more.</param>
    /// <param name="window">Side w of the window wanted.</param>
    /// <param name="hasClassToken">Whether there are entries for a class token.</param>
    /// <returns>[(2 w - 1)², H], or three rows more; null where the table has no such number of rows.</returns>
    /// <remarks>As Swin's code does: corners not aligned, no antialiasing. BEiT's code interpolates over places that lie closer together in the middle; its
    /// tables are resized as Swin's here.</remarks>
    public static Tensor? Resize(Tensor table, long window, bool hasClassToken)
    {
        var (rows, heads) = (table.shape[0] - (hasClassToken ? ClassTokenEntries : 0), table.shape[1]);
        var (from, to) = ((long)Math.Sqrt(rows), (2 * window) - 1);
        if (from % 2 == 0 || from * from != rows)
        {
            return null;
        }

        using var scope = NewDisposeScope();
        var map = table.narrow(0, 0, rows).t().reshape(1, heads, from, from);
        var resized = F.interpolate(map, size: [to, to], mode: InterpolationMode.Bicubic, align_corners: false);   // [1, H, 2 w - 1, 2 w - 1]

        return cat([resized.view(heads, to * to).t(), table.narrow(0, rows, table.shape[0] - rows)], 0).MoveToOuterDisposeScope();
    }

    /// <summary>The entries of a table, as <see cref="Attention.Attend"/> takes them.</summary>
    /// <param name="table">[entries, H].</param>
    /// <param name="index">Rows of the table, [1 or N, L, M] int64.</param>
    /// <returns>[1 or N, H, L, M].</returns>
    public static Tensor Bias(Tensor table, Tensor index)
    {
        using var scope = NewDisposeScope();
        var entries = table.index_select(0, index.flatten()).view([.. index.shape, table.shape[1]]);   // [1 or N, L, M, H]

        return entries.permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }
}
