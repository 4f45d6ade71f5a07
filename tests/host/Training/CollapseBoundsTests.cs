using Parallax.Host.Training;

namespace Parallax.Host.Tests.Training;

/// <summary>The bounds of the watch, on both sides.</summary>
[Collection(GeneratorCollection.Name)]
public sealed class CollapseBoundsTests
{
    private readonly EmbeddingHealth _healthy = new(Spread: 0.9, EffectiveRank: 20, Rows: 64, Width: 32, Uniformity: -3, Alignment: 0.3, Usage: 0.5,
        TargetEntropy: 0.5, TargetWidth: 100);

    [Theory]
    [InlineData(0.0999, false)]
    [InlineData(0.1, true)]
    public void Observe_Spread_IsHealthyFromATenth(double spread, bool healthy) => Assert.Equal(healthy, Verdict(_healthy with { Spread = spread }) is null);

    [Theory]
    [InlineData(1.4999, false)]
    [InlineData(1.5, true)]
    public void Observe_EffectiveRank_IsHealthyFromOneAndAHalf(double rank, bool healthy) =>
        Assert.Equal(healthy, Verdict(_healthy with { EffectiveRank = rank }) is null);

    [Theory]
    [InlineData(0.01499, false)]   // of 100 columns: one and a half in use
    [InlineData(0.015, true)]
    public void Observe_Usage_IsHealthyFromOneAndAHalfColumns(double usage, bool healthy) =>
        Assert.Equal(healthy, Verdict(_healthy with { Usage = usage }) is null);

    [Theory]
    [InlineData(0.9995, 1000, true)]
    [InlineData(0.9996, 1000, false)]
    [InlineData(0.9996, 250, true)]    // targets may be flat in the first quarter
    [InlineData(0.9996, 251, false)]
    public void Observe_TargetEntropy_IsJudgedAfterAQuarter(double entropy, long step, bool healthy) =>
        Assert.Equal(healthy, Verdict(_healthy with { TargetEntropy = entropy }, step) is null);

    [Theory]
    [InlineData(1000, 49, true)]
    [InlineData(1000, 50, false)]
    [InlineData(10_000, 499, true)]    // a twentieth of a long run
    [InlineData(10_000, 500, false)]
    public void Observe_FirstSteps_AreNotJudged(long totalSteps, long step, bool silent) =>
        Assert.Equal(silent, Verdict(_healthy with { Spread = 0 }, step, totalSteps) is null);

    [Theory]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public void Observe_Reports_ThreeInARowCount(int reports, bool silent) =>
        Assert.Equal(silent, Verdict(_healthy with { Spread = 0 }, reports: reports) is null);

    [Fact]
    public void Observe_AnotherKindInBetween_BeginsToCountAnew()
    {
        var watch = new CollapseWatch(new TinyMethod(), 1000);
        var (point, line) = (_healthy with { Spread = 0 }, _healthy with { EffectiveRank = 1 });

        var said = new[] { point, point, line, point, point, point }.Select(health => watch.Observe(health, 1000)).ToList();

        Assert.Equal([5], Enumerable.Range(0, 6).Where(i => said[i] is not null));
    }

    [Fact]
    public void Observe_OneCollapseAfterAnother_IsToldOnceEach()
    {
        var watch = new CollapseWatch(new TinyMethod(), 1000);

        var said = Enumerable.Repeat(_healthy with { Spread = 0 }, 5).Concat(Enumerable.Repeat(_healthy with { EffectiveRank = 1 }, 5))
            .Select(health => watch.Observe(health, 1000)).OfType<string>().ToList();

        Assert.Equal(2, said.Count);
        Assert.Contains("nearly the same embedding", said[0], StringComparison.Ordinal);
        Assert.Contains("lie on one line", said[1], StringComparison.Ordinal);
        Assert.Equal(said[1], watch.Verdict);
    }

    private static string? Verdict(EmbeddingHealth health, long step = 1000, long totalSteps = 1000, int reports = 3)
    {
        var watch = new CollapseWatch(new TinyMethod(), totalSteps);
        for (var i = 0; i < reports; i++)
        {
            watch.Observe(health, step);
        }

        return watch.Verdict;
    }
}
