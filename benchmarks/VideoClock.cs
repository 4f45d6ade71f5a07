using System.Diagnostics;
using System.Globalization;
using Parallax.Contracts;
using Parallax.Host.Images;
using Parallax.Plugins.Datasets;

namespace Parallax.Benchmarks;

/// <summary>
/// Clips per second from the file to frames in memory, beside the plain way, in turn: <c>videos FILE ... [--clips N] [--frames T] [--side S] [--alone]</c>.
/// </summary>
/// <remarks>
/// A clip is T frames in a row from a random place, as small as a shorter side of S allows. The plain way is ffmpeg with its defaults that decodes the
/// whole file at full size, of which T frames are kept. <c>--alone</c> leaves it out, for long runs: memory and open files are told ten times.
/// </remarks>
internal static class VideoClock
{
    private const int Parts = 10;

    public static int Run(string[] args)
    {
        string[] files = [.. args.TakeWhile(arg => !arg.StartsWith("--", StringComparison.Ordinal)).Select(Path.GetFullPath)];
        if (files.Length == 0 || files.Any(file => !File.Exists(file)))
        {
            Console.Error.WriteLine("Expected files of videos: videos FILE ... [--clips N] [--frames T] [--side S] [--alone].");
            return 2;
        }

        var (clips, frames, side) = (Number(args, "--clips", 200), Number(args, "--frames", 16), Number(args, "--side", 112));
        using var data = Open(files);
        var (clip, random, isAlone) = (new ClipBuffer(), new CounterRandom(seed: 1, epoch: 0, sample: 0, view: 0), args.Contains("--alone"));
        var (ours, plain) = (TimeSpan.Zero, TimeSpan.Zero);
        for (var part = 0; part < Parts; part++)
        {
            for (var i = 0; i < clips / Parts; i++)
            {
                var index = random.NextInt(files.Length);
                int[] wanted = Choose(data.Video(index), frames, ref random);   // reads the header, once
                var isFirst = i % 2 == 0;
                plain += isFirst && !isAlone ? Plain(files[index], data.Video(index).Size, wanted) : default;
                ours += Timed(() => data.ReadFrames(index, wanted, clip, _ => side));
                plain += !isFirst && !isAlone ? Plain(files[index], data.Video(index).Size, wanted) : default;
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{(part + 1) * (clips / Parts):N0} clips: {Environment.WorkingSet >> 20:N0} MiB resident, "
                + $"{Directory.GetFiles("/proc/self/fd").Length} open files"));
        }

        var count = clips / Parts * Parts;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{frames} frames of {side} pixels: {count / ours.TotalSeconds:N1} clips/s"));
        if (!isAlone)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"ffmpeg decodes the whole file: {count / plain.TotalSeconds:N1} clips/s; ours takes {ours / plain:F3} of its time"));
        }

        return 0;
    }

    private static int[] Choose(VideoInfo video, int frames, ref CounterRandom random)
    {
        var taken = Math.Min(frames, video.Frames);
        var first = random.NextInt(video.Frames - taken + 1);

        return [.. Enumerable.Range(first, taken)];
    }

    /// <summary>The files as a list without classes.</summary>
    private static IVideoDataset Open(string[] files)
    {
        var list = Path.Combine(Directory.CreateDirectory(BenchmarkHost.Artifacts).FullName, "bench-videos.txt");
        File.WriteAllLines(list, files);
        var options = new VideoFolderOptions { Path = list, Mean = [0.5, 0.5, 0.5], Std = [0.25, 0.25, 0.25] };

        return (IVideoDataset)new VideoFolderSource(options, new ImageDecoder()).Open(DatasetSplit.Train);
    }

    private static TimeSpan Plain(string file, ImageSize size, int[] wanted)
    {
        var start = new ProcessStartInfo("ffmpeg", ["-nostdin", "-v", "error", "-i", file, "-pix_fmt", "rgb24", "-f", "rawvideo", "-"])
        {
            RedirectStandardOutput = true,
        };
        var (frame, kept) = (new byte[size.Height * size.Width * 3], new ImageBuffer());

        return Timed(() =>
        {
            using var process = Process.Start(start)!;
            using var output = process.StandardOutput.BaseStream;
            for (var i = 0; output.ReadAtLeast(frame, frame.Length, throwOnEndOfStream: false) == frame.Length; i++)
            {
                if (wanted.Contains(i))
                {
                    kept.Resize(3, size.Height, size.Width);
                    kept.ReadBytes(frame);
                }
            }

            process.WaitForExit();
        });
    }

    private static TimeSpan Timed(Action work)
    {
        var watch = Stopwatch.StartNew();
        work();

        return watch.Elapsed;
    }

    private static int Number(string[] args, string name, int otherwise) =>
        Array.IndexOf(args, name) is var at and >= 0 ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
}
