using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Parallax.Host.Tracking;

/// <summary>
/// What an HTTP status means here, in a sentence, and what a server adds to it, whatever its form: MLflow's JSON, another program's, a web page, plain text.
/// </summary>
internal static partial class HttpErrorText
{
    private const int LongestText = 500;
    private const int MostBytes = 1 << 16;   // as much of a body as is looked at

    // nginx, Apache, Go and Java answer with one of these when http comes in at a port for https.
    private static readonly string[] WantsHttps = ["to https port", "to an https server", "plain http to an ssl", "requires tls"];

    /// <summary>What a failed answer means; empty when the status says no more than what the server says itself.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="text">What it holds.</param>
    public static string Explain(HttpResponseMessage response, string text)
    {
        var address = response.RequestMessage?.RequestUri;
        var host = address?.Host ?? "";
        return response.StatusCode switch
        {
            HttpStatusCode.BadRequest when WantsHttps.Any(words => text.Contains(words, StringComparison.OrdinalIgnoreCase)) =>
                $"the server expects https. Use https://{address?.Authority} as the address",
            HttpStatusCode.Unauthorized => response.RequestMessage?.Headers.Authorization is null
                ? "the server asks for a login. Set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN"
                : "the server does not accept these credentials. Check MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, MLFLOW_TRACKING_TOKEN, or " +
                    "~/.mlflow/credentials",
            HttpStatusCode.Forbidden when text.Contains("Invalid Host header", StringComparison.OrdinalIgnoreCase) =>
                $"the server does not take requests for the host '{host}'. Start it with --allowed-hosts {host}",
            HttpStatusCode.Forbidden => "the server does not permit this; the user of the credentials lacks a permission, or a proxy forbids it",
            HttpStatusCode.ProxyAuthenticationRequired =>
                "a proxy on the way asks for a login. Put user:password@ into HTTP_PROXY or HTTPS_PROXY, or the host into NO_PROXY",
            HttpStatusCode.RequestTimeout => "the request took too long",
            HttpStatusCode.RequestEntityTooLarge =>
                "the request is larger than the server, or a proxy in front of it, takes. Raise the limit there (nginx: client_max_body_size)",
            HttpStatusCode.TooManyRequests => $"too many requests{Wait(response)}",
            HttpStatusCode.InternalServerError => "an error inside the server; its log says more",
            HttpStatusCode.NotImplemented => "the server cannot do this",
            HttpStatusCode.BadGateway => "a proxy answers, but the MLflow server behind it does not (bad gateway)",
            HttpStatusCode.ServiceUnavailable => $"the server is not available at the moment: it starts, is overloaded or under maintenance{Wait(response)}",
            HttpStatusCode.GatewayTimeout => "a proxy answers, but the MLflow server behind it took too long (gateway timeout)",
            HttpStatusCode.InsufficientStorage => "the server's disk is full",
            >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest => Redirection(response, address),
            _ => "",
        };
    }

    /// <summary>What a body says to a reader: the message in its JSON, the title of a web page, or its text; at most 500 characters in one line.</summary>
    public static string Read(byte[] body)
    {
        var text = TextOf(body);
        return text.StartsWith('<') ? ReadPage(text) : Shorten(FromJson(body) ?? text);
    }

    /// <summary>True when a body is a web page, as of a login, a proxy or another program.</summary>
    public static bool IsWebPage(byte[] body) => TextOf(body).StartsWith('<');

    private static string TextOf(byte[] body) => Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, MostBytes))).TrimStart('\uFEFF').Trim();

    private static string ReadPage(string page)
    {
        var title = Title().Match(page) is { Success: true } match ? match.Groups[1].Value : Tags().Replace(Invisible().Replace(page, " "), " ");
        title = Shorten(WebUtility.HtmlDecode(Tags().Replace(title, " ")));
        return title.Length == 0 ? "a web page" : $"a web page, \"{KeyRules.Cut(title, 100)}\"";
    }

    private static string? FromJson(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind != JsonValueKind.Object ? null : new[] { "message", "detail", "error_description", "error" }
                .Select(name => document.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null)
                .FirstOrDefault(found => !string.IsNullOrWhiteSpace(found));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Redirection(HttpResponseMessage response, Uri? address)
    {
        if (response.Headers.Location is not { } location || address is null)
        {
            return "the server sends to another address, without saying to which";
        }

        var target = location.IsAbsoluteUri ? location : new Uri(address, location);
        var root = target.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);
        return target.AbsolutePath == address.AbsolutePath
            ? $"the server sends to {root}. Use that as the address"
            : $"the server sends to {root}{target.AbsolutePath}, which seems to be a login or another program in front of MLflow. Use an address that " +
                "leads to MLflow itself, with MLFLOW_TRACKING_TOKEN where one is asked for";
    }

    private static string Wait(HttpResponseMessage response) =>
        response.Headers.RetryAfter?.Delta is { } delta ? FormattableString.Invariant($"; it asks to wait {delta.TotalSeconds:0} s") : "";

    private static string Shorten(string text) => KeyRules.Cut(Blanks().Replace(text, " ").Trim(), LongestText);

    [GeneratedRegex(@"<title[^>]*>(?<title>.*?)</title>", RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Title();

    [GeneratedRegex(@"<(?<tag>script|style)\b.*?</\k<tag>>", RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Invisible();

    [GeneratedRegex("<[^>]*>", RegexOptions.CultureInvariant)]
    private static partial Regex Tags();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Blanks();
}
