using System.Diagnostics;

namespace Parallax.Host.Tests.Scaffolding;

/// <summary>The SDK, as an author of plugins calls it.</summary>
internal static class DotNet
{
    /// <summary>Runs a command of the SDK to its end.</summary>
    public static async Task<(int Code, string Output)> Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";   // a compiler server would keep our pipe open
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        return (process.ExitCode, output + await error);
    }
}
