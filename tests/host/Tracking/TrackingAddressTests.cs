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
    [InlineData("file:runs", "file store")]
    [InlineData("file", "file store")]
    [InlineData("runs.db", "sqlite:///runs.db")]
    [InlineData("/data/mlflow.db", "sqlite:////data/mlflow.db")]
    [InlineData("file:///data/my%20runs.sqlite", "sqlite:////data/my runs.sqlite")]
    [InlineData("postgresql://user:secret@host/db", "MLflow server")]
    [InlineData("postgres://host/db?password=secret", "a postgres database")]
    [InlineData("mysql+pymysql://user:top@secret@host/db", "a mysql database")]
    [InlineData("mssql+pyodbc://user:a/secret@host/db", "a mssql database")]
    [InlineData("databricks", "Databricks workspace")]
    [InlineData("Databricks-UC", "Unity Catalog")]
    [InlineData("databricks://profile", "Databricks workspace")]
    [InlineData("databricks-uc://profile", "Unity Catalog")]
    [InlineData("uc:http://host", "Unity Catalog")]
    [InlineData("azureml://region.api.azureml.ms/mlflow/v1.0", "Azure Machine Learning")]
    [InlineData("arn:aws:sagemaker:eu-west-1:1:mlflow-tracking-server/x", "SageMaker")]
    [InlineData("s3://bucket/mlruns", "a place for files, not for runs")]
    [InlineData("gs://bucket", "--artifacts-destination")]
    [InlineData("hdfs://namenode:8020/x", "a place for files, not for runs")]
    [InlineData("runs:/0123/model", "something inside a store")]
    [InlineData("htpp://host:5000", "scheme 'htpp'")]
    [InlineData("localhost:5000", "http://localhost:5000")]
    [InlineData("10.0.0.7:5000/prefix", "https://10.0.0.7:5000/prefix")]
    [InlineData("sqlite://", "names no file")]
    [InlineData("sqlite://mlflow.db", "Perhaps sqlite:///mlflow.db is meant")]
    [InlineData("sqlite:mlflow.db", "Perhaps sqlite:///mlflow.db is meant")]
    [InlineData("sqlite:///:memory:", "names no file")]
    [InlineData("http://", "no valid web address")]
    [InlineData("http://user:my secret@host:x", "no valid web address")]
    public void Parse_Unsupported_SaysWhatItIsAndNamesTheAlternative(string text, string expected)
    {
        var fault = Assert.Throws<ConfigurationException>(() => TrackingAddress.Parse(text, "MLFLOW_TRACKING_URI"));

        Assert.StartsWith("MLFLOW_TRACKING_URI is '", fault.Message, StringComparison.Ordinal);
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", fault.Message, StringComparison.Ordinal);
        Assert.True(fault.Message.Contains("sqlite:///", StringComparison.Ordinal) || fault.Message.Contains("http://", StringComparison.Ordinal), "says " +
            "which address to use");
    }
}
