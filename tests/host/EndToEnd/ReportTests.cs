using System.Xml.Linq;
using Parallax.Host.Tests.Browser;

namespace Parallax.Host.Tests.EndToEnd;

/// <summary>From runs to a page, by the program as it is built, and the page in a browser.</summary>
public sealed class ReportTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Report_TwoTrainedRuns_IsOneWholePageForEveryReader()
    {
        string[] runs = [Train(), Train("--set", "optimizer.baseLearningRate=0.2")];

        var told = _place.Succeed(["report", .. runs.Select(run => run[..12]), "--images", "20", "--out", "r.html"]);

        Assert.Contains("Features of 20 images", told.Error, StringComparison.Ordinal);
        var (file, page) = Read("r.html");
        Assert.Equal(
            ["Overview", "Differences", "Curves", .. runs.Select(run => $"Run {run[..8]} (mochi)")], page.Descendants("h2").Select(heading => heading.Value));
        string[] titles =
        [
            "Loss", "Learning rate", "Effective rank of the embeddings", "Accuracy during training", "Views of the first batch", "Activation maps",
            "Kernels of the first convolution",
        ];
        foreach (var title in titles)
        {
            Assert.Contains(page.Descendants("figcaption"), caption => caption.Value == title);
        }

        Assert.Contains(page.Descendants("tr"), row => string.Join('|', row.Elements().Select(cell => cell.Value)) == "optimizer.baseLearningRate|0.1|0.2");
        Assert.Equal(2 * 20, page.Descendants("symbol").Count());
        Assert.Equal(2 * 4 * 4, page.Descendants("td").Count(cell => ((string?)cell.Attribute("class") ?? "").StartsWith("count", StringComparison.Ordinal)));
        Assert.DoesNotContain(page.Descendants().Attributes(), attribute => attribute.Value.Contains("://", StringComparison.Ordinal));
        Assert.DoesNotContain("url(", page.Descendants("style").Single().Value, StringComparison.Ordinal);
        await LookAsync(file);
    }

    [Fact]
    public void Report_WhatIsMissing_IsSaidInThePage()
    {
        var run = Train("--set", "trainer.maxSteps=2", "--set", "evaluation.online=null");
        Directory.Delete(Path.Combine(_place.RunFolder()!, "checkpoints"), recursive: true);
        File.Delete(_place.Database);

        var told = _place.Succeed("report", run, "--out", "r.html");

        Assert.Contains("has no checkpoint in", told.Error, StringComparison.Ordinal);
        var notes = Read("r.html").Page.Descendants("p").Where(paragraph => (string?)paragraph.Attribute("class") == "note")
            .Select(note => note.Value).ToList();
        Assert.Contains(notes, note => note.StartsWith("No curves and numbers: There is no tracking file", StringComparison.Ordinal));
        Assert.Contains(notes, note => note.StartsWith("No features: Run", StringComparison.Ordinal));
    }

    [Fact]
    public void Report_WithoutTheStore_HasWhatTheFolderKnows()
    {
        var run = Train("--set", "trainer.maxSteps=20", "--set", "evaluation.online=null");
        File.Delete(_place.Database);

        var told = _place.Succeed("report", run, "--out", "r.html");

        Assert.Contains($"Run {run[..8]} (mochi): No curves and numbers: There is no tracking file", told.Error, StringComparison.Ordinal);
        var page = Read("r.html").Page;
        var row = page.Descendants("table").Single(table => table.Element("caption")!.Value == "The runs and their last numbers").Element("tbody")!
            .Elements("tr").Single().Elements().Select(cell => cell.Value).ToList();
        Assert.Equal((run, "mochi-shapes-resnet20", "mochi", "finished", "20"), (row[0], row[1], row[2], row[3], row[5]));
        Assert.Matches(@"^\d", row[6]);   // the loss
        Assert.DoesNotContain(page.Descendants("p"), paragraph => paragraph.Value.StartsWith("No verdict", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("There is no run nowhere in sqlite:///", "report", "RUN", "nowhere")]
    [InlineData("is given twice. Give it once.", "report", "RUN", "RUN")]
    [InlineData("--images is 1; expected 2 to 2000 images.", "report", "RUN", "--images", "1")]
    [InlineData("r.html is there already. Add --force to replace it", "report", "RUN", "--out", "r.html")]
    public void Report_WhatCannotBe_EndsWithOneLineAndNoFile(string expected, params string[] arguments)
    {
        var run = Train("--set", "trainer.maxSteps=2", "--set", "evaluation.online=null");
        File.WriteAllText(Path.Combine(_place.Folder, "r.html"), "mine");

        var told = _place.Run([.. arguments.Select(argument => argument == "RUN" ? run : argument)]);

        Assert.Equal(2, told.ExitCode);
        Assert.Contains(expected, told.Error, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(Path.Combine(_place.Folder, "r.html")));
        Assert.False(File.Exists(Path.Combine(_place.Folder, "report.html")));
    }

    private static async Task LookAsync(string file)
    {
        await using var browser = await BrowserSession.StartAsync();
        foreach (var (isDark, width) in new[] { (false, 1280), (true, 1280), (false, 360) })
        {
            var page = await browser.OpenAsync($"file://{Uri.EscapeDataString(file).Replace("%2F", "/", StringComparison.Ordinal)}", isDark, width);

            Assert.Empty(await page.ViolationsAsync());
            Assert.Empty(page.Faults);
            Assert.Single(page.Requests, address => !address.StartsWith("data:", StringComparison.Ordinal));
            Assert.Equal(0, await page.OverflowAsync());
        }
    }

    private string Train(params string[] options)
    {
        var before = Runs();
        _place.Succeed(["train", _place.Recipe, .. options]);

        return Assert.Single(Runs().Except(before));
    }

    private string[] Runs() => Directory.Exists(Path.Combine(_place.Folder, "runs"))
        ? [.. Directory.EnumerateDirectories(Path.Combine(_place.Folder, "runs")).Select(folder => Path.GetFileName(folder))] : [];

    private (string File, XElement Page) Read(string name)
    {
        var file = Path.Combine(_place.Folder, name);

        return (file, XDocument.Parse(File.ReadAllText(file).Replace("<!DOCTYPE html>", "", StringComparison.Ordinal)).Root!);
    }
}
