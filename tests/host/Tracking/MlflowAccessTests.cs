using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.Tracking;

public sealed class MlflowAccessTests : IDisposable
{
    private static readonly ServerAddress Server = new(new Uri("http://host"), null);
    private readonly string _home = Directory.CreateTempSubdirectory("home-").FullName;

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact]
    public void Access_UserAndToken_UserWins()
    {
        var access = Read(("MLFLOW_TRACKING_USERNAME", "ä"), ("MLFLOW_TRACKING_PASSWORD", "p:w"), ("MLFLOW_TRACKING_TOKEN", "t"));

        Assert.Equal("Basic " + Convert.ToBase64String("ä:p:w"u8), access.Authorization!.ToString());
    }

    [Fact]
    public void Access_UserWithoutPassword_TokenCounts()
    {
        var access = Read(("MLFLOW_TRACKING_USERNAME", "a"), ("MLFLOW_TRACKING_TOKEN", "t"));

        Assert.Equal("Bearer t", access.Authorization!.ToString());
    }

    [Fact]
    public void Access_CredentialsFile_IsTheFallback()
    {
        Directory.CreateDirectory(Path.Combine(_home, ".mlflow"));
        File.WriteAllText(Path.Combine(_home, ".mlflow", "credentials"), "[other]\nmlflow_tracking_username = x\n[mlflow]\nmlflow_tracking_username = "
            + "a\nmlflow_tracking_password = b=c\n");

        Assert.Equal("Basic " + Convert.ToBase64String("a:b=c"u8), Read().Authorization!.ToString());
    }

    [Fact]
    public void Access_Nothing_SendsNoHeader()
    {
        Assert.Null(Read().Authorization);
    }

    [Fact]
    public void Access_InsecureAndAuthorities_Refuses()
    {
        var fault = Assert.Throws<ConfigurationException>(() => Read(("MLFLOW_TRACKING_INSECURE_TLS", "true"), ("MLFLOW_TRACKING_SERVER_CERT_PATH", "x.pem")));

        Assert.Contains("Unset one of them", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MLFLOW_TRACKING_SERVER_CERT_PATH")]
    [InlineData("MLFLOW_TRACKING_CLIENT_CERT_PATH")]
    public void Access_MissingCertificate_NamesVariableAndFile(string variable)
    {
        var fault = Assert.Throws<ConfigurationException>(() => Read((variable, "/nonexistent/x.pem")));

        Assert.StartsWith($"{variable} is '/nonexistent/x.pem'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CreateHandler_Any_DropsIdleConnectionsBeforeTheServerDoes()
    {
        using var handler = Read(("MLFLOW_TRACKING_INSECURE_TLS", "1")).CreateHandler();

        Assert.True(handler.PooledConnectionIdleTimeout < TimeSpan.FromSeconds(5));
        Assert.NotNull(handler.SslOptions.RemoteCertificateValidationCallback);
    }

    [Fact]
    public void Access_LimitsOfRequests_AreThoseOfMlflow()
    {
        var access = Read(("MLFLOW_HTTP_REQUEST_TIMEOUT", "7.5"), ("MLFLOW_ARTIFACT_UPLOAD_DOWNLOAD_TIMEOUT", "90"), ("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0"));
        var usual = Read(("MLFLOW_HTTP_REQUEST_TIMEOUT", " "));

        Assert.Equal((TimeSpan.FromSeconds(7.5), TimeSpan.FromSeconds(90), 0), (access.Timeout, access.UploadTimeout, access.ReadRetries));
        Assert.Equal((TimeSpan.FromSeconds(120), TimeSpan.FromMinutes(30), 2), (usual.Timeout, usual.UploadTimeout, usual.ReadRetries));
    }

    [Fact]
    public void Access_FileWithoutCertificate_SaysSo()
    {
        var file = Path.Combine(_home, "empty.pem");
        File.WriteAllText(file, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");

        var fault = Assert.Throws<ConfigurationException>(() => Read(("MLFLOW_TRACKING_SERVER_CERT_PATH", file)));

        Assert.Contains("it holds no certificate", fault.Message, StringComparison.Ordinal);
    }

    private MlflowAccess Read(params (string Name, string Value)[] variables)
    {
        var environment = variables.Append(("HOME", _home)).ToDictionary(v => v.Item1, v => v.Item2);
        return new MlflowAccess(Server, new MlflowEnvironment(environment.GetValueOrDefault));
    }
}
