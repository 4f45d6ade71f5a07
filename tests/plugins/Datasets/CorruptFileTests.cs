using Microsoft.Extensions.Logging.Abstractions;
using Parallax.Contracts;
using Parallax.Host.Configuration;
using Parallax.Host.Data;
using Parallax.Host.Images;
using Parallax.Plugins.Datasets;

namespace Parallax.Plugins.Tests.Datasets;

/// <summary>A damaged JPEG among good ones, from the file to the batch.</summary>
public sealed class CorruptFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Epoch_Skip_CountsItAndNamesTheFile()
    {
        var bad = WriteImages();
        using var data = Open();
        using var loader = Loader(data, ErrorPolicy.Skip);

        var indices = loader.Epoch(0).SelectMany(batch => batch.Indices.ToArray()).ToArray();

        Assert.Equal(bad, Assert.Single(loader.Skipped).Sample);
        Assert.Equal(12, indices.Length);
        Assert.DoesNotContain(5, indices);
    }

    [Fact]
    public void Epoch_Stop_NamesTheFile()
    {
        var bad = WriteImages();
        using var data = Open();
        using var loader = Loader(data, ErrorPolicy.Stop);

        var fault = Assert.Throws<ConfigurationException>(() => loader.Epoch(0).Count());

        Assert.Contains($"{bad} cannot be read: the JPEG file is cut short", fault.Message, StringComparison.Ordinal);
    }

    private IImageDataset Open() => new ImageFolderSource(new ImageFolderOptions { Path = _folder.Path }, new ImageDecoder()).Open(DatasetSplit.Train);

    private static BatchLoader Loader(IImageDataset data, ErrorPolicy policy) =>
        new(data, [[]], new LoaderSettings(BatchSize: 4) { OnError = policy, Workers = 2, Epochs = 1 }, NullLogger.Instance);

    /// <summary>Twelve small photographs; the sixth is cut in half. Returns its path.</summary>
    private string WriteImages()
    {
        var archive = RealData.Require("cifar10.tar");
        using var store = new TarStore(archive);
        var files = TarIndex.Read(archive, FileKind.Image).Take(12).Select(item => item.File).ToArray();
        for (var i = 0; i < files.Length; i++)
        {
            var name = $"train/a/{i:00}.jpg";
            store.Read(files[i], i, (bytes, i) => _folder.Write(name, i == 5 ? bytes[..(bytes.Length / 2)].ToArray() : bytes.ToArray()));
        }

        return _folder.File("train/a/05.jpg");
    }
}
