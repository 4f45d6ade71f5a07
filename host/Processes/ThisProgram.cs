using System.Diagnostics;

namespace Parallax.Host.Processes;

/// <summary>This program, to be started again as another process.</summary>
internal static class ThisProgram
{
    /// <summary>How to start it with a command line: the program itself, or the runtime with the program.</summary>
    public static ProcessStartInfo With(IReadOnlyList<string> arguments)
    {
        var path = Environment.ProcessPath ?? throw new InvalidOperationException("The path of this program is unknown.");
        string[] program = Path.GetFileNameWithoutExtension(path) == "dotnet" ? [Path.Combine(AppContext.BaseDirectory, "Parallax.Host.dll")] : [];

        return new(path, [.. program, .. arguments]);
    }
}
