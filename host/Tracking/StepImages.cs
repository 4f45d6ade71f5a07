using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Parallax.Host.Tracking;

/// <summary>
/// Logs pictures by step, the way that MLflow's page of a run draws them: one slider per name. The names of the files follow from run, slider and step, so
/// that a resumed run that comes to a step again replaces its picture instead of adding a second one.
/// </summary>
/// <param name="run">The run.</param>
/// <param name="key">Identifier of the run that stays the same when it is resumed.</param>
/// <param name="started">When the run was first started: the time of all its pictures.</param>
internal sealed class StepImages(ITrackedRun run, string key, DateTimeOffset started)
{
    private const int LargestPreviewSide = 256;

    /// <summary>Logs a picture.</summary>
    /// <param name="name">Name of the slider, for example <c>views</c>.</param>
    /// <param name="pixels">[height, width, channels], row by row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="channels">1 for grey, 3 for RGB.</param>
    /// <param name="step">Step.</param>
    /// <exception cref="IOException">The disk does not take the picture.</exception>
    public void Log(string name, ReadOnlySpan<byte> pixels, int height, int width, int channels, long step)
    {
        // The page shows a broken picture unless a file "+compressed" with the same stem is there.
        var slider = KeyRules.Sanitize(name).Replace('/', '~');
        var stem = string.Create(
            CultureInfo.InvariantCulture, $"images/{slider}+step+{step}+timestamp+{started.ToUnixTimeMilliseconds()}+{Id(slider, step)}");
        LogPng(stem + ".png", pixels, height, width, channels);
        var factor = (Math.Max(height, width) + LargestPreviewSide - 1) / LargestPreviewSide;
        var (small, smallHeight, smallWidth) = Shrink(pixels, height, width, channels, factor);
        LogPng(stem + "+compressed.png", small, smallHeight, smallWidth, channels);
        run.SetTags(new Dictionary<string, string> { ["mlflow.loggedImages"] = "True" });
    }

    /// <summary>Each pixel becomes the mean of a square of this many pixels to a side; what is left at the edges is cut off.</summary>
    public static (byte[] Pixels, int Height, int Width) Shrink(ReadOnlySpan<byte> pixels, int height, int width, int channels, int factor)
    {
        var (rows, columns) = (Math.Max(1, height / factor), Math.Max(1, width / factor));
        var small = new byte[rows * columns * channels];
        for (var i = 0; i < small.Length; i++)
        {
            var (row, column, channel) = (i / channels / columns * factor, i / channels % columns * factor, i % channels);
            int sum = 0, count = 0;
            for (var y = row; y < Math.Min(row + factor, height); y++)
            {
                for (var x = column; x < Math.Min(column + factor, width); x++)
                {
                    sum += pixels[(((y * width) + x) * channels) + channel];
                    count++;
                }
            }

            small[i] = (byte)((sum + (count / 2)) / count);
        }

        return (small, rows, columns);
    }

    private Guid Id(string slider, long step)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{key}/{slider}/{step}");

        return new(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 16));
    }

    private void LogPng(string path, ReadOnlySpan<byte> pixels, int height, int width, int channels)
    {
        var file = Path.GetTempFileName();
        var isNeeded = false;
        try
        {
            using (var stream = File.Create(file))
            {
                PngWriter.Write(stream, pixels, height, width, channels);
            }

            isNeeded = run.LogArtifact(file, path);
        }
        finally
        {
            if (!isNeeded)
            {
                File.Delete(file);
            }
        }
    }
}
