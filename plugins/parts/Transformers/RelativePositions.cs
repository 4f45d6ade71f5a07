namespace Parallax.Plugins.Parts;

/// <summary>Relative positions within a square window of tokens.</summary>
/// <remarks>Liu et al., "Swin Transformer", ICCV 2021, section 3.2, https://arxiv.org/abs/2103.14030.</remarks>
public static class RelativePositions
{
    /// <summary>Number of different displacements in a window, (2 w - 1)².</summary>
    /// <param name="window">Side w in tokens.</param>
    public static long Count(long window) => ((2 * window) - 1) * ((2 * window) - 1);

    /// <summary>Which displacement leads from one token to another, as the row of a table: (dy + w - 1) (2 w - 1) + dx + w - 1.</summary>
    /// <param name="window">Side w in tokens.</param>
    /// <returns>[w⁴] int64, all tokens for the first token, then for the second, row by row.</returns>
    public static Tensor Index(long window)
    {
        var (tokens, side) = (window * window, (2 * window) - 1);
        var index = new long[tokens * tokens];
        for (var from = 0L; from < tokens; from++)
        {
            for (var to = 0L; to < tokens; to++)
            {
                var (dy, dx) = ((from / window) - (to / window), (from % window) - (to % window));
                index[(from * tokens) + to] = ((dy + window - 1) * side) + dx + window - 1;
            }
        }

        return tensor(index);
    }
}
