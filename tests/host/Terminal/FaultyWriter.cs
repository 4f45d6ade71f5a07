using System.Text;
using Spectre.Console;

namespace Parallax.Host.Tests.Terminal;

/// <summary>A terminal to which nothing can be written.</summary>
internal sealed class FaultyWriter(Exception fault) : TextWriter
{
    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value) => throw fault;

    public IAnsiConsole Screen() => AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(this), Ansi = AnsiSupport.Yes });
}
