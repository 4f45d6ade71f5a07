using System.Text;
using Parallax.Contracts;
using Parallax.Host.Data;
using Parallax.Host.Evaluation;
using Parallax.Host.Images;
using Parallax.Plugins.Datasets;
using Parallax.Plugins.Tests.Conformance;

namespace Parallax.Plugins.Tests.Datasets;

public sealed class ImageLabelsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_Table_HasTheClassesOfEachImage()
    {
        Pictures("a.png", "b.png", "c.png");
        var table = Table("train.csv", "path,labels\na.png,dog; person\nb.png,?dog;cat\nc.png,\n");

        using var data = Source(table).Open(DatasetSplit.Train);

        Assert.Equal(["cat", "dog", "person"], data.Info.Classes);
        Assert.True(data.Info.IsMultiLabel);
        Assert.Equal((3, CaptionOrigin.None, -1), (data.Info.Count, data.Info.Captions, data.Label(0)));
        Assert.Equal([0, 1, 1, 1, -1, 0, 0, 0, 0], Shown(data));
    }

    [Fact]
    public void Open_HeldOutTable_HasTheLabelsOfTheTrainingTable()
    {
        Pictures("a.png", "b.png");
        var train = Table("train.tsv", "file\ttags\na.png\tcat\nb.png\tdog\n");
        var test = Table("test.tsv", "file\ttags\nb.png\tdog\n");

        using var data = Source(train, test, "file", "tags").Open(DatasetSplit.Test);

        Assert.Equal(["cat", "dog"], data.Info.Classes);
        Assert.Equal([0, 1], Shown(data));
    }

    [Theory]
    [InlineData("path,labels\nb.png,cow\n", "b.png (TABLE:2) has the class 'cow', which no training image of the table shows; expected some of cat, dog.")]
    [InlineData("path,labels\nb.png,dog;?dog\n", "b.png (TABLE:2) has the class 'dog' twice, once behind a question mark.")]
    [InlineData("path,tags\nb.png,dog\n", "data.labelsColumn is 'labels', but TABLE has the columns path, tags.")]
    public void Open_FaultyRow_IsNamed(string content, string expected)
    {
        Pictures("a.png", "b.png");
        var train = Table("train.csv", "path,labels\na.png,cat\nb.png,dog\n");
        var test = Table("test.csv", content);

        var fault = Assert.Throws<ConfigurationException>(() => Source(train, test).Open(DatasetSplit.Test));

        Assert.Contains(expected.Replace("TABLE", test, StringComparison.Ordinal), fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_TableWithoutAnyClass_SaysWhatIsExpected()
    {
        Pictures("a.png");
        var table = Table("train.csv", "path,labels\na.png,\n");

        Assert.Contains("shows a class. Expected names with semicolons between them",
            Assert.Throws<ConfigurationException>(() => Source(table).Open(DatasetSplit.Train)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NoTable_SaysWhatReadsFolders() => Assert.Contains("expected a table of paths and classes (.csv, .tsv, .parquet)",
        Assert.Throws<ConfigurationException>(() => Source(_folder.Path).Open(DatasetSplit.Train)).Message, StringComparison.Ordinal);

    [Fact]
    public void Of_ShareAndSubset_KeepTheClassesOfTheirImages()
    {
        Pictures("a.png", "b.png", "c.png", "d.png");
        using var data = Source(Table("train.csv", "path,labels\na.png,w\nb.png,x\nc.png,y\nd.png,z\n")).Open(DatasetSplit.Train);

        foreach (var part in new[] { TrainingShare.Of(data, new() { Share = 0.5 }), DatasetSubset.Limit(data, 2) })
        {
            var rows = Shown(part).Chunk(4).ToList();

            Assert.Equal(2, rows.Count);
            Assert.All(rows, row => Assert.Equal(1, row.Sum(shown => shown)));
            Assert.Equal(Pixels(part), rows.Select(row => 10 * (1 + Array.IndexOf(row, (sbyte)1))));   // image and class go together
        }

        Assert.Contains("data.longTail is 10, and the images of", Assert.Throws<ConfigurationException>(
            () => TrainingShare.Of(data, new() { LongTail = 10 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Measure_SeveralClasses_OnlyByProtocolsThatTakeThem()
    {
        Pictures([.. Enumerable.Range(0, 16).Select(i => $"{i}.png")]);
        var rows = Enumerable.Range(0, 16).Select(i => $"{i}.png,{(i % 2 == 0 ? "even" : "odd")}{(i % 3 == 0 ? ";third" : "")}");
        var table = Table("train.csv", $"path,labels\n{string.Join('\n', rows)}\n");
        using var session = ConformanceHost.Session("simclr", $"data={{name: image-labels, path: '{table}', testPath: '{table}'}}",
            "evaluation.protocols=[svm-voc07, knn-lightly]", "evaluation.online=null", "trainer.batchSize=8");
        var service = ConformanceHost.Get<EvaluationService>();

        var note = Assert.Single(service.RequireHeldOut(session.Experiment));
        var measured = service.Measure(session.Experiment, ["svm-voc07", "knn-lightly"]);

        Assert.Contains("the protocol 'knn-lightly' is left out. The images of", note, StringComparison.Ordinal);
        Assert.Equal("svm-voc07", Assert.Single(measured.Results).Protocol);
        Assert.InRange(measured.Results[0].Result.Accuracy, 0.1, 1);
        Assert.Equal("knn-lightly", Assert.Single(measured.Failures).Protocol);
    }

    [Theory]
    [InlineData("supervised")]
    [InlineData("supcon")]
    public void Train_MethodThatLearnsLabels_RefusesSeveralClasses(string method)
    {
        Pictures("a.png", "b.png");
        var table = Table("train.csv", "path,labels\na.png,cat;dog\nb.png,dog\n");

        var fault = Assert.Throws<ConfigurationException>(() => ConformanceHost.Session(method,
            $"data={{name: image-labels, path: '{table}'}}", "evaluation.protocols=[]", "evaluation.online=null", "trainer.batchSize=2"));

        Assert.Contains($"Method '{method}' learns one class of each image, but those of 'image-labels' show several", fault.Message, StringComparison.Ordinal);
    }

    private static List<int> Pixels(IImageDataset data) => [.. Enumerable.Range(0, (int)data.Info.Count).Select(index =>
    {
        var image = new ImageBuffer();
        data.Read(index, image);

        return (int)Math.Round(image.Pixels[0] * 255);
    })];

    private static sbyte[] Shown(IImageDataset data)
    {
        var classes = data.Info.Classes.Count;
        var shown = new sbyte[data.Info.Count * classes];
        for (var index = 0; index < data.Info.Count; index++)
        {
            ((IMultiLabelImages)data).ReadClasses(index, shown.AsSpan(index * classes, classes));
        }

        return shown;
    }

    private static ImageLabelsSource Source(string train, string? test = null, string paths = "path", string labels = "labels") => new(
        new() { Path = train, TestPath = test, PathColumn = paths, LabelsColumn = labels }, new ImageDecoder());

    private string Table(string name, string content) => _folder.Write(name, Encoding.UTF8.GetBytes(content));

    private void Pictures(params string[] names)
    {
        foreach (var (number, name) in names.Index())
        {
            using var file = new MemoryStream();
            PngWriter.Write(file, [.. Enumerable.Repeat((byte)(10 * (number + 1)), 16 * 16 * 3)], 16, 16, 3);
            _folder.Write(name, file.ToArray());
        }
    }
}
