using System.Security.Cryptography.X509Certificates;
using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.Tracking;

/// <summary>Certificates that are not good, and http where https is spoken: what is said, and that the variables named help.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly TrackingWorkplace _place = new();
    private readonly X509Certificate2 _authority = TlsServer.Issue("Test Authority", toDays: 20, fromDays: -20, isAuthority: true);

    public void Dispose()
    {
        _authority.Dispose();
        _place.Dispose();
    }

    [Theory]
    [InlineData("self-signed", "is self-signed")]
    [InlineData("unknown", "was issued by 'Test Authority', an authority that is not trusted here")]
    [InlineData("expired", "expired on ")]
    [InlineData("early", "on only (today is ")]
    [InlineData("other name", "is for 'mlflow.example.org', not for 'localhost'")]
    public async Task FindRun_BadCertificate_NamesTheProblemAndBothVariables(string kind, string expected)
    {
        using var certificate = Certificate(kind);
        using var server = new TlsServer(certificate);
        if (kind is "other name" or "expired" or "early")
        {
            Trust(_authority);   // else nobody knows which fault to tell first
        }

        var fault = await AskAsync($"https://localhost:{server.Port}");

        Assert.NotNull(fault);
        Assert.Equal(StoreFailure.Unavailable, fault.Failure);
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
        Assert.Contains("MLFLOW_TRACKING_SERVER_CERT_PATH", fault.Message, StringComparison.Ordinal);
        Assert.Contains("MLFLOW_TRACKING_INSECURE_TLS=true", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("self-signed")]
    [InlineData("unknown")]
    [InlineData("expired")]
    [InlineData("other name")]
    public async Task FindRun_InsecureTls_TakesAnyCertificate(string kind)
    {
        using var certificate = Certificate(kind);
        using var server = new TlsServer(certificate);
        _place.Environment["MLFLOW_TRACKING_INSECURE_TLS"] = "true";

        Assert.Null(await AskAsync($"https://localhost:{server.Port}"));
    }

    [Theory]
    [InlineData("self-signed")]
    [InlineData("unknown")]
    public async Task FindRun_ServerCertPath_TrustsWhatItHolds(string kind)
    {
        using var certificate = Certificate(kind);
        using var server = new TlsServer(certificate);
        Trust(kind == "self-signed" ? certificate : _authority);

        Assert.Null(await AskAsync($"https://localhost:{server.Port}"));
    }

    [Fact]
    public async Task FindRun_ServerCertPathOfAnotherAuthority_NamesTheFile()
    {
        using var certificate = Certificate("unknown");
        using var server = new TlsServer(certificate);
        using var other = TlsServer.Issue("Another Authority", isAuthority: true);
        Trust(other);

        var fault = await AskAsync($"https://localhost:{server.Port}");

        Assert.Contains("issued by 'Test Authority'", fault!.Message, StringComparison.Ordinal);
        Assert.Contains("authorities.pem', which does not hold it", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindRun_ServerWantsACertificate_NamesTheVariableAndTakesIt()
    {
        using var certificate = Certificate("self-signed");
        using var server = new TlsServer(certificate, wantsCertificate: true);
        using var own = TlsServer.Issue("client");
        Trust(certificate);

        var refused = await AskAsync($"https://localhost:{server.Port}");
        var file = _place.WriteFile("client.pem", $"{own.ExportCertificatePem()}\n{own.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem()}\n");
        _place.Environment["MLFLOW_TRACKING_CLIENT_CERT_PATH"] = file;

        Assert.Contains("MLFLOW_TRACKING_CLIENT_CERT_PATH", refused!.Message, StringComparison.Ordinal);
        Assert.Null(await AskAsync($"https://localhost:{server.Port}"));
    }

    [Fact]
    public async Task FindRun_HttpsToAPlainPort_SaysSo()
    {
        using var server = new TlsServer(null);

        var fault = await AskAsync($"https://localhost:{server.Port}/prefix");

        Assert.Contains($"localhost:{server.Port} does not speak TLS", fault!.Message, StringComparison.Ordinal);
        Assert.Contains($"Try http://localhost:{server.Port}/prefix as the address", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindRun_HttpToATlsPort_SaysSo()
    {
        using var certificate = Certificate("self-signed");
        using var server = new TlsServer(certificate);

        var fault = await AskAsync($"http://localhost:{server.Port}");

        Assert.Contains($"Try https://localhost:{server.Port} as the address", fault!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindRun_NobodyListens_SaysWhere()
    {
        using var server = new TlsServer(null);
        var port = server.Port;
        server.Dispose();

        var fault = await AskAsync($"http://localhost:{port}");

        Assert.Contains($"nothing listens at localhost:{port}", fault!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindRun_NameNobodyKnows_NamesIt()
    {
        var fault = await AskAsync("http://no-such-host.invalid:5000");

        Assert.Contains("the host name of no-such-host.invalid:5000 is not known", fault!.Message, StringComparison.Ordinal);
    }

    private X509Certificate2 Certificate(string kind) => kind switch
    {
        "self-signed" => TlsServer.Issue("localhost"),
        "unknown" => TlsServer.Issue("localhost", _authority),
        "expired" => TlsServer.Issue("localhost", _authority, fromDays: -9, toDays: -2),
        "early" => TlsServer.Issue("localhost", _authority, fromDays: 2, toDays: 9),
        "other name" => TlsServer.Issue("mlflow.example.org", _authority),
        _ => throw new ArgumentException(kind, nameof(kind)),
    };

    private void Trust(X509Certificate2 certificate) =>
        _place.Environment["MLFLOW_TRACKING_SERVER_CERT_PATH"] = _place.WriteFile("authorities.pem", certificate.ExportCertificatePem());

    private async Task<StoreException?> AskAsync(string address)
    {
        using var store = _place.Stores.At(TrackingAddress.Parse(address, "test"));
        try
        {
            Assert.Null(await store.FindRunAsync("0123", CancellationToken.None));
            return null;
        }
        catch (StoreException e)
        {
            return e;
        }
    }
}
