using Parallax.Contracts;
using Parallax.Host.Images;
using Parallax.Plugins.Datasets;

namespace Parallax.Plugins.Tests.Datasets;

public sealed class ClassCaptionsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_ClassFolders_GivesTemplatesInTurnWithClassNames()
    {
        foreach (var name in new[] { "train/sea_lion/1", "train/sea_lion/2", "train/cat/1", "test/cat/1" })
        {
            WritePng($"{name}.png");
        }

        using var data = Source("a photo of a {}.", "one {}").Open(DatasetSplit.Train);
        var captions = (ICaptionedImages)data;

        Assert.Equal(["a photo of a cat.", "one sea lion", "a photo of a sea lion."], Enumerable.Range(0, 3).Select(i => captions.Caption(i)));
        Assert.Equal(["cat", "sea_lion"], data.Info.Classes);
        Assert.Equal("captions are made from class names", data.Info.Captions);
        Assert.EndsWith("; captions are made from class names", data.Info.Layout, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_CifarTar_HasACaptionForEachImage()
    {
        using var data = new ClassCaptionsSource(new() { Path = RealData.Require("cifar10.tar") }, new ImageDecoder()).Open(DatasetSplit.Test);

        Assert.Equal("a photo of a airplane.", ((ICaptionedImages)data).Caption(0));
        Assert.Equal("a photo of a truck.", ((ICaptionedImages)data).Caption(data.Info.Count - 1));
    }

    [Fact]
    public void Open_WithoutClasses_SaysWhatToUse()
    {
        WritePng("1.png");

        var fault = Assert.Throws<ConfigurationException>(() => Source("a {}").Open(DatasetSplit.Train));

        Assert.Contains("has no class folders", fault.Message, StringComparison.Ordinal);
    }

    private ClassCaptionsSource Source(params string[] templates) => new(new() { Path = _folder.Path, Templates = templates }, new ImageDecoder());

    private void WritePng(string name)
    {
        using var file = new MemoryStream();
        PngWriter.Write(file, [1, 2, 3], 1, 1, 3);
        _folder.Write(name, file.ToArray());
    }
}
