using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.Tracking;

/// <summary>What is said about answers that are not the hoped-for ones.</summary>
public sealed class MlflowAnswerTests
{
    private const string NginxPage =
        "<html>\r\n<head><title>{0}</title></head>\r\n<body>\r\n<center><h1>{0}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>";

    [Theory]
    [InlineData(429, "too many requests")]
    [InlineData(500, "an error inside the server")]
    [InlineData(502, "the MLflow server behind it does not")]
    [InlineData(503, "not available at the moment")]
    [InlineData(504, "took too long")]
    [InlineData(413, "is larger than the server")]
    [InlineData(403, "does not permit this")]
    [InlineData(401, "asks for a login. Set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN")]
    [InlineData(407, "a proxy on the way asks for a login")]
    [InlineData(507, "disk is full")]
    public void Read_Page_SaysWhatTheStatusMeansWithoutMarkup(int status, string expected)
    {
        var words = Read(status, NginxPage.Replace("{0}", $"{status} Some &amp; Words", StringComparison.Ordinal));

        Assert.StartsWith($"HTTP {status}, ", words, StringComparison.Ordinal);
        Assert.Contains(expected, words, StringComparison.Ordinal);
        Assert.Contains($"(a web page, \"{status} Some & Words\")", words, StringComparison.Ordinal);
        Assert.DoesNotContain("<", words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<!doctype html><p>Sorry,\n  the <b>disk</b> is full</p><script>let a = 1 < 2;</script>", "a web page, \"Sorry, the disk is full\"")]
    [InlineData("  <?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", "a web page, \"AccessDenied\"")]
    [InlineData("{\"detail\": \"Not authenticated\"}", "Not authenticated")]
    [InlineData("{\"error\": \"upstream\\nis away\"}", "upstream is away")]
    [InlineData("plain\r\n words", "plain words")]
    [InlineData("<>", "a web page")]
    public void Read_AnyBody_IsOneLineOfText(string body, string expected) => Assert.Equal(expected, HttpErrorText.Read(Encoding.UTF8.GetBytes(body)));

    [Fact]
    public void Read_MlflowsOwnError_KeepsItsCodeAndWords()
    {
        var words = Read(400, """{"error_code":"INVALID_PARAMETER_VALUE","message":"Changing param values is not allowed."}""");

        Assert.Equal("HTTP 400 INVALID_PARAMETER_VALUE: Changing param values is not allowed.", words);
    }

    [Fact]
    public void Read_MlflowsOwnError500_SaysBoth()
    {
        var words = Read(500, """{"error_code":"INTERNAL_ERROR","message":"database or disk is full"}""");

        Assert.Equal("HTTP 500 INTERNAL_ERROR, an error inside the server; its log says more: database or disk is full", words);
    }

    [Fact]
    public void Read_CredentialsSent_SaysThatTheyAreNotAccepted()
    {
        var words = Read(401, "You are not authenticated.", request => request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "t"));

        Assert.Contains("does not accept these credentials", words, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TooManyRequests_SaysHowLongToWait()
    {
        var words = Read(429, "", null, answer => answer.Headers.RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(7)));

        Assert.Equal("HTTP 429, too many requests; it asks to wait 7 s", words);
    }

    [Theory]
    [InlineData("https://host/api/2.0/mlflow/runs/get?run_id=1", "the server sends to https://host. Use that as the address")]
    [InlineData("/login?next=x", "sends to http://host/login, which seems to be a login")]
    [InlineData("https://sso.example.org/oauth2/auth", "sends to https://sso.example.org/oauth2/auth")]
    public void Read_Redirection_SaysWhereTo(string location, string expected)
    {
        var words = Read(302, "", null, answer => answer.Headers.Location = new Uri(location, UriKind.RelativeOrAbsolute));

        Assert.Contains(expected, words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<html><head><title>400 The plain HTTP request was sent to HTTPS port</title></head></html>")]
    [InlineData("Client sent an HTTP request to an HTTPS server.\n")]
    [InlineData("<p>Reason: You're speaking plain HTTP to an SSL-enabled server port.</p>")]
    public void Read_PlainHttpAtATlsPort_SaysHttps(string body)
    {
        Assert.Contains("Use https://host as the address", Read(400, body), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_HostNotAllowed_NamesTheSwitch()
    {
        Assert.Contains("--allowed-hosts host", Read(403, "Invalid Host header - possible DNS rebinding attack detected"), StringComparison.Ordinal);
    }

    [Fact]
    public void ReadAnswer_LoginPage_SaysWhatItIs()
    {
        var fault = Assert.Throws<MlflowException>(() => MlflowAnswer.Read<RunResponse>(
            "<!DOCTYPE html><html><head><title>Sign in</title></head></html>"u8.ToArray(),
            new Uri("http://host/api/2.0/mlflow/runs/get?run_id=secret")));

        Assert.StartsWith("/api/2.0/mlflow/runs/get did not answer as an MLflow server does: it is a web page, \"Sign " +
            "in\"", fault.Message, StringComparison.Ordinal);
        Assert.Contains("MLFLOW_TRACKING_TOKEN", fault.Message, StringComparison.Ordinal);
    }

    private static string Read(int status, string body, Action<HttpRequestMessage>? change = null, Action<HttpResponseMessage>? answer = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://host/api/2.0/mlflow/runs/get?run_id=1");
        change?.Invoke(request);
        using var response = new HttpResponseMessage((HttpStatusCode)status) { RequestMessage = request };
        answer?.Invoke(response);
        return MlflowAnswer.ReadError(response, Encoding.UTF8.GetBytes(body)).Message;
    }
}
