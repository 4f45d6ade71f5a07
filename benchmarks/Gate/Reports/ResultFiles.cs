using Parallax.Contracts;
using Parallax.Host.Files;
using Parallax.Host.Tracking;

namespace Parallax.Benchmarks.Gate;

/// <summary>Where results go: looked at before minutes are spent on measuring them.</summary>
internal static class ResultFiles
{
    private const string Variable = "MLFLOW_TRACKING_URI";

    /// <summary>Address of the tracking store; null for none.</summary>
    public static string? TrackingOf(GateOptions options) =>
        (options.Tracking ?? Environment.GetEnvironmentVariable(Variable)) is { Length: > 0 } uri ? uri : null;

    /// <summary>Looks whether everything that is asked for can be written.</summary>
    /// <exception cref="ConfigurationException">Something cannot: names the option and the reason.</exception>
    public static void Require(GateOptions options)
    {
        if (TrackingOf(options) is { } uri)
        {
            _ = TrackingAddress.Parse(uri.Trim(), options.Tracking is null ? Variable : "--tracking");
        }

        Require("--json", options.Json);
        Require("--markdown", options.Markdown);
    }

    private static void Require(string option, string? path)
    {
        if (path is null)
        {
            return;
        }

        if (path.Length == 0 || Directory.Exists(path))
        {
            throw new ConfigurationException($"{option} is '{path}'; expected the name of a file, not of a folder.");
        }

        try
        {
            Try(Path.GetFullPath(path));
        }
        catch (Exception e) when (RunFile.IsOfTheDisk(e))
        {
            throw new ConfigurationException($"{option}: {path} cannot be written: {RunFile.Reason(e)} Choose another file, or correct the permissions.");
        }
    }

    private static void Try(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        if (File.Exists(path))
        {
            File.Open(path, FileMode.Open, FileAccess.Write).Dispose();
            return;
        }

        File.Create(Path.Combine(folder, "." + Path.GetRandomFileName()), bufferSize: 1, FileOptions.DeleteOnClose).Dispose();
    }
}
