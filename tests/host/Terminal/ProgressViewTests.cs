using Parallax.Host.Terminal;
using Spectre.Console;
using Spectre.Console.Testing;

namespace Parallax.Host.Tests.Terminal;

public sealed class ProgressViewTests : IDisposable
{
    private readonly TestConsole _console = new();

    public void Dispose() => _console.Dispose();

    [Theory]
    [InlineData(0, "────────────────────  ahead")]
    [InlineData(0.5, "━━━━━━━━━━──────────  ahead")]
    [InlineData(0.999, "━━━━━━━━━━━━━━━━━━━─  ahead")]   // not done before it is
    [InlineData(1, "━━━━━━━━━━━━━━━━━━━━  ahead")]
    public void Render_Share_IsThatPartOfTheBar(double share, string bar) => Assert.Equal([bar], Draw(new(share, "ahead", []), width: 27));

    [Fact]
    public void Render_Groups_BeginALineEachAndBreakBetweenNumbers() => Assert.Equal(
        ["one two  three", "four", "five"], Draw(new(0, "ahead", [["one two", "", "three", "four"], ["five"]]), width: 17)[1..]);

    [Fact]
    public void Render_Remark_IsCutToALine() => Assert.Equal("saturated: the …", Draw(new(0, "", []) { Remark = "saturated: the loss stands." }, 16)[^1]);

    [Fact]
    public void Render_VeryNarrow_StaysWithinTheWidth() => Assert.All(
        Draw(new(0.4, " 40 %  ETA 1:00", [["a long number", "4"]]) { Remark = "A sentence." }, width: 6), line => Assert.InRange(line.Length, 1, 6));

    [Fact]
    public void Render_WideTerminal_StaysReadable() => Assert.Equal(100, Draw(new(0.4, "ahead", []), width: 300)[0].Length);

    [Fact]
    public void Render_WithoutUnicode_IsAscii()
    {
        _console.Profile.Capabilities.Unicode = false;

        var lines = Draw(new(0.5, "ahead", [["1", "▁▂▃", "2"]]) { Remark = "A long sentence." }, width: 15);

        Assert.Equal(["####----  ahead", "1  2", "A long sente..."], lines);
    }

    private string[] Draw(ProgressView view, int width)
    {
        _console.Width(width).Write(view);

        return _console.Output.TrimEnd('\n').Split('\n');
    }
}
