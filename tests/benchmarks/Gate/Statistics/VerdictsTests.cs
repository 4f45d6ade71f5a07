namespace Parallax.Benchmarks.Tests.Gate.Statistics;

public sealed class VerdictsTests
{
    [Theory]
    [InlineData(Verdict.Pass, Outcome.Pass, Outcome.Pass)]
    [InlineData(Verdict.Pass, Outcome.Pass, Outcome.NotCompared)]
    [InlineData(Verdict.Inconclusive, Outcome.Pass, Outcome.Inconclusive)]
    [InlineData(Verdict.Inconclusive, Outcome.NotCompared, Outcome.NotCompared)]
    [InlineData(Verdict.Fail, Outcome.Pass, Outcome.Fail)]
    [InlineData(Verdict.Fail, Outcome.Inconclusive, Outcome.Fail)]
    [InlineData(Verdict.Fail, Outcome.Pass, Outcome.New)]
    [InlineData(Verdict.Fail, Outcome.Pass, Outcome.Missing)]
    [InlineData(Verdict.Fail, Outcome.Pass, Outcome.Invalid)]
    public void Of_TwoOutcomes_IsTheWorseOne(object expected, object first, object second)
    {
        Assert.Equal((Verdict)expected, Verdicts.Of([(Outcome)first, (Outcome)second]));
    }

    [Fact]
    public void Of_Nothing_IsInconclusive()
    {
        Assert.Equal(Verdict.Inconclusive, Verdicts.Of([]));
    }

    [Theory]
    [InlineData(Verdict.Pass, 0)]
    [InlineData(Verdict.Fail, 1)]
    [InlineData(Verdict.Inconclusive, 3)]
    public void Verdict_AsANumber_IsTheExitCode(object verdict, int exitCode)
    {
        Assert.Equal(exitCode, (int)(Verdict)verdict);
    }
}
