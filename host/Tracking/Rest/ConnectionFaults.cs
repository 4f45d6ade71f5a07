using System.Net.Sockets;

namespace Parallax.Host.Tracking;

/// <summary>Says why a server cannot be talked to: the name, the port, the certificate, a proxy, or http where the server expects https.</summary>
internal static class ConnectionFaults
{
    // Said by .NET and by OpenSSL when something that is no TLS answers.
    private static readonly string[] NotTls = ["frame size", "corrupted frame", "wrong version number", "packet length too long", "unexpected EOF"];

    // Said when the server ends a handshake that the client did not object to.
    private static readonly string[] AsksForCertificate = ["certificate required", "bad certificate", "certificate unknown", "handshake failure"];

    /// <summary>One or two sentences without a full stop at the end of the first: "nothing listens at host:port".</summary>
    /// <param name="e">What was thrown.</param>
    /// <param name="root">Base address of the server.</param>
    /// <param name="hasAnswered">The server answered before: then its kind is known.</param>
    public static string Describe(Exception e, Uri root, bool hasAnswered)
    {
        var place = $"{root.Host}:{root.Port}";
        if (e is TimeoutException)
        {
            return e.Message;   // the client's own words; what it was caused by is the request that was given up
        }

        var all = Chain(e).ToList();
        if (all.OfType<CertificateException>().FirstOrDefault() is { } certificate)
        {
            return certificate.Message;
        }

        return (e as HttpRequestException)?.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => $"the host name of {FirstStop(root)} is not known; check the address and the network{Proxy(root)}",
            HttpRequestError.ConnectionError => DescribeSocket(all.OfType<SocketException>().FirstOrDefault(), e, FirstStop(root)) + Proxy(root),
            HttpRequestError.SecureConnectionError => DescribeHandshake(all, root, place),
            HttpRequestError.ProxyTunnelError => $"the proxy does not lead to {place}: {e.Message}{Proxy(root)}",
            HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError => $"what answers at {place} is not HTTP{Hint(root, hasAnswered)}",
            HttpRequestError.ResponseEnded => $"{place} cut the connection before it answered{Hint(root, hasAnswered)}",
            _ when all.OfType<SocketException>().Any() => $"{place} cut the connection ({all[^1].Message}){Hint(root, hasAnswered)}",
            _ => all[^1].Message,
        };
    }

    private static string DescribeSocket(SocketException? fault, Exception e, string place) => fault?.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => $"nothing listens at {place} (connection refused)",
        SocketError.TimedOut => $"no connection to {place} came about; perhaps a firewall is between",
        SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.NetworkDown => $"there is no way to {place} from here ({fault.Message})",
        _ => $"no connection to {place}: {e.Message}",
    };

    private static string DescribeHandshake(List<Exception> all, Uri root, string place)
    {
        if (all.Exists(e => Mentions(e, NotTls)))
        {
            return $"{place} does not speak TLS: a server for http:// seems to be there. Try {Change(root, "http")} as the address";
        }

        var hint = all.Exists(e => Mentions(e, AsksForCertificate))
            ? "; if the server wants to see a certificate, set MLFLOW_TRACKING_CLIENT_CERT_PATH to a PEM file with certificate and key"
            : "";
        return $"no encrypted connection to {place} came about: {all[^1].Message.TrimEnd('.')}{hint}";
    }

    private static bool Mentions(Exception e, string[] words) => words.Any(word => e.Message.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static string Hint(Uri root, bool hasAnswered) => hasAnswered ? ""
        : root.Scheme == "http" ? $"; a server for https:// does that. Try {Change(root, "https")} as the address"
        : "; a server that wants to see a certificate does that: MLFLOW_TRACKING_CLIENT_CERT_PATH names it";

    private static string Change(Uri root, string scheme)
    {
        const UriComponents allButScheme = UriComponents.Host | UriComponents.StrongPort | UriComponents.Path;

        return $"{scheme}://{root.GetComponents(allButScheme, UriFormat.UriEscaped)}".TrimEnd('/');
    }

    private static Uri? ProxyOf(Uri root) => HttpClient.DefaultProxy.IsBypassed(root) ? null : HttpClient.DefaultProxy.GetProxy(root);

    // Where a connection is opened to.
    private static string FirstStop(Uri root) => ProxyOf(root) is { } proxy ? $"{proxy.Host}:{proxy.Port}" : $"{root.Host}:{root.Port}";

    private static string Proxy(Uri root)
    {
        if (ProxyOf(root) is null)
        {
            return "";
        }

        var variable = root.Scheme == "https" ? "HTTPS_PROXY" : "HTTP_PROXY";
        return $"; the way to {root.Host} leads through the proxy {FirstStop(root)} ({variable} or ALL_PROXY; NO_PROXY={root.Host} goes around it)";
    }

    private static IEnumerable<Exception> Chain(Exception e)
    {
        for (Exception? current = e; current is not null; current = current.InnerException)
        {
            yield return current;
        }
    }
}
