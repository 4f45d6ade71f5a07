using Parallax.Host.Configuration;
using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.Tracking;

public sealed class RunReaderTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly TrackingWorkplace _place = new();
    private readonly FakeMlflowServer _server = new();

    public void Dispose()
    {
        _server.Dispose();
        _place.Dispose();
    }

    [Fact]
    public async Task Find_LocalIdentifier_IsTheRunOfTheStore()
    {
        _place.Settings = _place.Settings with { Uri = _server.Address };
        _server.Down();
        using var run = _place.Start();
        _server.Up();
        run.LogMetric("m", 1, 1);
        for (var i = 0; i < 500 && _place.Spool.ResolveLocalId(run.RunId) is null; i++)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        using var reader = Read();

        Assert.Equal(run.RunId, (await reader.FindAsync(run.RunId, None))!.Tags["client.run_key"]);
        Assert.Null(await reader.FindAsync("0000", None));
    }

    [Fact]
    public async Task List_ServerAway_SaysWhichStore()
    {
        _place.Settings = _place.Settings with { Uri = _server.Address };
        _server.Down();
        using var reader = Read();

        var fault = await Assert.ThrowsAsync<ConfigurationException>(() => reader.ListAsync(null, 10, None));

        Assert.StartsWith($"The tracking store cannot be read: {_server.Address}: nothing listens at 127.0.0.1:", fault.Message, StringComparison.Ordinal);
    }

    private RunReader Read() =>
        new Trackers(_place.Stores, _place.Retry, _place.Time, _place.Logger)
            .Read(new TrackingOptions { Uri = _place.Settings.Uri, Spool = _place.Settings.SpoolFolder });
}
