using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Parallax.Host.Tracking;

/// <summary>Reads answers of servers, which are not always MLflow's: proxies and login pages answer too.</summary>
internal static class MlflowErrors
{
    private const int LongestMessage = 500;

    /// <summary>Reads an error of any shape.</summary>
    public static MlflowException Read(HttpResponseMessage response, byte[] body)
    {
        var error = TryRead(body);
        var text = error?.Message ?? Shorten(Encoding.UTF8.GetString(body));
        return new MlflowException(response.StatusCode, error?.ErrorCode, $"HTTP {(int)response.StatusCode} {error?.ErrorCode ?? response.ReasonPhrase}: {Shorten(text)}".TrimEnd(':', ' '))
        {
            RetryAfter = response.Headers.RetryAfter switch
            {
                { Delta: { } delta } => delta,
                { Date: { } date } => Positive(date - (response.Headers.Date ?? date)),
                _ => null,
            },
        };
    }

    /// <summary>Reads a good answer.</summary>
    /// <exception cref="MlflowException">It is not MLflow's.</exception>
    public static T ReadAnswer<T>(byte[] body, JsonTypeInfo<T> type, Uri address)
    {
        try
        {
            if (JsonSerializer.Deserialize(body, type) is { } answer)   // MLflow says {} when it is done; nothing at all comes from a connection that broke
            {
                return answer;
            }
        }
        catch (JsonException)
        {
            // Told below.
        }

        throw new MlflowException(HttpStatusCode.BadGateway, null, $"{address.GetLeftPart(UriPartial.Path)} did not answer as an MLflow server does: {(body.Length == 0 ? "the answer is empty" : Shorten(Encoding.UTF8.GetString(body)))}");
    }

    private static ErrorResponse? TryRead(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, MlflowJson.Default.ErrorResponse) is { ErrorCode: not null } error ? error : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Shorten(string text) => KeyRules.Cut(text.ReplaceLineEndings(" ").Trim(), LongestMessage);

    private static TimeSpan Positive(TimeSpan span) => span > TimeSpan.Zero ? span : TimeSpan.Zero;
}
