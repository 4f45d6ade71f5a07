using Microsoft.Extensions.DependencyInjection;
using Parallax.Host.Configuration;
using Parallax.Host.Leaderboards;
using Parallax.Host.Tests.EndToEnd;

namespace Parallax.Host.Tests.Leaderboards;

/// <summary>Lines through 10, 100 and 1,000 images, worked out by hand.</summary>
[Collection(GeneratorCollection.Name)]
public sealed class ScalingFitTests : IDisposable
{
    private static readonly FitSeries Series = new() { Name = "same steps", Entries = ["all", "tenth", "few"] };
    private static readonly Dictionary<string, int> Images = new() { ["all"] = 1000, ["tenth"] = 100, ["few"] = 10 };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parallax-fit-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Of_OneSeed_IsTheLineOfLeastSquares()
    {
        var fit = ScalingFit.Of(Series, "knn", Images, Runs(0, 0.1, 0.2, 0.4))!;

        Assert.Equal(["few", "tenth", "all"], fit.Points.Select(point => point.Entry));
        Assert.Equal((0.15, -1 / 15.0), (fit.B, fit.A), Close);
        Assert.Equal(1 - (1 / 28.0), fit.RSquared, 1e-9);
        Assert.Equal([1 / 60.0, -1 / 30.0, 1 / 60.0], fit.Points.Select(point => point.Residual), (a, b) => Math.Abs(a - b) < 1e-9);
        Assert.Equal(-0.1, fit.LeftOutByLine, 1e-9);                              // 0.3 by the line through 0.1 and 0.2
        Assert.Equal(0.6 - (0.8 * 0.8 / 0.9), fit.LeftOutByPowerLaw!.Value, 1e-9);   // an error that falls by 8 / 9 with ten times as many images
        Assert.Null(fit.BInterval);
    }

    [Fact]
    public void Of_TwoSeeds_HasTheirMeansAndAnInterval()
    {
        var fit = ScalingFit.Of(Series, "knn", Images, [.. Runs(0, 0.1, 0.2, 0.4), .. Runs(1, 0.1, 0.2, 0.6), Run("all", 2, 0.9)])!;

        Assert.Equal([0, 1], fit.Seeds);                       // seed 2 lacks two of the entries
        Assert.Equal(0.2, fit.B, 1e-9);                        // of slopes 0.15 and 0.25
        Assert.Equal((0.2 - (12.706 * 0.05), 0.2 + (12.706 * 0.05)), (fit.BInterval!.Low, fit.BInterval.High), Close);
    }

    [Fact]
    public void Of_WhatIsNoLine_IsNothing()
    {
        Assert.Null(ScalingFit.Of(Series, "svm", Images, Runs(0, 0.1, 0.2, 0.4)));
        Assert.Null(ScalingFit.Of(Series, "knn", Images, Runs(0, 0.1, 0.2, 0.4)[..2]));
        Assert.Null(ScalingFit.Of(Series, "knn", new Dictionary<string, int>(Images) { ["few"] = 100 }, Runs(0, 0.1, 0.2, 0.4)));
        Assert.Null(ScalingFit.Of(Series, "knn", Images, Runs(0, 0.1, 0.2, 1))!.LeftOutByPowerLaw);
    }

    [Fact]
    public void Write_Fits_IsATable()
    {
        var table = ScalingFits.Write([ScalingFit.Of(Series, "knn", Images, Runs(0, 0.1, 0.2, 0.4))!]);

        Assert.EndsWith(
            "| same steps | knn | 10 to 1,000 | -6.7 | +15.0 | 0.96 | +1.7, -3.3, +1.7 | -10.0 | -11.1 |\n", table, StringComparison.Ordinal);
        Assert.Empty(ScalingFits.Write(null));
    }

    [Fact]
    public void Of_Leaderboard_TakesTheImagesOfEachShare()
    {
        Assert.SkipUnless(Directory.Exists(RepositoryFiles.Plugins), $"{RepositoryFiles.Plugins} is not there: build Framework.sln to run this test.");
        using var services = BuiltPlugins.Compose();
        var board = LeaderboardFile.Read(WriteBoard(), [], services.GetRequiredService<RecipeReader>());

        var fit = Assert.Single(services.GetRequiredService<ScalingFits>().Of(board, [.. Runs(0, 0.1, 0.2, 0.4)])!);

        Assert.Equal([("few", 16), ("tenth", 32), ("all", 64)], fit.Points.Select(point => (point.Entry, point.Images)));
        Assert.Equal(0.15 / Math.Log10(2), fit.B, 1e-9);
    }

    private string WriteBoard()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "first.yaml"), """
            data: {name: shapes, count: 64, size: 16, classes: 4}
            method: {name: simclr}
            backbone: {name: resnet20}
            trainer: {batchSize: 8}
            evaluation: {protocols: [knn-lightly]}
            """);
        var file = Path.Combine(_folder.FullName, "board.yaml");
        File.WriteAllText(file, """
            fit: {series: [{name: same steps, entries: [few, tenth, all]}]}
            entries:
              - {recipe: first.yaml, name: all}
              - {recipe: first.yaml, name: tenth, set: {data.share: 0.5}}
              - {recipe: first.yaml, name: few, set: {data.share: 0.25}}
            """);

        return file;
    }

    private static bool Close((double, double) a, (double, double) b) => Math.Abs(a.Item1 - b.Item1) < 1e-9 && Math.Abs(a.Item2 - b.Item2) < 1e-9;

    private static EntryResult[] Runs(long seed, double few, double tenth, double all) =>
        [Run("few", seed, few), Run("tenth", seed, tenth), Run("all", seed, all)];

    private static EntryResult Run(string name, long seed, double knn) =>
        new(name, name, seed, false, new Dictionary<string, double> { ["knn"] = knn, ["knn-lightly"] = knn }, 1, 1, 1, "run", "hash");
}
