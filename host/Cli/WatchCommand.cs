using System.CommandLine;
using Microsoft.Extensions.Logging;
using Parallax.Host.Configuration;
using Parallax.Host.Processes;
using Parallax.Host.Tracking;
using Parallax.Host.Watching;

namespace Parallax.Host.Cli;

/// <summary><c>parallax watch</c>: runs in the browser, while they train.</summary>
internal sealed class WatchCommand(Lazy<Trackers> trackers, ILoggerProvider logs, TimeProvider time, CliOutput output) : ICliCommand
{
    private const int FirstPort = 6060, Ports = 10, LastPort = 65_535;

    public IReadOnlyList<string> Examples =>
        ["parallax watch", "parallax watch --port 8080", "parallax watch --experiment parallax", "parallax watch --uri http://localhost:5000"];

    public Command Build()
    {
        var uri = new Option<string?>("--uri") { Description = "The store; else MLFLOW_TRACKING_URI, else mlflow.db in this folder.", HelpName = "URI" };
        var spool = new Option<string?>("--spool") { Description = "The folder of tracking.spool; else ~/.parallax/spool.", HelpName = "DIR" };
        var experiment = new Option<string?>("--experiment") { Description = "Only runs of this experiment.", HelpName = "NAME" };
        var port = new Option<int?>("--port")
        {
            Description = $"Port on this machine; else {FirstPort}, or the next one that is free. 0 takes any.", HelpName = "N",
        };
        port.Validators.Add(value =>
        {
            if (value.GetValueOrDefault<int?>() is < 0 or > LastPort)
            {
                value.AddError($"--port is {value.GetValueOrDefault<int?>()}; expected 0 to {LastPort}.");
            }
        });
        var command = new Command("watch", "Show runs in the browser, while they train: curves, verdicts, pictures. For this machine only; changes nothing.")
        {
            uri, spool, experiment, port,
        };
        command.SetAction((parsed, cancellation) => WatchAsync(
            new() { Uri = parsed.GetValue(uri), Spool = parsed.GetValue(spool), Experiment = parsed.GetValue(experiment) }, parsed.GetValue(port),
            cancellation));

        return command;
    }

    private async Task<int> WatchAsync(TrackingOptions options, int? port, CancellationToken stop)
    {
        var store = trackers.Value.AddressOf(options).Display;
        using var source = new RunSource(() => trackers.Value.Read(options));
        var events = new EventStream(time, (span, cancellation) => Task.Delay(span, time, cancellation));
        var site = new WatchSite(new(source, options.Experiment, time), new(source, new(), new(time), time), events, store, time);
        await using var server = await StartAsync(site, port);
        output.Line($"Watch {store} at {server.Address}   (Ctrl+C ends it; runs go on)");
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, time, stop);
        }
        catch (OperationCanceledException)
        {
            // There is no other end.
        }

        return ExitCodes.Done;
    }

    private async Task<WatchServer> StartAsync(WatchSite site, int? port)
    {
        foreach (var candidate in port is { } given ? [given] : Enumerable.Range(FirstPort, Ports))
        {
            if (await WatchServer.TryStartAsync(site, candidate, logs) is { } server)
            {
                return server;
            }
        }

        throw new ConfigurationException(port is { } asked
            ? $"--port is {asked}, which another program on this machine uses. Name another one, or leave --port out."
            : $"The ports {FirstPort} to {FirstPort + Ports - 1} are in use. Name a free one with --port.");
    }
}
