using System.Globalization;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Parallax.Host.Tracking;

/// <summary>Refuses the certificate of a server in words that say what is wrong with it, and what helps.</summary>
/// <param name="authoritiesFile">Value of <c>MLFLOW_TRACKING_SERVER_CERT_PATH</c>; null when it is not set.</param>
/// <param name="time">Clock that certificates are compared with.</param>
internal sealed class CertificateCheck(string? authoritiesFile, TimeProvider time)
{
    private const string SkipCheck = "MLFLOW_TRACKING_INSECURE_TLS=true leaves out the check.";

    /// <summary>For <see cref="SslClientAuthenticationOptions.RemoteCertificateValidationCallback"/>.</summary>
    /// <exception cref="AuthenticationException">The certificate is not good.</exception>
    public bool Accept(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
        {
            return true;
        }

        var shown = certificate is null ? null : X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        using (shown)
        {
            throw new CertificateException(shown is null
                ? $"The server shows no certificate. {SkipCheck}"
                : Describe(shown, chain, errors, (sender as SslStream)?.TargetHostName ?? "the host of the address"));
        }
    }

    private string Describe(X509Certificate2 shown, X509Chain? chain, SslPolicyErrors errors, string host)
    {
        var states = chain?.ChainElements.SelectMany(e => e.ChainElementStatus.Select(s => (e.Certificate, s.Status))).ToList() ?? [];
        if (states.FirstOrDefault(s => s.Status.HasFlag(X509ChainStatusFlags.NotTimeValid)).Certificate is { } untimely)
        {
            return $"{DescribeTimes(untimely, isServers: untimely.Thumbprint == shown.Thumbprint)} Renew it on the server; until then {SkipCheck} " +
                "MLFLOW_TRACKING_SERVER_CERT_PATH does not help here.";
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
        {
            return DescribeIssuer(shown, states.Select(s => s.Status).Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one));
        }

        return $"The server's certificate is for {string.Join(", ", NamesOf(shown))}, not for '{host}'. Use a name of the certificate in the address; else " +
            $"{SkipCheck} MLFLOW_TRACKING_SERVER_CERT_PATH does not help here.";
    }

    private string DescribeTimes(X509Certificate2 certificate, bool isServers)
    {
        var whose = isServers ? "The server's certificate" : $"The certificate of '{NameOf(certificate.SubjectName)}', which stands behind the server's,";
        return certificate.NotAfter.ToUniversalTime() <= time.GetUtcNow().UtcDateTime
            ? $"{whose} expired on {Date(certificate.NotAfter)}."
            : $"{whose} is valid from {Date(certificate.NotBefore)} on only (today is {Date(time.GetUtcNow().UtcDateTime)}; check the clock).";
    }

    private string DescribeIssuer(X509Certificate2 shown, X509ChainStatusFlags problems)
    {
        const X509ChainStatusFlags unknown = X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain;
        if ((problems & unknown) == X509ChainStatusFlags.NoError)
        {
            return $"The server's certificate is refused: {problems}. MLFLOW_TRACKING_SERVER_CERT_PATH names a PEM file of trusted authorities; {SkipCheck}";
        }

        var issuer = shown.SubjectName.RawData.AsSpan().SequenceEqual(shown.IssuerName.RawData)
            ? "is self-signed, and not one that is trusted here"
            : $"was issued by '{NameOf(shown.IssuerName)}', an authority that is not trusted here";
        var cure = authoritiesFile is null
            ? "Set MLFLOW_TRACKING_SERVER_CERT_PATH to a PEM file with the certificate of its authority (of a self-signed server: its own)"
            : $"MLFLOW_TRACKING_SERVER_CERT_PATH is '{authoritiesFile}', which does not hold it: put the certificate of its authority there (of a " +
                "self-signed server: its own)";
        return $"The server's certificate {issuer}. {cure}; {SkipCheck}";
    }

    private static IReadOnlyList<string> NamesOf(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(e => e.EnumerateDnsNames().Concat(e.EnumerateIPAddresses().Select(a => a.ToString()))).ToList();
        return [.. names.DefaultIfEmpty(NameOf(certificate.SubjectName)).Select(name => $"'{name}'")];
    }

    // The common name where there is one, else all of it.
    private static string NameOf(X500DistinguishedName name)
    {
        const string commonName = "2.5.4.3";
        var part = name.EnumerateRelativeDistinguishedNames().FirstOrDefault(p => !p.HasMultipleElements && p.GetSingleElementType().Value == commonName);

        return part?.GetSingleElementValue() ?? name.Name;
    }

    private static string Date(DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}

/// <summary>The certificate of a server is not good.</summary>
/// <param name="message">What is wrong with it, and what helps.</param>
internal sealed class CertificateException(string message) : AuthenticationException(message);
