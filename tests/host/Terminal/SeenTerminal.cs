using System.Globalization;
using System.Text.RegularExpressions;

namespace Parallax.Host.Tests.Terminal;

/// <summary>What a user sees of what a program writes to a terminal without an end: text, line breaks, and the few control sequences that it uses.</summary>
internal sealed partial class SeenTerminal(int width)
{
    private int _width = width, _row, _column;
    private List<string> _rows = [""];

    public bool HasCursor { get; private set; } = true;

    /// <summary>Its rows, without the blanks at their ends.</summary>
    public IReadOnlyList<string> Rows => [.. _rows.Select(row => row.TrimEnd())];

    public void Write(string text)
    {
        foreach (Match part in Parts().Matches(text))
        {
            if (part.Groups["code"] is { Success: true, Value: var code })
            {
                Obey(code[0], part.Groups["number"].Value);
            }
            else
            {
                Put(part.Value[0]);
            }
        }
    }

    /// <summary>Becomes narrower: rows that are longer are broken, and the cursor stays at its character.</summary>
    public void Narrow(int columns)
    {
        var row = _rows.Take(_row).Sum(above => Math.Max(1, (above.TrimEnd().Length + columns - 1) / columns));
        _rows = [.. _rows.SelectMany(line => line.TrimEnd() is { Length: > 0 } kept
            ? kept.Chunk(columns).Select(part => new string(part)) : [""])];
        (_width, _row) = (columns, row);
    }

    private void Obey(char code, string number)
    {
        switch (code)
        {
            case 'A':
                _row = Math.Max(0, _row - int.Parse(number, CultureInfo.InvariantCulture));
                break;
            case 'J':
                Assert.Equal((0, "0"), (_column, number.Length == 0 ? "0" : number));   // from the beginning of the row to the end
                _rows = [.. _rows.Take(_row), ""];
                break;
            case 'h' or 'l':
                Assert.Equal("?25", number);
                HasCursor = code == 'h';
                break;
            default:
                Assert.Equal('m', code);   // colours
                break;
        }
    }

    private void Put(char letter)
    {
        if (letter == '\r')
        {
            _column = 0;
            return;
        }

        if (letter == '\n' || _column == _width)
        {
            (_row, _column) = (_row + 1, 0);
            _rows.AddRange(_row == _rows.Count ? [""] : []);
        }

        if (letter != '\n')
        {
            var row = _rows[_row].PadRight(_column);
            _rows[_row] = row[.._column] + letter + (row.Length > _column + 1 ? row[(_column + 1)..] : "");
            _column++;
        }
    }

    [GeneratedRegex(@"\x1b\[(?<number>[?\d;]*)(?<code>[A-Za-z])|[\s\S]")]
    private static partial Regex Parts();
}
