using System.Text.Encodings.Web;
using System.Text.Json;
using Spectre.Console;

namespace Parallax.Host.Terminal;

/// <summary>What commands print to: tables on a terminal, plain lines elsewhere, JSON where a program reads.</summary>
/// <param name="output">Results.</param>
/// <param name="error">Everything else.</param>
/// <param name="isTerminal">Whether results go to a terminal.</param>
/// <param name="screen">Finds the terminal that everything else goes to, where its lines can be drawn anew; null where there is none.</param>
public sealed class CliOutput(TextWriter output, TextWriter error, bool isTerminal, Func<IAnsiConsole?>? screen = null)
{
    /// <summary>Prints nothing.</summary>
    internal static CliOutput Silent => new(TextWriter.Null, TextWriter.Null, isTerminal: false);

    /// <summary>JSON as commands write it: snake_case, indented.</summary>
    public static JsonSerializerOptions JsonOptions { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Results, as a stream of text.</summary>
    public TextWriter Out => output;

    /// <summary>Everything else, as a stream of text.</summary>
    public TextWriter ErrorOut => error;

    /// <summary>Whether results go to a terminal, so that colours and redrawing make sense.</summary>
    public bool IsTerminal => isTerminal;

    /// <summary>What changes while a command works, below everything else that it says.</summary>
    internal LiveRegion Region { get; } = new(screen ?? (() => null), error);

    /// <summary>For tables; writes plain lines when there is no terminal.</summary>
    public IAnsiConsole Console { get; } = AnsiConsole.Create(new()
    {
        Out = new AnsiConsoleOutput(output),
        Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
        Interactive = isTerminal ? InteractionSupport.Detect : InteractionSupport.No,
    });

    /// <summary>One line of the result.</summary>
    public void Line(string text = "") => Region.WriteLine(output, text);

    /// <summary>One line beside the result: a warning, a fault.</summary>
    public void Error(string text) => Region.WriteLine(text);

    /// <summary>The result for a program.</summary>
    public void Json(object value) => Line(JsonSerializer.Serialize(value, value.GetType(), JsonOptions));

    /// <summary>Rows under headings: a table on a terminal, else columns separated by tabs.</summary>
    /// <param name="headings">One per column.</param>
    /// <param name="rows">One cell per column.</param>
    /// <param name="whole">How many columns, from the first, are never broken into lines: names that will be copied.</param>
    /// <param name="isNamed">Whether the headings are the first row where there is no terminal, because numbers without them would say nothing.</param>
    public void Table(IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<string>> rows, int whole = 1, bool isNamed = false)
    {
        if (!isTerminal)
        {
            foreach (var row in isNamed ? rows.Prepend(headings) : rows)
            {
                output.WriteLine(string.Join('\t', row));
            }

            return;
        }

        var table = new Table().Border(TableBorder.Simple);
        for (var column = 0; column < headings.Count; column++)
        {
            table.AddColumn(new TableColumn(Markup.Escape(headings[column])) { NoWrap = column < whole });
        }

        foreach (var row in rows)
        {
            table.AddRow([.. row.Select(Markup.Escape)]);
        }

        Console.Write(table);
    }

    /// <summary>Rows under headings on a terminal, a line each: what does not fit is cut; where that is not enough the last columns are left out.</summary>
    /// <param name="headings">One per column.</param>
    /// <param name="rows">One cell per column.</param>
    /// <param name="whole">How many columns, from the first, are never cut, and left out only when nothing else is left to leave out.</param>
    /// <returns>Headings of the columns that are left out.</returns>
    public IReadOnlyList<string> Lines(IReadOnlyList<string> headings, IReadOnlyList<IReadOnlyList<string>> rows, int whole)
    {
        var natural = headings.Select((heading, column) => rows.Select(row => row[column].Length).Append(heading.Length).Max()).ToList();
        var fit = ColumnFit.Choose(natural, whole, Console.Profile.Width, SimpleBorder);
        Table(fit.Cut(headings), rows.Select(fit.Cut), fit.Shown);

        return [.. headings.Skip(fit.Shown)];
    }

    // Two blanks around each cell, one between columns, one at each end.
    private static int SimpleBorder(int columns) => (3 * columns) + 1;
}
