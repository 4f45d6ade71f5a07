using System.Net;
using System.Text.Json;

namespace Parallax.Host.Tracking;

/// <summary>Reads answers of servers, which are not always MLflow's: proxies and login pages answer too.</summary>
internal static class MlflowAnswer
{
    /// <summary>Reads an error of any shape.</summary>
    public static MlflowException ReadError(HttpResponseMessage response, byte[] body)
    {
        var error = TryRead(body);
        var text = HttpErrorText.Read(body);
        var meaning = HttpErrorText.Explain(response, text);
        var name = error?.ErrorCode ?? (meaning.Length == 0 ? response.ReasonPhrase : null);
        var says = text.Length == 0 ? ""
            : error is not null || meaning.Length == 0 ? $": {text}"
            : HttpErrorText.IsWebPage(body) ? $" ({text})"
            : $" (it says: {text})";
        var status = $"HTTP {(int)response.StatusCode}{(name is null ? "" : $" {name}")}";
        return new MlflowException(response.StatusCode, error?.ErrorCode, $"{status}{(meaning.Length == 0 ? "" : $", {meaning}")}{says}")
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
    public static T Read<T>(byte[] body, Uri address)
    {
        try
        {
            // MLflow answers {} when it is done; nothing at all comes from a connection that broke.
            if (JsonSerializer.Deserialize(body, typeof(T), MlflowJson.Default) is T answer)
            {
                return answer;
            }
        }
        catch (JsonException)
        {
            // Told below.
        }

        var what = body.Length == 0 ? "the answer is empty"
            : HttpErrorText.IsWebPage(body) ? $"it is {HttpErrorText.Read(body)}, perhaps a login in front of it or another program. Check the address; " +
                "MLFLOW_TRACKING_TOKEN holds a token where one is asked for"
            : HttpErrorText.Read(body);
        throw new MlflowException(HttpStatusCode.BadGateway, null, $"{address.AbsolutePath} did not answer as an MLflow server does: {what}");
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

    private static TimeSpan Positive(TimeSpan span) => span > TimeSpan.Zero ? span : TimeSpan.Zero;
}
