using Parallax.Contracts;
using Parallax.Host.Images;
using Parallax.Plugins.Datasets;

namespace Parallax.Plugins.Tests.Datasets;

/// <summary>Compressed archives are called what they are, with the command that unpacks them.</summary>
public sealed class CompressionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, string, string, string> Archives => new()
    {
        { "data.tar.gz", "1F8B08000000", "gzip", "gunzip -k" },
        { "data.tar.bz2", "425A68393141", "bzip2", "bunzip2 -k" },
        { "data.tar.xz", "FD377A585A00", "xz", "unxz -k" },
        { "data.tar.zst", "28B52FFD2400", "zstd", "unzstd" },
        { "data.tar.lz4", "04224D186440", "lz4", "unlz4" },
        { "data.tar.lz", "4C5A495001", "lzip", "lzip -dk" },
        { "data.tar.Z", "1F9D90", "compress", "uncompress -k" },
        { "data.zip", "504B030414", "zip", "unzip" },
        { "data.7z", "377ABCAF271C", "7-Zip", "7z x" },
        { "data.rar", "526172211A07", "rar", "unrar x" },
    };

    public void Dispose() => _folder.Dispose();

    [Theory, MemberData(nameof(Archives))]
    public void Open_CompressedArchive_SaysWhatToRun(string name, string bytes, string format, string command)
    {
        byte[] content = [.. Convert.FromHexString(bytes), .. new byte[600]];
        var (byBoth, byBytes, byName) = (_folder.Write(name, content), _folder.Write("images.tar", content), _folder.Write($"other-{name}", new byte[40]));

        foreach (var file in new[] { byBoth, byBytes, byName })
        {
            var source = new ImageFolderSource(new ImageFolderOptions { Path = file }, new ImageDecoder());
            var fault = Assert.Throws<ConfigurationException>(() => source.Open(DatasetSplit.Train));

            Assert.StartsWith($"{file} is compressed with {format}.", fault.Message, StringComparison.Ordinal);
            Assert.Contains($"unpack it with '{command} {file}' and point data.path at the", fault.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("cifar.tar.bz2", "425A68393141", "bunzip2 -k")]
    [InlineData("cifar.tar.xz", "FD377A585A00", "unxz -k")]
    public void Open_CompressedCifar_SaysWhatToRun(string name, string bytes, string command)
    {
        var file = _folder.Write(name, Convert.FromHexString(bytes));

        var fault = Assert.Throws<ConfigurationException>(() => CifarFiles.Load(file));

        Assert.Contains(command, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_TarWithACompressedName_IsRead()
    {
        var archive = Trees.WriteTar(_folder.File("plain.tgz"), Trees.Of("train/a/1.png"));

        Assert.StartsWith("train: 'train'", Trees.Read(archive), StringComparison.Ordinal);
    }
}
