using Spectre.Console;
using Spectre.Console.Rendering;

namespace Parallax.Host.Terminal;

/// <summary>The last lines of a terminal, which are drawn anew in place while other lines scroll above them. Any thread may write.</summary>
/// <param name="screen">Finds the terminal; null where there is none that can be drawn on.</param>
/// <param name="plain">Takes lines while nothing is drawn.</param>
internal sealed class LiveRegion(Func<IAnsiConsole?> screen, TextWriter plain)
{
    private const int FromTheCursorOn = 0;

    private readonly Lock _gate = new();
    private IReadOnlyList<SegmentLine> _lines = [];   // that are drawn; the cursor is at the beginning of the last
    private IAnsiConsole? _screen;                    // null while it is closed
    private bool _isGone;                             // the terminal takes nothing any more

    /// <summary>Begins.</summary>
    /// <returns>False where nothing can be drawn.</returns>
    public bool Open()
    {
        lock (_gate)
        {
            _screen ??= screen();

            return _screen is not null;
        }
    }

    /// <summary>Draws in place of what was drawn before, a line of the terminal less than it has at most. Does nothing while somebody else writes, or when it
    /// is closed.</summary>
    public void Draw(IRenderable content)
    {
        if (!_gate.TryEnter())
        {
            return;
        }

        try
        {
            if (_screen is { } open)
            {
                var width = Math.Max(1, open.Profile.Width - 1);   // a full line would leave it to the terminal where the cursor is
                var lines = Segment.SplitLines(content.Render(RenderOptions.Create(open, open.Profile.Capabilities), width));
                Redraw(open, null, [.. lines.Take(Math.Max(1, open.Profile.Height - 1))]);
            }
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>Writes a line above what is drawn; it is as long as it is, and the terminal breaks it.</summary>
    public void WriteLine(string text)
    {
        lock (_gate)
        {
            if (_screen is { } open)
            {
                Redraw(open, text, [.. _lines.Where(line => line.CellCount() < open.Profile.Width)]);
            }
            else
            {
                WritePlain(text);
            }
        }
    }

    /// <summary>Writes a line of the result, which may go to the same terminal: what is drawn is out of its way.</summary>
    /// <param name="output">Where results go.</param>
    /// <param name="text">The line.</param>
    public void WriteLine(TextWriter output, string text)
    {
        lock (_gate)
        {
            if (_screen is not { } open)
            {
                output.WriteLine(text);
                return;
            }

            var lines = _lines;
            Redraw(open, null, []);
            output.WriteLine(text);
            Redraw(open, null, [.. lines.Where(line => line.CellCount() < open.Profile.Width)]);
        }
    }

    /// <summary>Removes what is drawn and shows the cursor again.</summary>
    public void Close()
    {
        lock (_gate)
        {
            if (_screen is { } open)
            {
                try
                {
                    Write(open, [.. Erased(open), .. Control(open, writer => writer.ShowCursor())]);
                }
                finally
                {
                    (_screen, _lines) = (null, []);
                }
            }
        }
    }

    private void WritePlain(string text)
    {
        if (!_isGone)
        {
            plain.WriteLine(text);
        }
    }

    // In one piece, so that nobody sees a part of it.
    private void Redraw(IAnsiConsole open, string? above, IReadOnlyList<SegmentLine> lines)
    {
        List<Segment> frame = [.. Control(open, writer => writer.HideCursor()), .. Erased(open)];
        if (above is not null)
        {
            frame.AddRange([new Segment(above), Segment.LineBreak]);
        }

        foreach (var (index, line) in lines.Index())
        {
            frame.AddRange(index == 0 ? line : [Segment.LineBreak, .. line]);
        }

        _lines = lines;
        Write(open, [.. frame, .. Control(open, writer => writer.Write("\r"))]);   // what is typed meanwhile moves nothing
    }

    private void Write(IAnsiConsole open, IReadOnlyList<Segment> frame)
    {
        try
        {
            open.Write(new Frame(frame));
        }
        catch (IOException)
        {
            (_screen, _lines, _isGone) = (null, [], true);   // the terminal is gone; whoever writes here is not
        }
    }

    // A terminal that has become narrower has broken the lines.
    private IEnumerable<Segment> Erased(IAnsiConsole open)
    {
        var width = Math.Max(1, open.Profile.Width);
        var above = _lines.SkipLast(1).Sum(line => Math.Max(1, (line.CellCount() + width - 1) / width));

        return Control(open, writer =>
        {
            writer.Write("\r");
            if (above > 0)
            {
                writer.CursorUp(above);
            }

            writer.EraseInDisplay(FromTheCursorOn);
        });
    }

    private static IEnumerable<Segment> Control(IAnsiConsole open, Action<AnsiWriter> write) =>
        ((IRenderable)ControlCode.Create(open, write)).Render(RenderOptions.Create(open, open.Profile.Capabilities), open.Profile.Width);

    private sealed class Frame(IReadOnlyList<Segment> segments) : IRenderable
    {
        public Measurement Measure(RenderOptions options, int maxWidth) => new(maxWidth, maxWidth);

        public IEnumerable<Segment> Render(RenderOptions options, int maxWidth) => segments;
    }
}
