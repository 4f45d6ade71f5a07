using System.Globalization;
using System.Runtime.InteropServices;

namespace Parallax.Host.Cli;

/// <summary>Says in one line that something unexpected happened, and keeps the details in a file.</summary>
public sealed class CrashReport(CliOutput output, GlobalOptions options, TimeProvider time)
{
    private const string ViewRefused = "view size is not compatible";   // libtorch's words

    /// <summary>Reports an exception nobody expected.</summary>
    public void Write(Exception exception, IReadOnlyList<string> arguments)
    {
        output.Error($"Unexpected error: {FirstLine(exception)}");
        if (exception.Message.Contains(ViewRefused, StringComparison.Ordinal))
        {
            output.Error("A module calls view on maps whose channels come last in memory. Write flatten or reshape there, or set trainer.channelsLast: false.");
        }

        if (options.Verbose)
        {
            output.Error(exception.ToString());
            return;
        }

        var stamp = time.GetUtcNow().ToString("yyyyMMdd-HHmmss-fff", CultureInfo.InvariantCulture);
        var file = Path.Combine(Path.GetTempPath(), $"parallax-error-{stamp}.txt");
        try
        {
            AtomicFile.Replace(file, $"{ShellCommand.Of(arguments)}\n{RuntimeInformation.FrameworkDescription}, "
                + $"{RuntimeInformation.OSDescription}\n\n{exception}\n");
            output.Error($"Details are in {file}; --verbose shows them here.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            output.Error($"The details cannot be written to {file} ({e.Message}); --verbose shows them here.");
        }
    }

    private static string FirstLine(Exception exception)
    {
        var message = exception.Message.Split('\n', 2)[0].TrimEnd();

        return message.Length == 0 ? exception.GetType().Name : message;
    }
}
