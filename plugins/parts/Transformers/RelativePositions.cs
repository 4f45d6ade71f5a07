namespace Parallax.Plugins.Parts;

/// <summary>Relative positions within a square window of tokens.</summary>
/// <remarks>Liu et al., "Swin Transformer", ICCV 2021, section 3.2, https://arxiv.org/abs/2103.14030.</remarks>
public static class RelativePositions
{
    /// <summary>Entries of a table beside the displacements: from the class token to patches, from patches to it, and to itself.</summary>
    public const long ClassTokenEntries = 3;

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
    /// <remarks>Bao et al., BEiT, https://arxiv.org/abs/2106.08254, the authors' code.</remarks>
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
}
