using Microsoft.Extensions.Logging.Abstractions;
using Parallax.Contracts;
using Parallax.Host.Configuration;
using Parallax.Host.Data;
using Parallax.Host.Images;
using Parallax.Host.Packing;
using Parallax.Plugins.Augmentations;
using Parallax.Plugins.Datasets;

namespace Parallax.Plugins.Tests.Datasets;

/// <summary>Managed memory that a worker asks for per image once its buffers have grown, from the data set to two views in the batch.</summary>
public sealed class AllocationTests : IDisposable
{
    private const int Images = 64, MostRounds = 200;

    /// <summary>Handles of the decoding library, and of the file where each image is one: nothing that grows with the image.</summary>
    private const long OfTheDecoder = 1024;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_ImagesInMemory_AllocatesNothing() => Assert.Equal(0, BytesPerImage(new ShapesSource(new() { Count = Images, Size = 32 })));

    [Fact]
    public void Write_PackedPixels_AllocatesNothing()
    {
        var pack = _folder.File("images.pack");
        Packer.Pack(new ShapesSource(new() { Count = Images, TestCount = 1, Size = 32 }), pack, new(IsDecoded: true, ShorterSide: null), _ => { }, default);

        Assert.Equal(0, BytesPerImage(new PackedSource(new() { Path = pack }, new PackedImages(new ImageDecoder()))));
    }

    [Fact]
    public void Write_ImageFiles_AllocatesNothingThatGrowsWithThem()
    {
        for (var i = 0; i < Images; i++)
        {
            using var file = new MemoryStream();
            PngWriter.Write(file, new byte[200 * 300 * 3], 200, 300, 3);
            _folder.Write($"train/a/{i:00}.png", file.ToArray());
        }

        Assert.InRange(BytesPerImage(new ImageFolderSource(new ImageFolderOptions { Path = _folder.Path }, new ImageDecoder())), 0, OfTheDecoder);
    }

    private static long BytesPerImage(IDatasetSource source)
    {
        using var data = source.Open(DatasetSplit.Train);
        var run = new RunInfo(data.Info, ImageSize: 32, BatchSize: Images, StepsPerEpoch: 1, Epochs: 1, Seed: 1);
        IAugmentation[] view =
        [
            new RandomResizedCrop(new() { Size = 32, ScaleMin = 0.2 }), new ColorJitter(new()), new Grayscale(new()), new GaussianBlur(new()),
            new HorizontalFlip(new()), new Solarize(new()), new Normalize(new(), run),
        ];
        var sources = new ViewSources(2, data.Info.Count, sampling: null);
        var writer = new ViewWriter(new SampleReader(data, ErrorPolicy.Stop, NullLogger.Instance), [view, view], sources, seed: 1, decodeSmaller: true);
        var batch = new HostBatch(Images, writer.Probe());
        var least = long.MaxValue;
        for (var round = 0; round < MostRounds && least > 0; round++)   // buffers grow, and code that is compiled in haste allocates until it is compiled anew
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Images; i++)
            {
                writer.Write(i, epoch: 0, batch, i);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least / Images;
    }
}
