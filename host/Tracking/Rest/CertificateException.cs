using System.Security.Authentication;

namespace Parallax.Host.Tracking;

/// <summary>The certificate of a server is not good.</summary>
/// <param name="message">What is wrong with it, and what helps.</param>
internal sealed class CertificateException(string message) : AuthenticationException(message);
