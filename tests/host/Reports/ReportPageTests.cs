using System.Xml.Linq;
using Parallax.Host.Embeddings;
using Parallax.Host.Evaluation;
using Parallax.Host.Images;
using Parallax.Host.Reports;
using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.Reports;

/// <summary>Pages of runs that are made up.</summary>
public sealed class ReportPageTests
{
    private const string Hostile = "<img src=\"https://example.org/x\" onerror='alert(1)'>&";

    [Fact]
    public async Task Render_HostileNames_AreTextAndNothingElse()
    {
        var page = await Page(Run("a", Hostile, 0.1) with { Features = Study(Hostile) }, Run("b", "plain", 0.2) with { Missing = [$"No features: {Hostile}"] });

        Assert.Empty(page.Descendants("img"));
        Assert.Empty(page.Descendants("script"));
        Assert.DoesNotContain(page.Descendants().Attributes(), attribute => attribute.Name.LocalName.StartsWith("on", StringComparison.Ordinal));
        Assert.Contains(page.Descendants("h2"), heading => heading.Value == $"Run a ({Hostile})");
        Assert.Contains(page.Descendants("p"), paragraph => paragraph.Value == $"No features: {Hostile}");
    }

    [Fact]
    public async Task Render_EveryPart_HasNamesAndUniqueIdentifiers()
    {
        var page = await Page(Run("a", "one", 0.1) with { Features = Study("cat") }, Run("b", "two", 0.2) with { Features = Study("cat") });

        string[] ids = [.. page.Descendants().Attributes("id").Select(id => id.Value)];
        Assert.Equal(ids.Distinct().Order(), ids.Order());
        Assert.All(page.Descendants("use"), use => Assert.Contains(use.Attribute("href")!.Value[1..], ids));
        Assert.All(page.Descendants().Attributes("aria-labelledby").SelectMany(names => names.Value.Split(' ')), name => Assert.Contains(name, ids));
        Assert.All(page.Descendants("svg").Where(svg => svg.Attribute("aria-hidden") is null), svg => Assert.Equal("img", svg.Attribute("role")!.Value));
        Assert.All(page.Descendants("th"), cell => Assert.Contains(cell.Attribute("scope")!.Value, new[] { "col", "row" }));
        Assert.All(page.Descendants("a"), link => Assert.Contains(link.Attribute("href")!.Value[1..], ids));
        Assert.Equal(["Overview", "Differences", "Curves", "Run a (one)", "Run b (two)"], page.Descendants("h2").Select(heading => heading.Value));
        Assert.Single(page.Descendants("main"));
    }

    [Fact]
    public async Task Render_TwoRuns_ShowsWhatTheirRecipesDifferIn()
    {
        var page = await Page(Run("a", "same", 0.1), Run("b", "same", 0.2));

        var rows = Rows(page, "Keys of the recipes that differ");
        Assert.Equal(["method.temperature|0.1|0.2"], rows);
        Assert.Contains("train/loss|1 (best 0.5, step 10)|1 (best 0.5, step 10)", Rows(page, "Metrics, the last value and the best one"));
    }

    [Fact]
    public async Task Render_KeysOfOneRunAlone_StandInAClosedPart()
    {
        var other = Run("b", "two", 0.2);
        var parameters = new Dictionary<string, string>(other.Stored!.Params) { ["method.own"] = "1" };

        var page = await Page(Run("a", "one", 0.1), other with { Stored = other.Stored with { Params = parameters } });

        Assert.Equal(["method.temperature|0.1|0.2"], Rows(page, "Keys of the recipes that differ"));
        Assert.Equal(["method.own||1"], Rows(page, "Keys of the recipes that some runs do not have"));
        var part = page.Descendants("details").Single(details => details.Element("summary")!.Value == "Keys of the recipes that some runs do not have (1)");
        Assert.Null(part.Attribute("open"));
    }

    [Fact]
    public async Task Render_Features_ShowsNeighboursAndConfusion()
    {
        var page = await Page(Run("a", "one", 0.1) with { Features = Study("cat") });

        Assert.Equal(["cat|1|0", "dog|1|1"], Rows(page, "Images by class (rows) and by the class they are taken for (columns)"));
        var gallery = page.Descendants("table").Single(table => table.Element("caption")!.Value == "Images and their nearest neighbours");
        Assert.Equal(["0.500 other class", "1.000", "0.250 other class"],
            gallery.Descendants("td").Select(cell => string.Join(' ', cell.Elements("span").Skip(1).Select(span => span.Value))));
        Assert.Contains(page.Descendants("p"), paragraph => paragraph.Value.Contains("66.7 % of the images are recognised", StringComparison.Ordinal));
        Assert.Contains(page.Descendants("p"), paragraph =>   // exp(2/3 log 3/2 + 1/3 log 3) = 1.89
            paragraph.Value.Contains("effective rank 1.9, 100.0 % of the variance in the first 10 directions", StringComparison.Ordinal));
        Assert.Contains(page.Descendants("desc"), text => text.Value.StartsWith("singular value: 2 values, from 1 at direction 1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Render_FeaturesOfVideos_CallsThemVideos()
    {
        var page = await Page(Run("a", "one", 0.1) with { Features = Study("cat") with { AreVideos = true } });

        Assert.Equal(["cat|1|0", "dog|1|1"], Rows(page, "Videos by class (rows) and by the class they are taken for (columns)"));
        Assert.Contains(page.Descendants("caption"), caption => caption.Value == "Videos and their nearest neighbours");
        Assert.Contains(page.Descendants("p"), paragraph => paragraph.Value.Contains("66.7 % of the videos are recognised", StringComparison.Ordinal));
        Assert.DoesNotContain("images", string.Concat(page.Descendants("section").Select(section => section.Value)), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Render_ProbeOfTheLastEvaluation_ShowsWhatItConfusesInPlaceOfVotes()
    {
        var kept = new KeptConfusion("linear-sgd", 1200, "drawn", false, ["cat", "dog"], [[0, 0, 7], [0, 1, 1], [1, 1, 2]]);

        var page = await Page(Run("a", "one", 0.1) with { Features = Study("cat"), Confusions = [kept] }, Run("b", "two", 0.1) with { Confusions = [kept] });

        const string caption = "Images by class (rows) and by the class they are taken for by linear-sgd (columns)";
        var tables = page.Descendants("table").Where(table => table.Element("caption")!.Value == caption).ToList();
        Assert.Equal(2, tables.Count);   // features are not needed for it
        Assert.Equal(["cat|7|1", "dog|0|2"], tables[0].Element("tbody")!.Elements("tr")
            .Select(row => string.Join('|', row.Elements().Select(cell => cell.Value.Trim()))));
        Assert.Contains(page.Descendants("p"), text => text.Value == "linear-sgd after 1,200 steps, 10 images of 'drawn': 90.0 % are recognised.");
        Assert.DoesNotContain("nearest neighbours among", page.Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Render_ProbeOfManyClasses_ShowsItsCommonestMistakes()
    {
        string[] classes = [.. Enumerable.Range(0, 26).Select(label => $"c{label}")];
        var kept = new KeptConfusion("linear-sgd", 12, "drawn", true, classes, [[0, 0, 7], [0, 25, 1], [3, 4, 2]]);

        var page = await Page(Run("a", "one", 0.1) with { Confusions = [kept] });

        Assert.Equal(["c3|c4|2", "c0|c25|1"], Rows(page, "Classes that are confused most often by linear-sgd, at most 25 pairs"));
    }

    [Fact]
    public async Task Render_VotesThatFailed_SayWhyAndCostNothingElse()
    {
        var page = await Page(Run("a", "one", 0.1) with { Features = Study("cat") with { Votes = null, VotesFault = "a file is gone." } });

        Assert.Contains(page.Descendants("p"), paragraph => paragraph.Value == "There is none: a file is gone.");
        Assert.Contains(page.Descendants("caption"), caption => caption.Value == "Images and their nearest neighbours");
    }

    [Fact]
    public async Task Render_Measures_ArePercentagesWhereTheyAreSharesOfTheImages()
    {
        var run = Run("a", "one", 0.1);
        var measured = new[] { ("final/knn", 0.5), ("final/search/recall-at-1", 0.25), ("final/groups/NMI", 0.5), ("online/knn", 0.125) };

        var page = await Page(run with
        {
            Stored = run.Stored! with { Metrics = measured.ToDictionary(one => one.Item1, one => new MetricPoint(one.Item1, one.Item2, 1, 5)) },
        });

        Assert.EndsWith("|final/groups/NMI 0.5, final/knn 50.0 %, final/search/recall-at-1 25.0 %, online/knn 0.125",
            Assert.Single(Rows(page, "The runs and their last numbers")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Render_MeasuredAfterwards_SaysSo()
    {
        LaterNumber[] later = [new("groups", "NMI", 0.5, 40, "x"), new("knn", "accuracy", 0.25, 40, "x")];
        ReportedRun[] runs = [Run("a", "one", 0.1) with { Later = later }, Run("b", "one", 0.2)];

        var page = await Page(runs);

        Assert.EndsWith("|groups/NMI 0.5 (measured afterwards), knn 25.0 % (measured afterwards)",
            Rows(page, "The runs and their last numbers")[0], StringComparison.Ordinal);
        Assert.Equal(["groups/NMI|0.5|", "knn|0.25|"], Rows(page, "Measured after the training, the newest number of each protocol"));
    }

    [Theory]
    [InlineData("collapsed", "bad")]
    [InlineData("of another program", "")]
    public async Task Render_Verdict_HasItsCauseAndAdvice(string word, string tone)
    {
        var run = Run("a", "one", 0.1);
        var tags = new Dictionary<string, string>
        {
            ["parallax.verdict"] = word, ["parallax.verdict.cause"] = "all is one", ["parallax.verdict.advice"] = "Lower the rate.",
        };

        var page = await Page(run with { Stored = run.Stored! with { Tags = tags } });

        var sentence = page.Descendants("p").Single(paragraph => paragraph.Value == $"{word}: all is one. Lower the rate.");
        Assert.Equal(tone, sentence.Element("span")!.Attribute("class")!.Value);
    }

    [Theory]
    [InlineData("FAILED", 1)]
    [InlineData("FINISHED", 0)]   // it failed once, and went on
    public async Task Render_FailedRun_SaysWhyAndHowToSeeIt(string status, int expected)
    {
        var run = Run("a", "one", 0.1);
        var tags = new Dictionary<string, string> { ["parallax.failure"] = "The loss is NaN.", ["parallax.failure.step"] = "7" };

        var page = await Page(run with { Stored = run.Stored! with { Status = status, Tags = tags } });

        Assert.Equal(expected, page.Descendants("p").Count(paragraph =>
            paragraph.Value == "failed: The loss is NaN. See its last step: parallax replay a --step 7"));
    }

    [Fact]
    public async Task Render_NothingKnown_SaysSo()
    {
        var stored = new StoredRun("abc", "0", "bare", "RUNNING", 0, null, "", false);

        var page = await Page(new ReportedRun("abc", stored, null, new Dictionary<string, IReadOnlyList<MetricPoint>>()));

        Assert.Contains("No verdict", page.ToString(), StringComparison.Ordinal);
        Assert.Contains("The tracking store has no curves", page.ToString(), StringComparison.Ordinal);
        Assert.Contains("The run has no folder here", page.ToString(), StringComparison.Ordinal);
    }

    private static List<string> Rows(XElement page, string caption) =>
    [
        .. page.Descendants("table").Single(table => table.Element("caption")!.Value == caption).Element("tbody")!.Elements("tr")
            .Select(row => string.Join('|', row.Elements().Select(cell => cell.Value.Trim()))),
    ];

    private static async Task<XElement> Page(params ReportedRun[] runs)
    {
        var comparison = runs.Length == 1 ? null : await RunComparison.Of(
            [.. runs.Select(run => run.Stored!)], (runId, key) => Task.FromResult(runs.Single(run => run.RunId == runId).Curves[key]),
            [.. runs.Select(run => run.Later)]);
        var text = ReportPage.Render(runs, comparison, "1.2.3", DateTimeOffset.UnixEpoch).Text;

        return XDocument.Parse(text.Replace("<!DOCTYPE html>", "", StringComparison.Ordinal)).Root!;
    }

    private static ReportedRun Run(string id, string method, double temperature)
    {
        MetricPoint[] loss = [new("train/loss", 2, 1, 5), new("train/loss", 0.5, 2, 10), new("train/loss", 1, 3, 15)];

        return new(
            id, new(id, "0", $"name of {id}", "FINISHED", 0, 1, "", false)
            {
                Metrics = new Dictionary<string, MetricPoint> { ["train/loss"] = loss[^1] },
                Params = new Dictionary<string, string> { ["method.temperature"] = FormattableString.Invariant($"{temperature}") },
                Tags = new Dictionary<string, string> { ["method"] = method, ["parallax.verdict"] = "learning", ["parallax.verdict.cause"] = "the loss falls" },
            },
            null, new Dictionary<string, IReadOnlyList<MetricPoint>> { ["train/loss"] = loss });
    }

    private static FeatureStudy Study(string name)
    {
        using var file = new MemoryStream();
        PngWriter.Write(file, new byte[] { 0 }, 1, 1, 1);
        var data = new DatasetInfo("drawn", DatasetSplit.Test, 3, [name, "dog"], 1, new(1, 1), [0.5], [0.5], "0", name);
        StudiedImage Image(int label, params Neighbour[] found) => new($"{name}.png", label, file.ToArray(), label, -label, found);

        return new(10, data, [Image(0, new Neighbour(1, 0.5)), Image(1, new Neighbour(2, 1)), Image(1, new Neighbour(0, 0.25))], [2, 1], 4,
            new(9, new[,] { { 1, 0 }, { 1, 1 } }), 5);
    }
}
