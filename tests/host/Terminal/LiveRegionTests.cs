using Parallax.Host.Terminal;
using Spectre.Console;
using Spectre.Console.Testing;

namespace Parallax.Host.Tests.Terminal;

public sealed class LiveRegionTests : IDisposable
{
    private readonly TestConsole _console = new TestConsole().EmitAnsiSequences().Width(20).Height(10);
    private readonly SeenTerminal _seen = new(20);
    private readonly LiveRegion _region;
    private int _read;

    public LiveRegionTests()
    {
        _region = new(() => _console, _console.Profile.Out.Writer);
        _region.Open();
    }

    public void Dispose() => _console.Dispose();

    [Fact]
    public void WriteLine_WhileItIsDrawn_StandsAboveAndWhatIsDrawnStays()
    {
        _region.Draw(new Text("one\ntwo"));

        _region.WriteLine("A line that is longer than the terminal is wide.");
        _region.WriteLine("Another.");

        Assert.Equal(["A line that is longe", "r than the terminal", "is wide.", "Another.", "one", "two"], Look().Rows);
        Assert.False(_seen.HasCursor);
    }

    [Fact]
    public void Draw_Again_LeavesNothingOfWhatWasThere()
    {
        _region.WriteLine("Before.");
        _region.Draw(new Text("one\ntwo\nthree"));

        _region.Draw(new Text("1\n2"));

        Assert.Equal(["Before.", "1", "2"], Look().Rows);
    }

    [Fact]
    public void Draw_TerminalHasBecomeNarrower_LeavesNothingOfWhatWasThere()
    {
        _region.WriteLine("Before.");
        _region.Draw(new Text("nineteen characters\nand a second row\nand the last one"));
        Look().Narrow(7);
        _console.Width(7);

        _region.Draw(new Text("one\ntwo"));

        Assert.Equal(["Before.", "one", "two"], Look().Rows);
    }

    [Fact]
    public void WriteLine_TerminalHasBecomeNarrower_LeavesNothingThatWouldBeBroken()
    {
        _region.Draw(new Text("nineteen characters\nfew\nnineteen characters"));
        Look().Narrow(7);
        _console.Width(7);

        _region.WriteLine("Line.");
        _region.Draw(new Text("one\ntwo"));

        Assert.Equal(["Line.", "one", "two"], Look().Rows);
    }

    [Fact]
    public void Draw_LowTerminal_LeavesARowFree()
    {
        _console.Height(3);

        _region.Draw(new Text("one\ntwo\nthree\nfour"));

        Assert.Equal(["one", "two"], Look().Rows);
    }

    [Fact]
    public void Draw_LongRow_EndsBeforeTheLastColumn()
    {
        _region.Draw(new Text(new string('x', 50)));

        Assert.Equal([19, 19, 12], Look().Rows.Select(row => row.Length));
    }

    [Fact]
    public void Write_TextOfTheUser_IsNoControlSequence()
    {
        _region.Draw(new Text("one\ntwo"));

        Look().Write("^C");   // the echo of a key
        _region.Draw(new Text("three\nfour"));

        Assert.Equal(["three", "four"], Look().Rows);
    }

    [Fact]
    public void Close_Drawn_LeavesTheLinesAboveAndTheCursor()
    {
        _region.WriteLine("Before.");
        _region.Draw(new Text("one\ntwo"));

        _region.Close();
        _region.Draw(new Text("too late"));
        _region.WriteLine("After.");

        Assert.Equal(["Before.", "After.", ""], Look().Rows);
        Assert.True(_seen.HasCursor);
    }

    [Fact]
    public void WriteLine_ALineOfTheResult_StandsAboveWhatIsDrawn()
    {
        _region.Draw(new Text("one\ntwo"));

        _region.WriteLine(_console.Profile.Out.Writer, "The result.");

        Assert.Equal(["The result.", "one", "two"], Look().Rows);
    }

    [Fact]
    public void Draw_TheTerminalIsGone_IsNoFaultAndNothingIsWrittenThereAnyMore()
    {
        using var text = new StringWriter();
        using var gone = new FaultyWriter(new IOException("Input/output error"));
        var region = new LiveRegion(gone.Screen, text);
        region.Open();

        region.Draw(new Text("one"));
        region.WriteLine("A line.");
        region.Close();

        Assert.Equal("", text.ToString());
    }

    [Fact]
    public void WriteLine_NoTerminal_IsTheLineAlone()
    {
        using var text = new StringWriter { NewLine = "\n" };
        var region = new LiveRegion(() => null, text);

        Assert.False(region.Open());
        region.Draw(new Text("one"));
        region.WriteLine("A line.");
        region.Close();

        Assert.Equal("A line.\n", text.ToString());
    }

    private SeenTerminal Look()
    {
        _seen.Write(_console.Output[_read..]);
        _read = _console.Output.Length;

        return _seen;
    }
}
