using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Parallax.Host.Watching;

/// <summary>Serves the pages to browsers of this machine, and to nobody else.</summary>
internal sealed class WatchServer : IAsyncDisposable
{
    // Names under which a browser reaches this machine itself, also through a forwarded port. A page of another site that has its name point here is refused.
    private static readonly string[] OwnNames = ["127.0.0.1", "localhost", "[::1]"];

    private static readonly (string Name, string Value)[] Headers =
    [
        ("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ];

    private readonly WebApplication _application;

    private WatchServer(WebApplication application) => (_application, Address) = (application, new(application.Urls.Single()));

    /// <summary>Where it is.</summary>
    public Uri Address { get; }

    /// <summary>Starts a server.</summary>
    /// <param name="site">What it serves.</param>
    /// <param name="port">Its port; 0 for any that is free.</param>
    /// <param name="logs">Told of errors.</param>
    /// <returns>The server; null when another program has the port.</returns>
    /// <exception cref="ConfigurationException">The port may not be opened.</exception>
    public static async Task<WatchServer?> TryStartAsync(WatchSite site, int port, ILoggerProvider logs)
    {
        var application = Build(site, port, logs);
        try
        {
            await application.StartAsync();

            return new(application);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            await application.DisposeAsync();

            return e is IOException { InnerException: AddressInUseException } ? null
                : throw new ConfigurationException($"The port {port} cannot be opened: {e.Message}. Name another one with --port, from 1024 on.");
        }
    }

    /// <summary>Ends what is being sent, then the server.</summary>
    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
    }

    // The empty builder reads neither files nor variables: nothing else says where this listens.
    private static WebApplication Build(WatchSite site, int port, ILoggerProvider logs)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http1);
        });
        builder.Logging.AddProvider(logs).SetMinimumLevel(LogLevel.Error)   // a machine that trains is late at times, which Kestrel warns of
            .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);   // a start that fails is told here
        builder.Services.AddRoutingCore().AddHostFiltering(filter => (filter.AllowedHosts, filter.AllowEmptyHosts) = (OwnNames, false));
        var application = builder.Build();
        application.Use(AddHeaders);
        application.UseHostFiltering();
        site.Map(application, application.Lifetime.ApplicationStopping);

        return application;
    }

    private static Task AddHeaders(HttpContext context, RequestDelegate next)
    {
        foreach (var (name, value) in Headers)
        {
            context.Response.Headers[name] = value;
        }

        return next(context);
    }
}
