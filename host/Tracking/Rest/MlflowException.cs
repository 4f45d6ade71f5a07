using System.Net;

namespace Parallax.Host.Tracking;

/// <summary>A server answered with an error.</summary>
/// <param name="status">HTTP status.</param>
/// <param name="errorCode">MLflow's own code, for example <c>RESOURCE_DOES_NOT_EXIST</c>; null when the body was not MLflow's.</param>
/// <param name="message">The server's words, at most 500 characters.</param>
internal sealed class MlflowException(HttpStatusCode status, string? errorCode, string message) : Exception(message)
{
    public HttpStatusCode Status { get; } = status;

    /// <summary>MLflow's own code; null when the body was not MLflow's.</summary>
    public string? ErrorCode { get; } = errorCode;

    /// <summary>How long the server asks to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The thing that was asked for does not exist.</summary>
    public bool IsMissingResource => ErrorCode == "RESOURCE_DOES_NOT_EXIST";

    /// <summary>The server does not know the call: it is older, or no MLflow server.</summary>
    public bool IsUnknownEndpoint => Status is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed && ErrorCode is null;
}
