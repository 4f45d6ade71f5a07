using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Parallax.Host.Tracking;

/// <summary>How to get into a server: credentials, certificates, time limits, as MLflow's own environment variables say. Never logged.</summary>
internal sealed class MlflowAccess
{
    /// <summary>Limit of the opening of a connection.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    private const int DefaultReadRetries = 2;
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan DefaultUploadTimeout = TimeSpan.FromMinutes(30);

    /// <summary>Value of the <c>Authorization</c> header; null without credentials.</summary>
    public AuthenticationHeaderValue? Authorization { get; init; }

    /// <summary>Do not check the server's certificate.</summary>
    public bool IgnoresCertificates { get; init; }

    /// <summary>Certificates to trust instead of the system's; null for the system's.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    /// <summary>Where <see cref="Authorities"/> were read from.</summary>
    public string? AuthoritiesFile { get; init; }

    /// <summary>Certificate to show to the server.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>Workspace on servers that have them; null for the default one.</summary>
    public string? Workspace { get; init; }

    /// <summary>Limit of one request; uploads get more.</summary>
    public TimeSpan Timeout { get; init; } = DefaultTimeout;

    /// <summary>Limit of the upload of one file.</summary>
    public TimeSpan UploadTimeout { get; init; } = DefaultUploadTimeout;

    /// <summary>How often a request that only reads is repeated.</summary>
    public int ReadRetries { get; init; } = DefaultReadRetries;

    /// <summary>Reads MLflow's variables and, without credentials there, <c>~/.mlflow/credentials</c>.</summary>
    /// <exception cref="ConfigurationException">Two settings exclude each other, or a certificate cannot be read.</exception>
    public static MlflowAccess FromEnvironment(ServerAddress server, Func<string, string?> environment)
    {
        var variables = new MlflowEnvironment(environment);
        var isInsecure = variables.Flag("MLFLOW_TRACKING_INSECURE_TLS") == true;
        var authorities = variables.Text("MLFLOW_TRACKING_SERVER_CERT_PATH");
        if (isInsecure && authorities is not null)
        {
            throw new ConfigurationException("MLFLOW_TRACKING_INSECURE_TLS and MLFLOW_TRACKING_SERVER_CERT_PATH are both set; the first switches off what the second is for. Unset one of them.");
        }

        return new MlflowAccess
        {
            Authorization = FindAuthorization(server, variables),
            IgnoresCertificates = isInsecure,
            AuthoritiesFile = authorities,
            Authorities = authorities is null ? null : ReadCertificate("MLFLOW_TRACKING_SERVER_CERT_PATH", authorities, ReadAuthorities),
            ClientCertificate = variables.Text("MLFLOW_TRACKING_CLIENT_CERT_PATH") is { } client
                ? ReadCertificate("MLFLOW_TRACKING_CLIENT_CERT_PATH", client, path => X509Certificate2.CreateFromPemFile(path))
                : null,
            Workspace = variables.Text("MLFLOW_WORKSPACE"),
            Timeout = variables.Seconds("MLFLOW_HTTP_REQUEST_TIMEOUT") ?? DefaultTimeout,
            UploadTimeout = variables.Seconds("MLFLOW_ARTIFACT_UPLOAD_DOWNLOAD_TIMEOUT") ?? DefaultUploadTimeout,
            ReadRetries = variables.Count("MLFLOW_HTTP_REQUEST_MAX_RETRIES") ?? DefaultReadRetries,
        };
    }

    /// <summary>A handler with these settings, for a server that drops idle connections after 5 seconds.</summary>
    public SocketsHttpHandler CreateHandler()
    {
        var handler = new SocketsHttpHandler
        {
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(4),
            ConnectTimeout = ConnectTimeout,
            AllowAutoRedirect = false,
        };
        var check = new CertificateCheck(AuthoritiesFile, TimeProvider.System);
        handler.SslOptions.RemoteCertificateValidationCallback =
            (sender, certificate, chain, errors) => IgnoresCertificates || check.Accept(sender, certificate, chain, errors);
        if (Authorities is not null)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(Authorities);
            handler.SslOptions.CertificateChainPolicy = policy;
        }

        if (ClientCertificate is not null)
        {
            handler.SslOptions.ClientCertificates = [ClientCertificate];
            handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => ClientCertificate;
        }

        return handler;
    }

    private static AuthenticationHeaderValue? FindAuthorization(ServerAddress server, MlflowEnvironment variables)
    {
        var user = variables.Text("MLFLOW_TRACKING_USERNAME");
        var password = variables.Text("MLFLOW_TRACKING_PASSWORD");
        if (user is not null && password is not null)
        {
            return Basic($"{user}:{password}");
        }

        if (server.UserInfo is { } written)
        {
            return Basic(written);
        }

        if (variables.Text("MLFLOW_TRACKING_TOKEN") is { } token)
        {
            return new AuthenticationHeaderValue("Bearer", token);
        }

        var home = variables.Text("HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return ReadCredentialsFile(Path.Combine(home, ".mlflow", "credentials")) is { } found ? Basic(found) : null;
    }

    private static string? ReadCredentialsFile(string file)
    {
        if (!File.Exists(file))
        {
            return null;
        }

        var values = new Dictionary<string, string>();
        var section = "";
        foreach (var line in File.ReadLines(file).Select(l => l.Trim()))
        {
            if (line.StartsWith('[') && line.EndsWith(']'))
            {
                section = line[1..^1].Trim();
            }
            else if (section == "mlflow" && line.Split('=', 2) is [var key, var value])
            {
                values[key.Trim().ToLowerInvariant()] = value.Trim();
            }
        }

        return values.TryGetValue("mlflow_tracking_username", out var user) && values.TryGetValue("mlflow_tracking_password", out var password) ? $"{user}:{password}" : null;
    }

    private static AuthenticationHeaderValue Basic(string userAndPassword) => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(userAndPassword)));

    private static X509Certificate2Collection ReadAuthorities(string path)
    {
        var found = new X509Certificate2Collection();
        found.ImportFromPemFile(path);
        return found.Count > 0 ? found : throw new CryptographicException("it holds no certificate (a block that begins with -----BEGIN CERTIFICATE-----).");
    }

    private static T ReadCertificate<T>(string variable, string path, Func<string, T> read)
    {
        try
        {
            return read(path);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{variable} is '{path}', which is no readable PEM file: {e.Message}");
        }
    }
}
