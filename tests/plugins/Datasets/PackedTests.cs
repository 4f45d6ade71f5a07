using Microsoft.Extensions.Logging.Abstractions;
using Parallax.Contracts;
using Parallax.Host.Configuration;
using Parallax.Host.Data;
using Parallax.Host.Images;
using Parallax.Host.Packing;
using Parallax.Plugins.Augmentations;
using Parallax.Plugins.Datasets;

namespace Parallax.Plugins.Tests.Datasets;

/// <summary>Batches of a packed file beside those of the data set that was packed.</summary>
public sealed class PackedTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Pack => _folder.File("images.pack");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Epoch_OfFilesThatWerePackedAsTheyAre_HasTheSameBits()
    {
        var source = Photographs();
        Write(source, new(IsDecoded: false, ShorterSide: null));

        AssertSameBatches(source, new PackedSource(new() { Path = Pack }, new PackedImages(new ImageDecoder())));
    }

    [Fact]
    public void Epoch_OfRecordsInMemory_HasTheSameBits()
    {
        var source = new ShapesSource(new() { Count = 24, TestCount = 4, Size = 16 });
        Write(source, new(IsDecoded: false, ShorterSide: null));

        AssertSameBatches(source, new PackedSource(new() { Path = Pack }, new PackedImages(new ImageDecoder())));
    }

    [Fact]
    public void Epoch_OfPixels_HasTheBitsOfAFullSizeDecoding()
    {
        var source = Photographs();
        Write(source, new(IsDecoded: true, ShorterSide: null));

        AssertSameBatches(source, new PackedSource(new() { Path = Pack }, new PackedImages(new ImageDecoder())), decodeSmaller: false);
    }

    [Fact]
    public void Open_ConstantsOfTheRecipe_AreTaken()
    {
        Write(new ShapesSource(new() { Count = 8, TestCount = 4, Size = 16 }), new(IsDecoded: false, ShorterSide: null));
        var source = new PackedSource(new() { Path = Pack, Mean = [0.1, 0.2, 0.3], Std = [1, 2, 3] }, new PackedImages(new ImageDecoder()));

        using var packed = source.Open(DatasetSplit.Test);

        Assert.Equal([0.1, 0.2, 0.3], packed.Info.Mean);
        Assert.Equal([1.0, 2, 3], packed.Info.Std);
        Assert.Equal(4, packed.Info.Count);
        using var asPacked = new PackedSource(new() { Path = Pack }, new PackedImages(new ImageDecoder())).Open(DatasetSplit.Test);
        Assert.Equal(((INamedImages)asPacked).NameOf(2), Assert.IsType<INamedImages>(packed, exactMatch: false).NameOf(2));
    }

    [Fact]
    public void Open_NoTestSplitWasPacked_SaysSo()
    {
        Write(Photographs(), new(IsDecoded: false, ShorterSide: null));
        var source = new PackedSource(new() { Path = Pack }, new PackedImages(new ImageDecoder()));

        var fault = Assert.Throws<ConfigurationException>(() => source.Open(DatasetSplit.Test));

        Assert.StartsWith($"{Pack} has no test split", fault.Message, StringComparison.Ordinal);
    }

    /// <summary>Some photographs, of which one is cut in half.</summary>
    private ImageFolderSource Photographs()
    {
        var archive = RealData.Require("clothing10.tar");
        using var store = new TarStore(archive);
        var jpegs = TarIndex.Read(archive, FileKind.Image).Select(item => item.File).Where(file => file.Path.EndsWith(".jpg", StringComparison.Ordinal));
        var files = jpegs.Take(12).ToArray();
        for (var i = 0; i < files.Length; i++)
        {
            var name = $"data/train/{(i % 2 == 0 ? "a" : "b")}/{i:00}.jpg";
            store.Read(files[i], i, (bytes, i) => _folder.Write(name, i == 5 ? bytes[..(bytes.Length / 2)].ToArray() : bytes.ToArray()));
        }

        return new(new ImageFolderOptions { Path = _folder.File("data") }, new ImageDecoder());
    }

    private void Write(IDatasetSource source, PackSettings settings) => Packer.Pack(source, Pack, settings, _ => { }, CancellationToken.None);

    private static void AssertSameBatches(IDatasetSource original, PackedSource packed, bool decodeSmaller = true)
    {
        using var one = original.Open(DatasetSplit.Train);
        using var other = packed.Open(DatasetSplit.Train);
        using var expected = Loader(one, decodeSmaller);
        using var actual = Loader(other, decodeSmaller);
        for (var epoch = 0; epoch < 2; epoch++)
        {
            foreach (var (batch, same) in expected.Epoch(epoch).Zip(actual.Epoch(epoch)))
            {
                Assert.True(batch.Indices.SequenceEqual(same.Indices));
                Assert.True(batch.Labels.SequenceEqual(same.Labels));
                Assert.True(batch.Views[0].Pixels.SequenceEqual(same.Views[0].Pixels));
                Assert.True(batch.Views[1].Pixels.SequenceEqual(same.Views[1].Pixels));
            }
        }

        Assert.Equal(expected.Skipped.Select(fault => fault.Reason), actual.Skipped.Select(fault => fault.Reason));
    }

    private static BatchLoader Loader(IImageDataset data, bool decodeSmaller)
    {
        var run = new RunInfo(data.Info, ImageSize: 24, BatchSize: 4, StepsPerEpoch: 3, Epochs: 2, Seed: 1);
        IAugmentation[] view =
        [
            new RandomResizedCrop(new() { Size = 24, ScaleMin = 0.2 }), new ColorJitter(new()), new GaussianBlur(new()), new Normalize(new(), run),
        ];
        var settings = new LoaderSettings(BatchSize: 4) { OnError = ErrorPolicy.Skip, Workers = 2, Epochs = 2, DecodeSmaller = decodeSmaller };

        return new(data, [view, view], settings, NullLogger.Instance);
    }
}
