namespace Parallax.Benchmarks.Tests.Gate.Pairs;

public sealed class RatioStudyTests
{
    private const int Rounds = 4;
    private const string Name = "group/name";

    [Fact]
    public void Run_EqualSides_PassesAfterTheFirstRounds()
    {
        var pairs = new FakePairs(1);

        var studied = Run(pairs);

        Assert.Equal((Outcome.Pass, Rounds), (studied.Result.Outcome, pairs.Rounds));
    }

    [Fact]
    public void Run_SlowerTwice_Fails()
    {
        var pairs = new FakePairs(1.1);

        var studied = Run(pairs);

        Assert.Equal((Outcome.Fail, 2 * Rounds), (studied.Result.Outcome, pairs.Rounds));
        Assert.Contains("a first measurement gave 1.100", studied.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_SlowerOnceOnly_Passes()
    {
        var pairs = new FakePairs(1.1, 1.1, 1.1, 1.1, 1);

        var studied = Run(pairs);

        Assert.Equal(Outcome.Pass, studied.Result.Outcome);
        Assert.Contains("does not confirm", studied.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_InconclusiveAtFirst_TakesMoreRoundsUntilItIsClear()
    {
        var pairs = new FakePairs(0.9, 1.2, 0.9, 1.2, 1);

        var studied = Run(pairs);

        Assert.Equal(Outcome.Pass, studied.Result.Outcome);
        Assert.InRange(pairs.Rounds, Rounds + 1, 8 * Rounds);
    }

    [Fact]
    public void Run_NeverClear_StopsAtEightTimesTheRounds()
    {
        var pairs = new FakePairs([.. Enumerable.Range(0, 100).Select(i => i % 2 == 0 ? 0.7 : 1.5)]);

        var studied = Run(pairs);

        Assert.Equal((Outcome.Inconclusive, 8 * Rounds), (studied.Result.Outcome, pairs.Rounds));
        Assert.True(studied.Result.MoreRounds > 0);
    }

    [Fact]
    public void Run_TimeOfZero_IsInvalid()
    {
        Assert.Equal(Outcome.Invalid, Run(new FakePairs(0)).Result.Outcome);
    }

    [Fact]
    public void Run_ExpectedRatio_IsWhatCountsAsEqual()
    {
        var studied = Run(new FakePairs(0.5), expected: 0.5);

        Assert.Equal(Outcome.Pass, studied.Result.Outcome);
        Assert.Equal(0.5, studied.Result.Ratio.Middle, tolerance: 1e-9);
        Assert.Equal(Outcome.Fail, Run(new FakePairs(0.6), expected: 0.5).Result.Outcome);
    }

    [Fact]
    public void Run_Stopped_EndsBeforeTheNextRound()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();

        Assert.Throws<OperationCanceledException>(() => new RatioStudy(new FakePairs(1), Rounds, _ => { }, stop.Token).Sample([Name]));
    }

    private static StudiedRatio Run(FakePairs pairs, double expected = 1) => Assert.Single(
        new RatioStudy(pairs, Rounds, _ => { }, CancellationToken.None).Run(
            [Name], new Dictionary<string, ExpectedRatio> { [Name] = new(expected, new(0.05, 0.01)) }));
}
