using System.Buffers.Binary;
using System.IO.Compression;
using Parallax.Contracts;
using Parallax.Plugins.Datasets;

namespace Parallax.Plugins.Tests.Datasets;

public sealed class IdxTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_Mnist_HasTheKnownLabelsAndPixels()
    {
        var source = new IdxSource(new IdxOptions { Path = RealData.Require("mnist") });

        using var train = source.Open(DatasetSplit.Train);
        using var test = source.Open(DatasetSplit.Test);

        Assert.Equal((60_000, 10_000), (train.Info.Count, test.Info.Count));
        Assert.Equal([5, 0, 4, 1, 9, 2, 1, 3, 1, 4], Enumerable.Range(0, 10).Select(i => train.Label(i)));
        Assert.Equal([7, 2, 1, 0, 4, 1, 4, 9, 5, 9], Enumerable.Range(0, 10).Select(i => test.Label(i)));
        Assert.Equal(new ImageSize(28, 28), train.Info.Size);
        Assert.Equal(0.1307, train.Info.Mean[0], 0.00005);   // the constants everybody uses
        Assert.Equal(0.3081, test.Info.Std[0], 0.00005);
        var image = new ImageBuffer();
        train.Read(0, image);
        Assert.Equal(27525, image.Pixels.ToArray().Sum(v => (int)MathF.Round(v * 255)));   // ink of the first training digit
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_SmallFiles_GivesTheBytes(bool compressed)
    {
        WriteAll(compressed);

        using var data = Open(DatasetSplit.Train);

        var image = new ImageBuffer();
        data.Read(1, image);
        Assert.Equal([6 / 255f, 7 / 255f, 8 / 255f, 9 / 255f, 10 / 255f, 11 / 255f], image.Pixels.ToArray());
        Assert.Equal((1, 2, 3), (image.Channels, image.Height, image.Width));
        Assert.Equal(["0", "1", "2"], data.Info.Classes);
    }

    [Fact]
    public void Open_GivenConstants_UsesThem()
    {
        WriteAll(compressed: false);

        using var data = new IdxSource(new IdxOptions { Path = _folder.Path, Mean = [0.5], Std = [0.25] }).Open(DatasetSplit.Test);

        Assert.Equal((0.5, 0.25), (data.Info.Mean[0], data.Info.Std[0]));
    }

    [Fact]
    public void Open_OtherContent_ChangesTheDigest()
    {
        WriteAll(compressed: false);
        using var before = Open(DatasetSplit.Train);
        _folder.Write("train-images-idx3-ubyte", Images(count: 4, first: 1));

        using var after = Open(DatasetSplit.Train);

        Assert.Matches("^[0-9a-f]{8}$", before.Info.Digest);
        Assert.NotEqual(before.Info.Digest, after.Info.Digest);
    }

    [Theory]
    [InlineData(false, "is cut short: its header announces 4x2x3 = 24 bytes, but only 19 follow")]
    [InlineData(true, "cut short")]
    public void Open_TruncatedImages_NamesTheFile(bool compressed, string message)
    {
        WriteAll(compressed);
        var path = _folder.File(compressed ? "train-images-idx3-ubyte.gz" : "train-images-idx3-ubyte");
        var bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..(compressed ? bytes.Length / 2 : bytes.Length - 5)]);

        var fault = Assert.Throws<ConfigurationException>(() => Open(DatasetSplit.Train));

        Assert.Contains(path, fault.Message, StringComparison.Ordinal);
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_TruncatedMnist_NamesTheFile()
    {
        var mnist = RealData.Require("mnist");
        foreach (var file in Directory.GetFiles(mnist, "*.gz"))
        {
            var bytes = File.ReadAllBytes(file);
            _folder.Write(Path.GetFileName(file), file.Contains("train-images", StringComparison.Ordinal) ? bytes[..(bytes.Length / 2)] : bytes);
        }

        var fault = Assert.Throws<ConfigurationException>(() => Open(DatasetSplit.Train));

        Assert.Contains("train-images-idx3-ubyte.gz", fault.Message, StringComparison.Ordinal);
        Assert.Contains("cut short", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_LabelsInThePlaceOfImages_NamesBothNumbers()
    {
        WriteAll(compressed: false);
        _folder.Write("train-images-idx3-ubyte", Labels(0, 1));

        var fault = Assert.Throws<ConfigurationException>(() => Open(DatasetSplit.Train));

        Assert.Contains("starts with the number 2049, but an IDX file of images starts with 2051", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_CountsDiffer_SaysBoth()
    {
        WriteAll(compressed: false);
        _folder.Write("train-labels-idx1-ubyte", Labels(0, 1, 2));

        var fault = Assert.Throws<ConfigurationException>(() => Open(DatasetSplit.Train));

        Assert.Contains("has 3 labels, but the images beside it are 4", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_EmptyFolder_SaysWhatIsExpected()
    {
        var fault = Assert.Throws<ConfigurationException>(() => Open(DatasetSplit.Train));

        Assert.Contains("has no train-images-idx3-ubyte or train-images-idx3-ubyte.gz; it is empty", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_MissingPath_SaysWhatIsExpected()
    {
        var fault = Assert.Throws<ConfigurationException>(() => new IdxSource(new IdxOptions { Path = "/no/such/folder" }).Open(DatasetSplit.Train));

        Assert.Contains("data.path '/no/such/folder' does not exist", fault.Message, StringComparison.Ordinal);
        Assert.Contains("--set data.path", fault.Message, StringComparison.Ordinal);
    }

    private IImageDataset Open(DatasetSplit split) => new IdxSource(new IdxOptions { Path = _folder.Path }).Open(split);

    private void WriteAll(bool compressed)
    {
        foreach (var prefix in new[] { "train", "t10k" })
        {
            Write($"{prefix}-images-idx3-ubyte", Images(count: 4, first: 0), compressed);
            Write($"{prefix}-labels-idx1-ubyte", Labels(2, 0, 1, 0), compressed);
        }
    }

    private void Write(string name, byte[] content, bool compressed)
    {
        if (!compressed)
        {
            _folder.Write(name, content);
            return;
        }

        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        _folder.Write(name + ".gz", packed.ToArray());
    }

    private static byte[] Images(int count, byte first)
    {
        var bytes = new byte[16 + (count * 6)];
        var header = new[] { 2051, count, 2, 3 };
        for (var i = 0; i < header.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4 * i), header[i]);
        }

        for (var i = 16; i < bytes.Length; i++)
        {
            bytes[i] = (byte)(first + i - 16);
        }

        return bytes;
    }

    private static byte[] Labels(params byte[] labels)
    {
        var bytes = new byte[8 + labels.Length];
        BinaryPrimitives.WriteInt32BigEndian(bytes, 2049);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4), labels.Length);
        labels.CopyTo(bytes, 8);

        return bytes;
    }
}
