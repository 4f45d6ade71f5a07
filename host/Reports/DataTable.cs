namespace Parallax.Host.Reports;

/// <summary>Tables that screen readers can read and that scroll on narrow screens.</summary>
internal static class DataTable
{
    /// <summary>Makes one, with the first cell of each row as its heading.</summary>
    /// <param name="caption">What it holds.</param>
    /// <param name="headings">One per column.</param>
    /// <param name="rows">One cell per column.</param>
    public static Html Render(string caption, IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<string>> rows) => Render(
        caption, headings, rows.Select(row => (Html.Of($"{row[0]}"), (IReadOnlyList<Html>)[.. row.Skip(1).Select(cell => Html.Of($"<td>{cell}</td>"))])));

    /// <summary>Makes one of cells that are made already.</summary>
    /// <param name="caption">What it holds.</param>
    /// <param name="headings">One per column.</param>
    /// <param name="rows">What stands in the heading of each row, and its <c>td</c> elements.</param>
    public static Html Render(string caption, IReadOnlyList<string> headings, IEnumerable<(Html Heading, IReadOnlyList<Html> Cells)> rows) => Html.Of($"""
        <div class="scroll" role="group" aria-label="{caption}" tabindex="0">
        <table><caption>{caption}</caption>
        <thead><tr>{Html.Join(headings.Select(heading => Html.Of($"""<th scope="col">{heading}</th>""")))}</tr></thead>
        <tbody>
        {Html.Join(rows.Select(row => Html.Of($"""<tr><th scope="row">{row.Heading}</th>{Html.Join(row.Cells)}</tr>""")))}
        </tbody></table>
        </div>
        """);
}
