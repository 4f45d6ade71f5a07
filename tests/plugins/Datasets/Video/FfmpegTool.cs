using System.Diagnostics;
using System.Globalization;
using Parallax.Contracts;
using Parallax.Host.Images;
using Parallax.Plugins.Datasets;

namespace Parallax.Plugins.Tests.Datasets;

/// <summary>Makes and decodes videos the plain way, with the program ffmpeg.</summary>
internal static class FfmpegTool
{
    /// <summary>Skips a test where FFmpeg is not there and cannot be installed.</summary>
    public static void Require()
    {
        try
        {
            Ffmpeg.Require();
        }
        catch (ConfigurationException fault)
        {
            Assert.Skip(fault.Message);
        }
    }

    /// <summary>Runs ffmpeg.</summary>
    /// <returns>What it writes to its standard output.</returns>
    public static byte[] Run(params string[] arguments)
    {
        Require();
        var start = new ProcessStartInfo("ffmpeg", ["-nostdin", "-v", "error", "-y", "-threads", "1", .. arguments]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        using var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"ffmpeg {string.Join(' ', arguments)} ended with {process.ExitCode}.");

        return output.ToArray();
    }

    /// <summary>Makes a video of moving patterns with a counter.</summary>
    /// <param name="file">Where.</param>
    /// <param name="frames">How many, 10 a second.</param>
    /// <param name="options">Codec and more.</param>
    public static string Draw(string file, int frames, params string[] options)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var source = string.Create(CultureInfo.InvariantCulture, $"testsrc2=size=64x48:rate=10:duration={frames / 10.0:0.0}");
        Run(["-f", "lavfi", "-i", source, "-pix_fmt", "yuv420p", .. options, file]);

        return file;
    }

    /// <summary>All frames of a file by a full decode from its start, [H, W, 3] bytes each.</summary>
    public static byte[][] DecodeAll(string file, ImageSize size) =>
        [.. Run("-i", file, "-map", "0:V:0", "-vsync", "passthrough", "-pix_fmt", "rgb24", "-f", "rawvideo", "-").Chunk(size.Height * size.Width * 3)];

    /// <summary>Opens a folder, archive or list.</summary>
    public static IVideoDataset Open(string path, DatasetSplit split = DatasetSplit.Train) => Open(new VideoFolderOptions { Path = path }, split);

    public static IVideoDataset Open(VideoFolderOptions options, DatasetSplit split = DatasetSplit.Train) =>
        (IVideoDataset)new VideoFolderSource(
            options with { Mean = [.. Enumerable.Repeat(0.5, options.Channels)], Std = [.. Enumerable.Repeat(0.2, options.Channels)] },
            new ImageDecoder()).Open(split);

    /// <summary>An image as bytes, [H, W, 3].</summary>
    public static byte[] Bytes(ImageBuffer image)
    {
        var (planes, pixels) = (new byte[image.Pixels.Length], new byte[image.Pixels.Length]);
        image.WriteBytes(planes);
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = planes[(i % 3 * pixels.Length / 3) + (i / 3)];
        }

        return pixels;
    }
}
