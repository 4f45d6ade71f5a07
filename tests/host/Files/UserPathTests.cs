using Parallax.Host.Files;

namespace Parallax.Host.Tests.Files;

public sealed class UserPathTests
{
    private static string Home => Environment.GetEnvironmentVariable("HOME")!.TrimEnd('/');

    [Theory]
    [InlineData("~", "")]
    [InlineData("~/", "/")]
    [InlineData("~/a b/c", "/a b/c")]
    public void Expand_HomeFolder_TakesItsPlace(string path, string rest) => Assert.Equal(Home + rest, UserPath.Expand(path, "data.path"));

    [Theory]
    [InlineData("$HOME/data", "/data")]
    [InlineData("${HOME}data", "data")]
    public void Expand_Variable_TakesItsPlace(string path, string rest) =>
        Assert.Equal(Environment.GetEnvironmentVariable("HOME") + rest, UserPath.Expand(path, "data.path"));

    [Theory]
    [InlineData("data")]
    [InlineData("/a/b~/c")]
    [InlineData("./~")]
    [InlineData("price in $")]
    [InlineData("$5")]
    [InlineData("")]
    public void Expand_AnythingElse_Stays(string path) => Assert.Equal(path, UserPath.Expand(path, "data.path"));

    [Theory]
    [InlineData("~somebody/data", "data.path is '~somebody/data'; '~' and '~/...' are your own home folder")]
    [InlineData("$PARALLAX_NO_SUCH_VARIABLE/runs", "data.path is '$PARALLAX_NO_SUCH_VARIABLE/runs', but the environment variable "
        + "PARALLAX_NO_SUCH_VARIABLE is not set here.")]
    public void Expand_NobodyKnows_IsRefused(string path, string expected) =>
        Assert.StartsWith(expected, Assert.Throws<ConfigurationException>(() => UserPath.Expand(path, "data.path")).Message, StringComparison.Ordinal);

    [Fact]
    public void Expand_PathWithADollarThatExists_IsThatPath()
    {
        var root = Directory.CreateTempSubdirectory("parallax $HOME ");
        try
        {
            Assert.Equal(root.FullName, UserPath.Expand(root.FullName, "data.path"));
        }
        finally
        {
            root.Delete();
        }
    }
}
