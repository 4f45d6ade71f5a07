using System.Diagnostics;

namespace Parallax.Plugins.Datasets;

/// <summary>FFmpeg's programs on this machine, which all videos but Motion JPEG in AVI need.</summary>
internal static class Ffmpeg
{
    private static readonly Lock Installing = new();

    /// <summary>Whether the programs are there.</summary>
    public static bool IsThere => Find("ffmpeg") is not null && Find("ffprobe") is not null;

    /// <summary>Installs it unless it is there, where this program may.</summary>
    /// <exception cref="ConfigurationException">It is not there and could not be installed; says what to do.</exception>
    public static void Require()
    {
        lock (Installing)
        {
            if (IsThere)
            {
                return;
            }

            // says what it does, and what to do where it cannot
            var folder = Path.GetDirectoryName(typeof(Ffmpeg).Assembly.Location)!;
            using var script = Process.Start("bash", [Path.Combine(folder, "install-ffmpeg.sh")]);
            script.WaitForExit();
            if (!IsThere)
            {
                throw new ConfigurationException("These videos are decoded by the programs ffmpeg and ffprobe, which are not there. Install FFmpeg "
                    + "(Debian, Ubuntu: apt-get install ffmpeg), then the same command works.");
            }
        }
    }

    private static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
