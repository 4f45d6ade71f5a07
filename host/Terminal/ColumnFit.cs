namespace Parallax.Host.Terminal;

/// <summary>Fits a table into a terminal: cells of the last columns are cut, then columns are left out from the last on. The first stays as it is.</summary>
internal sealed class ColumnFit
{
    private const int Narrowest = 8;
    private const string CutMark = "…";
    private readonly IReadOnlyList<int> _widths;

    private ColumnFit(IReadOnlyList<int> widths) => _widths = widths;

    /// <summary>Columns that are shown, from the first.</summary>
    public int Shown => _widths.Count;

    /// <summary>Chooses widths.</summary>
    /// <param name="natural">Longest cell of each column, its heading included.</param>
    /// <param name="whole">How many columns, from the first, are never cut, and left out only when nothing else is left to leave out.</param>
    /// <param name="available">Characters of a line.</param>
    /// <param name="overhead">Characters of a line that a number of columns needs beside their cells.</param>
    public static ColumnFit Choose(IReadOnlyList<int> natural, int whole, int available, Func<int, int> overhead)
    {
        for (var shown = natural.Count; shown > whole; shown--)
        {
            var widths = natural.Take(shown).ToArray();
            var excess = widths.Sum() + overhead(shown) - available;
            while (excess > 0 && Widest(widths, whole) is >= 0 and var widest)
            {
                widths[widest]--;
                excess--;
            }

            if (excess <= 0)
            {
                return new(widths);
            }
        }

        var kept = Enumerable.Range(1, whole).LastOrDefault(columns => natural.Take(columns).Sum() + overhead(columns) <= available, 1);

        return new([.. natural.Take(kept)]);
    }

    /// <summary>The cells of a row that are shown, cut where they are too long.</summary>
    public IReadOnlyList<string> Cut(IReadOnlyList<string> row) =>
        [.. row.Zip(_widths, (cell, width) => cell.Length <= width ? cell : cell[..(width - CutMark.Length)].TrimEnd() + CutMark)];

    // Of the columns that may be cut, the one with most to give; -1 when none has.
    private static int Widest(int[] widths, int whole)
    {
        var widest = Enumerable.Range(whole, widths.Length - whole).MaxBy(column => widths[column]);

        return widths[widest] > Narrowest ? widest : -1;
    }
}
