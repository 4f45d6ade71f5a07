using System.Formats.Tar;
using System.IO.Compression;
using Parallax.Contracts;
using Parallax.Plugins.Datasets;

namespace Parallax.Plugins.Tests.Datasets;

public sealed class CifarBinaryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("folder")]
    [InlineData("tar")]
    [InlineData("tar.gz")]
    public void Open_TenClasses_ReadsAllBatches(string kind)
    {
        WriteTen();

        using var train = Open(kind == "folder" ? _folder.Path : Pack(kind), DatasetSplit.Train);

        Assert.Equal(10, train.Info.Count);
        Assert.Equal([1, 1, 2, 2, 3, 3, 4, 4, 5, 5], Enumerable.Range(0, 10).Select(i => train.Label(i)));
        Assert.Equal("ship", train.Info.Classes[8]);
        var image = new ImageBuffer();
        train.Read(2, image);   // first record of the second batch
        Assert.Equal((20 / 255f, 21 / 255f, 22 / 255f), (image.Plane(0)[5], image.Plane(1)[5], image.Plane(2)[1023]));
    }

    [Fact]
    public void Open_HundredClasses_TakesFineLabels()
    {
        _folder.Write("train.bin", [3, 99, .. Pixels(1), 3, 98, .. Pixels(2)]);
        _folder.Write("test.bin", [3, 97, .. Pixels(1)]);

        using var train = Open(_folder.Path, DatasetSplit.Train);
        using var test = Open(_folder.Path, DatasetSplit.Test);

        Assert.Equal((99, 98, 97), (train.Label(0), train.Label(1), test.Label(0)));
        Assert.Equal(100, train.Info.Classes.Count);
    }

    [Fact]
    public void Open_BatchCutShort_NamesIt()
    {
        WriteTen();
        _folder.Write("data_batch_3.bin", [3, .. Pixels(1)[..^1]]);

        var fault = Assert.Throws<ConfigurationException>(() => Open(_folder.Path, DatasetSplit.Train));

        Assert.Contains("data_batch_3.bin", fault.Message, StringComparison.Ordinal);
        Assert.Contains("no multiple of the 3073 bytes", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tar")]
    [InlineData("tar.gz")]
    public void Open_ArchiveCutShort_NamesItAndTheOffset(string kind)
    {
        WriteTen();
        var archive = Pack(kind);
        File.WriteAllBytes(archive, File.ReadAllBytes(archive)[..^(int)(new FileInfo(archive).Length * 0.6)]);

        var fault = Assert.Throws<ConfigurationException>(() => Open(archive, DatasetSplit.Train));

        Assert.Contains($"{archive} is damaged or cut short near offset", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_MissingBatch_ListsWhatIsThere()
    {
        _folder.Write("data_batch_1.bin", [1, .. Pixels(1)]);

        var fault = Assert.Throws<ConfigurationException>(() => Open(_folder.Path, DatasetSplit.Train));

        Assert.Contains("has no data_batch_2.bin; it has data_batch_1.bin", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_LabelOutOfRange_NamesTheRecord()
    {
        WriteTen();
        _folder.Write("data_batch_2.bin", [1, .. Pixels(1), 10, .. Pixels(1)]);

        var fault = Assert.Throws<ConfigurationException>(() => Open(_folder.Path, DatasetSplit.Train));

        Assert.Contains("label 10 in record 1, but labels go to 9", fault.Message, StringComparison.Ordinal);
    }

    private static IImageDataset Open(string path, DatasetSplit split) => new CifarBinarySource(new CifarBinaryOptions { Path = path }).Open(split);

    private void WriteTen()
    {
        for (byte batch = 1; batch <= 5; batch++)
        {
            _folder.Write($"data_batch_{batch}.bin", [batch, .. Pixels((byte)(batch * 10)), batch, .. Pixels(0)]);
        }

        _folder.Write("test_batch.bin", [0, .. Pixels(7)]);
        _folder.Write("batches.meta.txt", "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n"u8.ToArray());
    }

    /// <summary>Three planes of one value each: first, first + 1, first + 2.</summary>
    private static byte[] Pixels(byte first) => [.. Enumerable.Range(0, 3072).Select(i => (byte)(first + (i / 1024)))];

    private string Pack(string kind)
    {
        var archive = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        TarFile.CreateFromDirectory(_folder.Path, archive, includeBaseDirectory: true);
        var bytes = File.ReadAllBytes(archive);
        File.Delete(archive);
        if (kind == "tar")
        {
            return _folder.Write("cifar.tar", bytes);
        }

        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return _folder.Write("cifar.tar.gz", packed.ToArray());
    }
}
