using Parallax.Host.Training;

namespace Parallax.Host.Tests.Training;

[Collection(GeneratorCollection.Name)]
public sealed class CollapseWatchTests
{
    private const long TotalSteps = 1000;

    private readonly EmbeddingHealth _healthy =
        new(Spread: 0.9, EffectiveRank: 20, Rows: 64, Width: 32, Uniformity: -3, Alignment: 0.3, Usage: null, TargetEntropy: null, TargetWidth: 0);

    [Fact]
    public void Observe_HealthyRun_SaysNothing()
    {
        var watch = new CollapseWatch(new TinyMethod(), TotalSteps);

        Assert.All(Enumerable.Range(1, 20), i => Assert.Null(watch.Observe(_healthy, i * 50)));
        Assert.Null(watch.Verdict);
    }

    [Fact]
    public void Observe_SpreadGoneForThreeReports_SaysOnceWhatAndWhatToDo()
    {
        var watch = new CollapseWatch(new TinyMethod(), TotalSteps);
        var collapsed = _healthy with { Spread = 0.01, EffectiveRank = 1.2 };

        var said = Enumerable.Range(10, 10).Select(i => watch.Observe(collapsed, i * 10)).OfType<string>().ToList();

        var verdict = Assert.Single(said);
        Assert.StartsWith("Collapse at step 120: all images have nearly the same embedding (spread 0.010 of 1, effective rank 1.2 of 32).", verdict,
            StringComparison.Ordinal);
        Assert.Contains("predictor", verdict, StringComparison.Ordinal);
        Assert.Equal(verdict, watch.Verdict);
    }

    [Fact]
    public void Observe_BeforeTheNetworkSettles_SaysNothing()
    {
        var watch = new CollapseWatch(new TinyMethod(), TotalSteps);

        Assert.All(Enumerable.Range(0, 5), i => Assert.Null(watch.Observe(_healthy with { Spread = 0.01 }, i * 10)));
    }

    [Fact]
    public void Observe_OneBadReport_SaysNothing()
    {
        var watch = new CollapseWatch(new TinyMethod(), TotalSteps);

        Assert.All(Enumerable.Range(10, 20), i => Assert.Null(watch.Observe(i % 3 == 0 ? _healthy with { Spread = 0.01 } : _healthy, i * 10)));
    }

    [Fact]
    public void Observe_HealthAgain_SaysThatItRecovered()
    {
        var watch = new CollapseWatch(new TinyMethod(), TotalSteps);
        foreach (var step in new long[] { 100, 110, 120 })
        {
            watch.Observe(_healthy with { EffectiveRank = 1.1 }, step);
        }

        var said = new long[] { 130, 140, 150 }.Select(step => watch.Observe(_healthy, step)).OfType<string>().ToList();

        Assert.StartsWith("The embeddings recovered at step 150", Assert.Single(said), StringComparison.Ordinal);
        Assert.Null(watch.Verdict);
    }

    [Theory]
    [InlineData(0.011, 0.5, "one of the 100 targets")]
    [InlineData(1.0, 0.99999, "flat over all 100 columns")]
    public void Observe_Targets_AreJudgedToo(double usage, double entropy, string expected)
    {
        var watch = new CollapseWatch(new TinyMethod(), TotalSteps);
        var health = _healthy with { Usage = usage, TargetEntropy = entropy, TargetWidth = 100 };

        var said = new long[] { 400, 410, 420 }.Select(step => watch.Observe(health, step)).OfType<string>().ToList();

        Assert.Contains(expected, Assert.Single(said), StringComparison.Ordinal);
    }
}
