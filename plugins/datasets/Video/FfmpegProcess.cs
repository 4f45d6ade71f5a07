using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Parallax.Plugins.Datasets;

/// <summary>One of FFmpeg's programs at work. What it writes to its error stream is always taken, so that it cannot wait for us while we wait for it.</summary>
internal sealed partial class FfmpegProcess : IDisposable
{
    private const int MostLines = 20;   // a damaged file can cause one for each block of pixels

    private readonly Process _process;
    private readonly List<string> _errors = [];

    /// <param name="program"><c>ffmpeg</c> or <c>ffprobe</c>.</param>
    /// <param name="arguments">As on a command line.</param>
    public FfmpegProcess(string program, IEnumerable<string> arguments)
    {
        Ffmpeg.Require();

        // in a session of its own: Ctrl-C lets a training end its step, which needs its images
        _process = new Process
        {
            StartInfo = new("setsid", [program, "-v", "error", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true },
        };
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginErrorReadLine();
    }

    /// <summary>What it writes.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>Lines of its error stream, the first ones, complete after <see cref="Wait"/>.</summary>
    public IReadOnlyList<string> Errors => _errors;

    /// <summary>Waits until it has ended by itself.</summary>
    /// <returns>Its exit code.</returns>
    public int Wait()
    {
        _process.WaitForExit();

        return _process.ExitCode;
    }

    /// <summary>Ends it, if it has not ended.</summary>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.WaitForExit();
        Output.Dispose();   // a process leaves a stream that was asked for to its finalizer
        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (!string.IsNullOrWhiteSpace(line) && _errors.Count < MostLines)
        {
            _errors.Add(Origin().Replace(line, "").Trim());
        }
    }

    /// <summary>Which part of FFmpeg writes, and its address in memory.</summary>
    [GeneratedRegex(@"^\[[^\]]* @ 0x[0-9a-f]+\] ")]
    private static partial Regex Origin();
}
