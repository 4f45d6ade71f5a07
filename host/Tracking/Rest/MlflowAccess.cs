using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Parallax.Host.Tracking;

/// <summary>How to get into a server: credentials, certificates, time limits, as MLflow's own environment variables say. Never logged.</summary>
/// <param name="server">The server.</param>
/// <param name="variables">Read at once; without credentials there, <c>~/.mlflow/credentials</c> is.</param>
/// <exception cref="ConfigurationException">Two settings exclude each other, or a value or a certificate cannot be read.</exception>
internal sealed class MlflowAccess(ServerAddress server, MlflowEnvironment variables)
{
    /// <summary>Limit of the opening of a connection.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    private const string InsecureTls = "MLFLOW_TRACKING_INSECURE_TLS", AuthoritiesPath = "MLFLOW_TRACKING_SERVER_CERT_PATH";
    private readonly bool _ignoresCertificates = IgnoresCertificates(variables);
    private readonly X509Certificate2Collection? _authorities = TryRead(variables, AuthoritiesPath, ReadAuthorities);
    private readonly X509Certificate2? _clientCertificate =
        TryRead(variables, "MLFLOW_TRACKING_CLIENT_CERT_PATH", path => X509Certificate2.CreateFromPemFile(path));

    /// <summary>Value of the <c>Authorization</c> header; null without credentials.</summary>
    public AuthenticationHeaderValue? Authorization { get; } = FindAuthorization(server, variables);

    /// <summary>Workspace on servers that have them; null for the default one.</summary>
    public string? Workspace { get; } = variables.Text("MLFLOW_WORKSPACE");

    /// <summary>Limit of one request; uploads get more.</summary>
    public TimeSpan Timeout { get; } = variables.Seconds("MLFLOW_HTTP_REQUEST_TIMEOUT") ?? TimeSpan.FromSeconds(120);

    /// <summary>Limit of the upload of one file.</summary>
    public TimeSpan UploadTimeout { get; } = variables.Seconds("MLFLOW_ARTIFACT_UPLOAD_DOWNLOAD_TIMEOUT") ?? TimeSpan.FromMinutes(30);

    /// <summary>How often a request that only reads is repeated.</summary>
    public int ReadRetries { get; } = variables.Count("MLFLOW_HTTP_REQUEST_MAX_RETRIES") ?? 2;

    /// <summary>A handler with these settings, for a server that drops idle connections after 5 seconds.</summary>
    public SocketsHttpHandler CreateHandler()
    {
        var handler = new SocketsHttpHandler
        {
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(4),
            ConnectTimeout = ConnectTimeout,
            AllowAutoRedirect = false,
        };
        var check = new CertificateCheck(variables.Text(AuthoritiesPath), TimeProvider.System);
        handler.SslOptions.RemoteCertificateValidationCallback =
            (sender, certificate, chain, errors) => _ignoresCertificates || check.Accept(sender, certificate, chain, errors);
        if (_authorities is not null)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(_authorities);
            handler.SslOptions.CertificateChainPolicy = policy;
        }

        if (_clientCertificate is not null)
        {
            handler.SslOptions.ClientCertificates = [_clientCertificate];
            handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => _clientCertificate;
        }

        return handler;
    }

    private static bool IgnoresCertificates(MlflowEnvironment variables)
    {
        var isInsecure = variables.Flag(InsecureTls) == true;
        return isInsecure && variables.Text(AuthoritiesPath) is not null
            ? throw new ConfigurationException(
                $"{InsecureTls} and {AuthoritiesPath} are both set; the first switches off what the second is for. Unset one of them.")
            : isInsecure;
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

        var (user, password) = (values.GetValueOrDefault("mlflow_tracking_username"), values.GetValueOrDefault("mlflow_tracking_password"));
        return user is null || password is null ? null : $"{user}:{password}";
    }

    private static AuthenticationHeaderValue Basic(string userAndPassword) => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(userAndPassword)));

    private static X509Certificate2Collection ReadAuthorities(string path)
    {
        var found = new X509Certificate2Collection();
        found.ImportFromPemFile(path);
        return found.Count > 0 ? found : throw new CryptographicException("it holds no certificate (a block that begins with -----BEGIN CERTIFICATE-----).");
    }

    private static T? TryRead<T>(MlflowEnvironment variables, string variable, Func<string, T> read)
        where T : class
    {
        var path = variables.Text(variable);
        try
        {
            return path is null ? null : read(path);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{variable} is '{path}', which is no readable PEM file: {e.Message}");
        }
    }
}
