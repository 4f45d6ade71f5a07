using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.Tracking;

public sealed class RunIdsTests
{
    private static readonly string[] Known = ["abc1", "abc2", "ab", "d"];

    [Theory]
    [InlineData("abc1", "abc1")]
    [InlineData("d", "d")]
    [InlineData("abc2", "abc2")]
    [InlineData("ab", "ab")]   // the whole id of a run, though others begin so
    [InlineData("x", null)]
    [InlineData("abc12", null)]
    [InlineData("", null)]
    public void Find_BeginningOfOneRun_IsThatRun(string given, string? expected) => Assert.Equal(expected, RunIds.Find(given, Known, "'runs'"));

    [Fact]
    public void Find_BeginningOfSeveral_NamesThem()
    {
        var fault = Assert.Throws<ConfigurationException>(() => RunIds.Find("a", Known, "'runs'"));
        var many = Assert.Throws<ConfigurationException>(() => RunIds.Find("r", Enumerable.Range(1, 10).Select(i => $"r{i}"), "'runs'"));

        Assert.Equal("'a' is the beginning of 3 runs in 'runs': abc1, abc2, ab. Give more of the one you mean.", fault.Message);
        Assert.Equal("'r' is the beginning of 10 runs in 'runs': r1, r2, r3, r4, r5, r6, r7, r8 and 2 more. Give more of the one you mean.", many.Message);
    }
}
