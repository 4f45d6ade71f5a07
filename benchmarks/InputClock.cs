using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Parallax.Contracts;
using Parallax.Host.Data;
using Parallax.Host.Images;
using Parallax.Host.Packing;
using Parallax.Plugins.Augmentations;
using Parallax.Plugins.Datasets;

namespace Parallax.Benchmarks;

/// <summary>
/// Images per second of the whole input path, from the file to a batch of two augmented views in pinned memory:
/// <c>input [jpeg|png|cifar|packed|packed-256 ...] [--workers N] [--images N] [--folder DIR]</c>. Prints a line for people and a line of JSON for each.
/// </summary>
/// <remarks>
/// <c>jpeg</c> is 500 x 375 to 224, <c>png</c> and <c>cifar</c> (binary) are 32 x 32; <c>packed</c> is <c>jpeg</c> in one file,
/// <c>packed-256</c> as pixels whose shorter side is 256. The augmentations are MoCo v2's, all of them at both sizes. Nothing is
/// trained: the consumer takes each batch as soon as it is ready. The same work in torchvision: <c>benchmarks/peers/dataloader.py</c>; both in turn:
/// <c>benchmarks/peers/input.py</c>.
/// </remarks>
internal static class InputClock
{
    private const int LargeBatch = 64, SmallBatch = 256, WarmUp = 4;
    private static readonly string[] Kinds = ["jpeg", "png", "cifar", "packed", "packed-256"];

    public static int Run(string[] args)
    {
        var named = args.TakeWhile(arg => !arg.StartsWith("--", StringComparison.Ordinal)).ToList();
        if (named.Find(kind => !Kinds.Contains(kind)) is { } unknown)
        {
            Console.Error.WriteLine($"'{unknown}' is no input that is measured. Expected one or more of {string.Join(", ", Kinds)}, or none for all.");
            return 2;
        }

        var folder = Text(args, "--folder", Path.Combine(BenchmarkHost.Artifacts, "bench-input"));
        InputImages.MakeIn(folder);
        foreach (var kind in named.Count > 0 ? named : [.. Kinds])
        {
            Measure(kind, folder, Number(args, "--workers", 1), Number(args, "--images", 0));
        }

        return 0;
    }

    private static void Measure(string kind, string folder, int workers, int images)
    {
        using var dataset = Open(kind, folder);
        var (size, batch) = kind is "png" or "cifar" ? (32, SmallBatch) : (224, LargeBatch);
        var batches = Math.Max(1, (images > 0 ? images : size == 32 ? 40_000 : 2_000) / batch);
        var chain = Chain(size, dataset.Info);
        var settings = new LoaderSettings(batch) { Workers = workers, Prefetch = 3, Seed = 1 };
        using var loader = new BatchLoader(dataset, [chain, chain], settings, NullLogger.Instance);
        using var process = Process.GetCurrentProcess();
        using var ready = Endless(loader).GetEnumerator();
        for (var i = 0; i < WarmUp; i++)
        {
            ready.MoveNext();
        }

        var (allocated, before, watch) = (GC.GetTotalAllocatedBytes(precise: true), process.TotalProcessorTime, Stopwatch.StartNew());
        for (var i = 0; i < batches; i++)
        {
            ready.MoveNext();
        }

        var seconds = watch.Elapsed.TotalSeconds;
        process.Refresh();
        var count = (double)batches * batch;
        var processor = (process.TotalProcessorTime - before).TotalMilliseconds / count;
        var managed = (GC.GetTotalAllocatedBytes(precise: true) - allocated) / count;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{kind}, {workers} workers: {count / seconds:N0} images/s, {processor:F3} ms of processor time and {managed:F0} managed bytes per image"));
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            kind, workers, images_per_second = count / seconds, processor_ms = processor, managed_bytes = managed, images = count,
        }));
    }

    private static IImageDataset Open(string kind, string folder) => kind switch
    {
        "jpeg" or "png" => new ImageFolderSource(new ImageFolderOptions { Path = Path.Combine(folder, kind) }, new ImageDecoder()).Open(DatasetSplit.Train),
        "packed" => Packed(folder, new(IsDecoded: false, ShorterSide: null), kind),
        "packed-256" => Packed(folder, new(IsDecoded: true, ShorterSide: 256), kind),
        _ => new CifarBinarySource(new() { Path = Path.Combine(folder, kind) }).Open(DatasetSplit.Train),
    };

    private static IImageDataset Packed(string folder, PackSettings settings, string name)
    {
        var path = Path.Combine(folder, $"{name}.pack");
        if (!File.Exists(path))
        {
            Packer.Pack(
                new ImageFolderSource(new ImageFolderOptions { Path = Path.Combine(folder, "jpeg") }, new ImageDecoder()), path, settings,
                Console.Error.WriteLine, CancellationToken.None);
        }

        return new PackedSource(new() { Path = path }, new PackedImages(new ImageDecoder())).Open(DatasetSplit.Train);
    }

    private static IAugmentation[] Chain(int size, DatasetInfo data)
    {
        var run = new RunInfo(data, size, BatchSize: 1, StepsPerEpoch: 1, Epochs: 1, Seed: 1);

        return
        [
            new RandomResizedCrop(new() { Size = size, ScaleMin = 0.2 }), new ColorJitter(new()), new Grayscale(new()),
            new GaussianBlur(new()), new HorizontalFlip(new()), new Normalize(new(), run),
        ];
    }

    private static IEnumerable<HostBatch> Endless(BatchLoader loader)
    {
        for (var epoch = 0L; ; epoch++)
        {
            foreach (var batch in loader.Epoch(epoch))
            {
                yield return batch;
            }
        }
    }

    private static string Text(string[] args, string name, string otherwise) => Array.IndexOf(args, name) is var at and >= 0 ? args[at + 1] : otherwise;

    private static int Number(string[] args, string name, int otherwise) =>
        Array.IndexOf(args, name) is var at and >= 0 ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
}
