using Parallax.Host.Evaluation;
using Parallax.Host.Tests.Data;

namespace Parallax.Host.Tests.Evaluation;

public sealed class KeptConfusionTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Of_ClassesAndWhatTheyAreTakenFor_CountsPairs()
    {
        var counts = ConfusionCounts.Of([0, 0, 1, 2, 0], [0, 2, 1, 1, 0])!;

        Assert.Equal(["0 0 2", "0 2 1", "1 1 1", "2 1 1"], counts.Pairs.Select(pair => string.Join(' ', pair)));
        Assert.Equal((5, 0.6), (counts.Count, counts.Accuracy));
    }

    [Fact]
    public void Of_SampleWithoutAClass_IsNull() => Assert.Null(ConfusionCounts.Of([0, -1], [0, 1]));

    [Fact]
    public void Of_NotAsManyOfBoth_IsRefused() => Assert.Equal("The protocol names the classes of 1 test samples, and there are 2.",
        Assert.Throws<InvalidOperationException>(() => ConfusionCounts.Of([0, 1], [0])).Message);

    [Fact]
    public void Predicted_Scores_AreTheLargest() =>
        Assert.Equal([1, 0, 0], new ClassScores([0.1f, 0.9f, 3, -1, 2, 2], [1, 1, 1], [0, 1, 2]).Predicted);

    [Fact]
    public void Read_AfterAnEvaluationWithoutAProbe_IsThatOfTheLastProbe()
    {
        var probe = Result("linear") with { Confusion = ConfusionCounts.Of([0, 1, 1], [0, 1, 0]) };

        var first = KeptConfusion.Keep(_folder.FullName, new([Result("knn"), probe], []), step: 7, areVideos: true, Assert.Fail);
        var second = KeptConfusion.Keep(_folder.FullName, new([Result("knn")], []), step: 9, areVideos: true, Assert.Fail);

        Assert.Equal((Path.Combine(_folder.FullName, "confusion.json"), null), (first, second));
        var kept = Assert.Single(KeptConfusion.Read(_folder.FullName));
        Assert.Equal(("linear", 7, "memory", true), (kept.Protocol, kept.Step, kept.Data, kept.AreVideos));
        Assert.Equal(["even", "odd"], kept.Classes);
        Assert.Equal(["0 0 1", "1 0 1", "1 1 1"], kept.Counts.Select(pair => string.Join(' ', pair)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("no json")]
    public void Read_NothingThatCanBeRead_IsNothing(string? content)
    {
        if (content is not null)
        {
            File.WriteAllText(Path.Combine(_folder.FullName, KeptConfusion.FileName), content);
        }

        Assert.Empty(KeptConfusion.Read(_folder.FullName));
    }

    private static ProtocolResult Result(string protocol) => new(protocol, new(0.5, 0.5, new Dictionary<string, double>()))
    {
        Inputs = new(new FakeDataset(4).Info, new FakeDataset(3).Info),
    };
}
