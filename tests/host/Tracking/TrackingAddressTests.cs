using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.Tracking;

public sealed class TrackingAddressTests
{
    [Fact]
    public void Resolve_NothingSet_IsMlflowDbHere()
    {
        var address = TrackingAddress.Resolve(null, _ => null);

        Assert.Equal(new SqliteAddress(Path.GetFullPath("mlflow.db")), address);
    }

    [Fact]
    public void Resolve_BothSet_RecipeWins()
    {
        var address = TrackingAddress.Resolve("http://a", name => name == "MLFLOW_TRACKING_URI" ? "http://b" : null);

        Assert.Equal("http://a", address.Display);
    }

    [Theory]
    [InlineData("sqlite:////abs/dir/x.db", "/abs/dir/x.db")]
    [InlineData("sqlite+pysqlite:////abs/x.db", "/abs/x.db")]
    [InlineData("SQLite:////abs/x.db?timeout=5", "/abs/x.db")]
    public void Parse_Sqlite_IsTheFile(string text, string file)
    {
        Assert.Equal(new SqliteAddress(file), TrackingAddress.Parse(text, "test"));
    }

    [Theory]
    [InlineData("http://host:5000", "http://host:5000", null)]
    [InlineData("https://host/prefix/", "https://host/prefix", null)]
    [InlineData("https://user:p%40ss@host/prefix", "https://host/prefix", "user:p@ss")]
    public void Parse_Server_KeepsThePrefixAndHidesCredentials(string text, string display, string? userInfo)
    {
        var address = Assert.IsType<ServerAddress>(TrackingAddress.Parse(text, "test"));

        Assert.Equal(display, address.Display);
        Assert.Equal(display, address.ToString());
        Assert.Equal(userInfo, address.UserInfo);
    }

    [Theory]
    [InlineData("mlruns", "file store")]
    [InlineData("./mlruns", "file store")]
    [InlineData("file:///data/mlruns", "sqlite:///mlflow.db")]
    [InlineData("postgresql://user:secret@host/db", "MLflow server")]
    [InlineData("databricks", "file store")]
    [InlineData("databricks://profile", "expected http://")]
    [InlineData("sqlite://", "names no file")]
    [InlineData("http://", "no valid web address")]
    public void Parse_Unsupported_NamesTheAlternative(string text, string expected)
    {
        var fault = Assert.Throws<ConfigurationException>(() => TrackingAddress.Parse(text, "tracking.uri"));

        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", fault.Message, StringComparison.Ordinal);
    }
}
