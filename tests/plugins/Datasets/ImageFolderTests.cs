using System.Formats.Tar;
using Parallax.Contracts;
using Parallax.Host.Data;
using Parallax.Host.Images;
using Parallax.Plugins.Datasets;
using SkiaSharp;

namespace Parallax.Plugins.Tests.Datasets;

public sealed class ImageFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_CifarTar_EqualsPillow()
    {
        var source = Source(RealData.Require("cifar10.tar"));

        using var train = source.Open(DatasetSplit.Train);
        using var test = source.Open(DatasetSplit.Test);

        Assert.Equal((50_000, 8_000), (train.Info.Count, test.Info.Count));
        Assert.Equal("airplane automobile bird cat deer dog frog horse ship truck", string.Join(' ', train.Info.Classes));
        Assert.Equal(new ImageSize(32, 32), train.Info.Size);
        Assert.Equal((0, 4, 8), (train.Label(0), train.Label(20_000), train.Label(40_000)));
        Assert.Equal([100, 79, 52], Pixel(train, 20_000, row: 10, column: 20));   // train/deer/0000.jpg
        Assert.Equal([166, 169, 186], Pixel(test, 0, row: 10, column: 20));       // test/airplane/0000.jpg
        Assert.Equal(0.491, train.Info.Mean[0], 0.02);                            // the known constants, from a sample
        Assert.Equal(0.247, test.Info.Std[0], 0.02);
    }

    [Fact]
    public void Open_PhotoTar_HasDifferentSizesAndUsesVal()
    {
        var source = Source(RealData.Require("clothing10.tar"));

        using var train = source.Open(DatasetSplit.Train);
        using var test = source.Open(DatasetSplit.Test);

        Assert.Equal((3_068, 341), (train.Info.Count, test.Info.Count));
        Assert.Null(train.Info.Size);
        Assert.Equal([238, 222, 196], Pixel(train, 0, row: 10, column: 20));   // train/dress/009b3c31.jpg
        var image = new ImageBuffer();
        train.Read(0, image, smallestSide: _ => 80);
        Assert.Equal(new ImageSize(107, 80), image.Size);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Open_SplitsAndClasses_AreOrdinal(bool archive)
    {
        WritePng("train/b/2.png", 2);
        WritePng("train/b/10.png", 10);
        WritePng("train/a/deeper/5.PNG", 5);
        WritePng("validation/b/7.png", 7);
        _folder.Write("train/a/notes.txt", [1]);
        var source = Source(archive ? Archive() : _folder.Path);

        using var train = source.Open(DatasetSplit.Train);
        using var test = source.Open(DatasetSplit.Test);

        Assert.Equal(["a", "b"], train.Info.Classes);
        Assert.Equal([5, 10, 2], Enumerable.Range(0, 3).Select(i => Pixel(train, i)[0]));
        Assert.Equal([0, 1, 1], Enumerable.Range(0, 3).Select(i => train.Label(i)));
        Assert.Equal((7, 1), (Pixel(test, 0)[0], test.Label(0)));
    }

    [Theory]
    [InlineData(TarEntryFormat.Ustar)]
    [InlineData(TarEntryFormat.Gnu)]
    [InlineData(TarEntryFormat.Pax)]
    public void Open_LongNamesInTar_AreRead(TarEntryFormat format)
    {
        var name = $"set/train/{new string('k', 90)}/{new string('n', 80)}.png";
        WritePng(name, 42);

        using var train = Source(Archive(format)).Open(DatasetSplit.Train);

        Assert.Equal(new string('k', 90), Assert.Single(train.Info.Classes));
        Assert.Equal(42, Pixel(train, 0)[0]);
    }

    [Theory]
    [InlineData(ImageCache.None)]
    [InlineData(ImageCache.Decoded)]
    public void Read_Twice_IsTheSame(ImageCache cache)
    {
        WritePng("train/a/1.png", 200);
        using var data = new ImageFolderSource(new ImageFolderOptions { Path = _folder.Path, Cache = cache }, new ImageDecoder()).Open(DatasetSplit.Train);

        Assert.Equal([200, 100, 0], Pixel(data, 0));
        Assert.Equal([200, 100, 0], Pixel(data, 0));
    }

    [Fact]
    public void Open_NoFolders_IsForTrainingWithoutLabels()
    {
        WritePng("2.png", 2);
        WritePng("1.png", 1);
        var source = Source(_folder.Path);

        using var train = source.Open(DatasetSplit.Train);
        var fault = Assert.Throws<ConfigurationException>(() => source.Open(DatasetSplit.Test));

        Assert.Empty(train.Info.Classes);
        Assert.Equal((-1, 1), (train.Label(0), Pixel(train, 0)[0]));
        Assert.Contains("has no test split; it has images in the top", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_AnyFormat_IsToldByContent()
    {
        byte[] bmp =
        [
            .. "BM"u8, 58, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 24, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            0, 0, 0, 0, 0, 0, 0, 0,
            30, 20, 10, 0,
        ];
        byte[] gif = [.. "GIF89a"u8, 1, 0, 1, 0, 0x80, 0, 0, 10, 20, 30, 255, 255, 255, 0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3B];
        using var picture = new SKBitmap(2, 2);
        picture.Erase(new SKColor(10, 20, 30));
        using var pixels = picture.PeekPixels();
        using var webp = pixels.Encode(new SKWebpEncoderOptions(SKWebpEncoderCompression.Lossless, 50))!;
        _folder.Write("train/a/1.bmp", bmp);
        _folder.Write("train/a/2.GIF", gif);
        _folder.Write("train/a/3.webp", webp.ToArray());
        _folder.Write("train/a/4.png", bmp);

        using var train = Source(_folder.Path).Open(DatasetSplit.Train);

        Assert.Equal(4, train.Info.Count);
        Assert.All(Enumerable.Range(0, 4), i => Assert.Equal([10, 20, 30], Pixel(train, i)));
    }

    [Fact]
    public void Open_NamedSplits_AreUsed()
    {
        WritePng("first/a/1.png", 1);
        WritePng("second/a/2.png", 2);
        var options = new ImageFolderOptions { Path = _folder.Path, TrainSplit = "second", TestSplit = "first" };

        using var train = new ImageFolderSource(options, new ImageDecoder()).Open(DatasetSplit.Train);

        Assert.Equal(2, Pixel(train, 0)[0]);
    }

    [Fact]
    public void Open_UnknownClassInTest_NamesIt()
    {
        WritePng("train/a/1.png", 1);
        WritePng("test/z/1.png", 1);

        var fault = Assert.Throws<ConfigurationException>(() => Source(_folder.Path).Open(DatasetSplit.Test));

        Assert.Contains("has the classes z, which the training split has not", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.97)]
    public void Open_TarCutShort_NamesFileAndOffset(double kept)
    {
        for (var i = 0; i < 8; i++)
        {
            WritePng($"train/a/{i}.png", (byte)i);
        }

        var archive = Archive();
        var bytes = File.ReadAllBytes(archive);
        var end = bytes.Length - bytes.AsSpan().TrimEnd((byte)0).Length;   // zeros after the last entry
        File.WriteAllBytes(archive, bytes[..(int)((bytes.Length - end) * kept)]);

        var fault = Assert.Throws<ConfigurationException>(() => Source(archive).Open(DatasetSplit.Train));

        Assert.Contains(archive, fault.Message, StringComparison.Ordinal);
        Assert.Contains("is cut short", fault.Message, StringComparison.Ordinal);
        Assert.Contains("offset", fault.Message, StringComparison.Ordinal);
    }

    /// <summary>The second entry begins at 1024: a header and one block of content come before it.</summary>
    [Theory]
    [InlineData(1024 + 3, 1, "is damaged at offset 1024: the checksum of the tar header is wrong")]
    [InlineData(1024 + 148, 8, "is damaged at offset 1024: the tar header has no checksum")]
    [InlineData(1024 + 124, 12, "is damaged at offset 1024: ")]
    public void Open_TarWithDamagedHeader_NamesItsOffset(int from, int count, string expected)
    {
        WritePng("train/a/1.png", 1);
        WritePng("train/a/0.png", 0);
        var archive = Archive();
        var bytes = File.ReadAllBytes(archive);
        bytes.AsSpan(from, count).Fill(expected.EndsWith(' ') ? (byte)'x' : (byte)0);
        File.WriteAllBytes(archive, bytes);

        var fault = Assert.Throws<ConfigurationException>(() => Source(archive).Open(DatasetSplit.Train));

        Assert.StartsWith($"{archive} {expected}", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "at offset 0 the end mark is missing")]
    [InlineData(1024, "at offset 1024 the end mark is missing")]
    [InlineData(1300, "at offset 1024 an entry begins, but only 276 bytes are left")]
    [InlineData(1536 + 20, "the entry 'train/a/0.png' at offset 1024 has ")]
    public void Open_TarCutAnywhere_SaysWhatIsMissing(int kept, string expected)
    {
        WritePng("train/a/1.png", 1);
        WritePng("train/a/0.png", 0);
        var archive = Archive();
        File.WriteAllBytes(archive, File.ReadAllBytes(archive)[..kept]);

        var fault = Assert.Throws<ConfigurationException>(() => Source(archive).Open(DatasetSplit.Train));

        Assert.StartsWith($"{archive} is cut short: {expected}", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_TarOfOtherBytes_SaysSo()
    {
        var file = _folder.Write("data.tar", [.. Enumerable.Repeat((byte)'x', 2000)]);

        var fault = Assert.Throws<ConfigurationException>(() => Source(file).Open(DatasetSplit.Train));

        Assert.Contains("is no tar archive", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_JoinedTars_AreNotReadInPart()
    {
        WritePng("train/a/1.png", 1);
        var archive = Archive();
        var bytes = File.ReadAllBytes(archive);
        File.WriteAllBytes(archive, [.. bytes, .. bytes]);

        var fault = Assert.Throws<ConfigurationException>(() => Source(archive).Open(DatasetSplit.Train));

        Assert.StartsWith($"{archive} goes on behind its end mark, at offset {bytes.Length}", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_FolderAndTarOfIt_HaveOneDigest()
    {
        WritePng("train/a/1.png", 1);
        WritePng("train/b/2.png", 2);

        using var folder = Source(_folder.Path).Open(DatasetSplit.Train);
        using var tar = Source(Archive()).Open(DatasetSplit.Train);

        Assert.Equal(folder.Info.Digest, tar.Info.Digest);
    }

    [Fact]
    public void Open_LinkedFolder_ReadsThroughTheLink()
    {
        using var pool = new TemporaryFolder();
        WritePng("train/a/1.png", 1);
        WritePng("train/b/2.png", 2);
        Directory.Move(_folder.File("train/b"), pool.File("b"));
        File.CreateSymbolicLink(_folder.File("train/b"), pool.File("b"));

        using var train = Source(_folder.Path).Open(DatasetSplit.Train);

        Assert.Equal((2, 2), (train.Info.Count, Pixel(train, 1)[0]));
    }

    [Fact]
    public void Open_WhatIsLeftOut_IsInTheInfo()
    {
        WritePng("train/a/1.png", 1);
        WritePng("train/2.png", 2);

        using var train = Source(_folder.Path).Open(DatasetSplit.Train);

        Assert.Equal("train: 'train'; no test split", train.Info.Layout);
        Assert.Equal(["1 image beside the class folders of 'train'"], train.Info.LeftOut);
    }

    [Fact]
    public void Validate_FlatWithNamedSplits_IsRefused()
    {
        var options = new ImageFolderOptions { Path = "x", Layout = DataLayout.Flat, TestSplit = "test" };

        Assert.Contains("data.layout is flat", Assert.Single(options.Validate(new(options))).ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NoImages_ListsWhatIsThere()
    {
        _folder.Write("train/a/1.tiff", [1, 2, 3]);

        var fault = Assert.Throws<ConfigurationException>(() => Source(_folder.Path).Open(DatasetSplit.Train));

        Assert.Contains("has no images: it holds 1 files (.tiff)", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_DamagedFile_NamesIt()
    {
        WritePng("train/a/1.png", 1);
        var bad = _folder.Write("train/a/2.jpg", [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1]);

        using var data = Source(_folder.Path).Open(DatasetSplit.Train);
        var fault = Assert.Throws<CorruptSampleException>(() => data.Read(1, new ImageBuffer()));

        Assert.Equal(bad, fault.Sample);
        Assert.Contains("cut short", fault.Reason, StringComparison.Ordinal);
    }

    private static ImageFolderSource Source(string path) => new(new ImageFolderOptions { Path = path }, new ImageDecoder());

    private static int[] Pixel(IImageDataset data, long index, int row = 0, int column = 0)
    {
        var image = new ImageBuffer();
        data.Read(index, image);

        return [.. Enumerable.Range(0, image.Channels).Select(c => (int)MathF.Round(image.Plane(c)[(row * image.Width) + column] * 255))];
    }

    private void WritePng(string name, byte red)
    {
        using var file = new MemoryStream();
        PngWriter.Write(file, [red, (byte)(red / 2), 0, 9, 9, 9], 1, 2, 3);
        _folder.Write(name, file.ToArray());
    }

    private string Archive(TarEntryFormat format = TarEntryFormat.Ustar)
    {
        using var beside = new MemoryStream();
        using (var writer = new TarWriter(beside, format, leaveOpen: true))
        {
            foreach (var file in Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories).OrderDescending(StringComparer.Ordinal))
            {
                writer.WriteEntry(file, Path.GetRelativePath(_folder.Path, file));
            }
        }

        return _folder.Write("archive.tar", beside.ToArray());
    }
}
