using Parallax.Host.Distributed;

namespace Parallax.Host.Tests.Distributed;

public sealed class SlurmNodeListTests
{
    [Theory]
    [InlineData("login2", "login2")]
    [InlineData("a,b", "a")]
    [InlineData("a[01-03,7],b", "a01")]
    [InlineData("a[7,01-03]", "a7")]
    [InlineData("rack[2-3]-node[10-12]", "rack2-node10")]
    [InlineData("gpu[003]-ib,gpu4", "gpu003-ib")]
    public void First_List_IsTheHostOfTaskZero(string list, string expected) => Assert.Equal(expected, SlurmNodeList.First(list));

    [Theory]
    [InlineData("")]
    [InlineData(",a")]
    [InlineData("a[")]
    [InlineData("a[]")]
    [InlineData("a[01-03")]
    public void First_NoList_SaysWhatIsExpected(string list)
    {
        var fault = Assert.Throws<ConfigurationException>(() => SlurmNodeList.First(list));

        Assert.StartsWith($"SLURM_NODELIST is '{list}'; expected host names such as 'gpu[01-03,07],login2'.", fault.Message, StringComparison.Ordinal);
    }
}
