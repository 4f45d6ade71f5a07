using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Parallax.Host.Tests.Tracking;

/// <summary>
/// A server on this machine that answers every request with MLflow's "there is no such run", over TLS with a given certificate, or in the clear.
/// </summary>
internal sealed class TlsServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2? _certificate;
    private readonly bool _wantsCertificate;

    /// <param name="certificate">With its key; null speaks plain HTTP.</param>
    /// <param name="wantsCertificate">Talks only to clients that show a certificate.</param>
    public TlsServer(X509Certificate2? certificate, bool wantsCertificate = false)
    {
        (_certificate, _wantsCertificate) = (certificate, wantsCertificate);
        _listener.Start();
        _ = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>A certificate with its key. Without an issuer it is signed by itself.</summary>
    public static X509Certificate2 Issue(string name, X509Certificate2? issuer = null, int fromDays = -10, int toDays = 10, bool isAuthority = false)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        if (!isAuthority)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(name);
            request.CertificateExtensions.Add(names.Build());
        }

        var now = TimeProvider.System.GetUtcNow();
        if (issuer is null)
        {
            return request.CreateSelfSigned(now.AddDays(fromDays), now.AddDays(toDays));
        }

        using var signed = request.Create(issuer, now.AddDays(fromDays), now.AddDays(toDays), RandomNumberGenerator.GetBytes(8));
        return signed.CopyWithPrivateKey(key);
    }

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync()
    {
        while (true)
        {
            TcpClient client;
            try
            {
                client = await _listener.AcceptTcpClientAsync();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }

            _ = AnswerAsync(client);
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                if (_certificate is null)
                {
                    await AnswerAsync(client.GetStream());
                    return;
                }

                await using var stream = new SslStream(client.GetStream(), false, (_, shown, _, _) => shown is not null || !_wantsCertificate);
                await stream.AuthenticateAsServerAsync(_certificate, _wantsCertificate, checkCertificateRevocation: false);
                await AnswerAsync(stream);
            }
            catch (Exception e) when (e is IOException or AuthenticationException)
            {
                // The client did not like the certificate, or does not speak TLS.
            }
        }
    }

    private static async Task AnswerAsync(Stream stream)
    {
        const string body = """{"error_code":"RESOURCE_DOES_NOT_EXIST","message":"no such run"}""";
        var buffer = new byte[8192];
        _ = await stream.ReadAtLeastAsync(buffer, 1, throwOnEndOfStream: false);   // requests are small: they come in one piece
        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(
            $"HTTP/1.1 404 NOT FOUND\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"));
        await stream.FlushAsync();
    }
}
