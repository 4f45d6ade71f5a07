using System.Globalization;
using Parallax.Contracts;

namespace Parallax.Host.Tracking;

/// <summary>Logs pictures by step, the way that MLflow's page of a run draws them: one slider per name.</summary>
internal static class StepImages
{
    private const int LargestPreviewSide = 256;

    /// <summary>Logs a picture.</summary>
    /// <param name="run">The run.</param>
    /// <param name="name">Name of the slider, for example <c>views</c>.</param>
    /// <param name="pixels">[height, width, channels], row by row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="channels">1 for grey, 3 for RGB.</param>
    /// <param name="step">Step.</param>
    /// <param name="time">Clock.</param>
    public static void Log(ITrackedRun run, string name, ReadOnlySpan<byte> pixels, int height, int width, int channels, long step, TimeProvider time)
    {
        // The page shows a broken picture unless a file "+compressed" with the same stem is there.
        var key = KeyRules.Sanitize(name).Replace('/', '~');
        var stem = string.Create(CultureInfo.InvariantCulture, $"images/{key}+step+{step}+timestamp+{time.GetUtcNow().ToUnixTimeMilliseconds()}+{Guid.NewGuid()}");
        LogPng(run, stem + ".png", pixels, height, width, channels);
        var factor = (Math.Max(height, width) + LargestPreviewSide - 1) / LargestPreviewSide;
        var (small, smallHeight, smallWidth) = Shrink(pixels, height, width, channels, factor);
        LogPng(run, stem + "+compressed.png", small, smallHeight, smallWidth, channels);
        run.SetTags(new Dictionary<string, string> { ["mlflow.loggedImages"] = "True" });
    }

    /// <summary>Each pixel becomes the mean of a square of <paramref name="factor"/> x <paramref name="factor"/>; what is left at the edges is cut off.</summary>
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

    private static void LogPng(ITrackedRun run, string path, ReadOnlySpan<byte> pixels, int height, int width, int channels)
    {
        var file = Path.GetTempFileName();
        try
        {
            using (var stream = File.Create(file))
            {
                PngWriter.Write(stream, pixels, height, width, channels);
            }

            run.LogArtifact(file, path);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
