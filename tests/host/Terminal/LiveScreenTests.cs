using Parallax.Host.Terminal;

namespace Parallax.Host.Tests.Terminal;

public sealed class LiveScreenTests
{
    [Theory]
    [InlineData("xterm-256color", null, true)]
    [InlineData("xterm-256color", "", true)]
    [InlineData("screen", "true", false)]
    [InlineData("dumb", null, false)]
    [InlineData("", null, false)]
    [InlineData(null, null, false)]
    public void CanBeDrawnOn_Environment_IsATerminalOfAPerson(string? term, string? buildServer, bool expected) =>
        Assert.Equal(expected, LiveScreen.CanBeDrawnOn(name => name == "TERM" ? term : name == "CI" ? buildServer : null));
}
