using System.Text;
using Microsoft.AspNetCore.Http;
using Parallax.Host.Tests.Tracking;
using Parallax.Host.Tracking;
using Parallax.Host.Watching;

namespace Parallax.Host.Tests.Watching;

public sealed class WatchEventsTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Events_RunThatGrows_SendWhatChanged()
    {
        await using var place = await WatchPlace.StartAsync();
        var run = await place.AddAsync();
        await place.TrainAsync(run, 20);
        using var events = await place.ListenAsync($"/runs/{run.RunId}/events");
        Assert.Equal("10 % first - Parallax", (await events.SkipToAsync("title")).GetString());

        await place.LogAsync(run, 40, ("train/loss", 0.125));
        place.Look();

        Assert.Equal("state", (await events.NextPartAsync()).Id);
        var (id, chart) = await events.NextPartAsync();
        Assert.Equal("chart-train-2f-loss-part", id);   // the other curves are as they were
        Assert.Contains("to 0.125 at step 40", chart, StringComparison.Ordinal);
        Assert.Equal("numbers", (await events.NextPartAsync()).Id);
        Assert.Equal("20 % first - Parallax", (await events.NextAsync())!.Value.Data.GetString());
    }

    [Fact]
    public async Task Events_NewMetric_SendsAllCurves()
    {
        await using var place = await WatchPlace.StartAsync();
        var run = await place.AddAsync();
        await place.TrainAsync(run, 20);
        using var events = await place.ListenAsync($"/runs/{run.RunId}/events");
        await events.SkipToAsync("title");

        await place.LogAsync(run, 10, ("online/knn", 0.5));
        await place.LogAsync(run, 20, ("online/knn", 0.6));
        place.Look();

        var (id, curves) = await events.NextPartAsync();
        Assert.Equal("curves", id);
        Assert.Contains("""<div id="chart-online-2f-knn-part" data-version=""", curves, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_VerdictOfTheRun_IsNewsWhenItChanges()
    {
        await using var place = await WatchPlace.StartAsync();
        var run = await place.AddAsync();
        await place.JudgeAsync(run, 20, "learning", "the loss falls");
        using var events = await place.ListenAsync($"/runs/{run.RunId}/events");
        await events.SkipToAsync("title");

        await place.JudgeAsync(run, 40, "collapsed", "all images have one embedding");
        place.Look();

        Assert.Equal("state", (await events.NextPartAsync()).Id);
        var (id, log) = await events.NextPartAsync();
        Assert.Equal("verdicts", id);
        Assert.Contains("<strong>Step 40</strong> collapsed: all images", log, StringComparison.Ordinal);
        Assert.Equal("collapsed: all images have one embedding", (await events.NextAsync())!.Value.Data.GetString());
    }

    [Fact]
    public async Task Events_RunEnds_ShowIt()
    {
        await using var place = await WatchPlace.StartAsync();
        var run = await place.AddAsync();
        using var events = await place.ListenAsync("/events");
        await events.SkipToAsync("title");

        await place.Store.SetStatusAsync(run.RunId, RunStatus.Finished, 1_767_270_000_000, None);
        place.Look();

        Assert.Contains("""<span class="good">finished</span>""", (await events.NextPartAsync()).Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_NothingNew_SendsNothing()
    {
        await using var place = await WatchPlace.StartAsync();
        var run = await place.AddAsync();
        using var events = await place.ListenAsync("/events");
        await events.SkipToAsync("title");

        place.Look();
        place.Look();
        await place.LogAsync(run, 10, ("train/loss", 0.25));
        place.Look();

        Assert.Contains("<td>0.25</td>", (await events.NextPartAsync()).Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_NoFileYet_SaySoAndGoOn()
    {
        await using var place = await WatchPlace.StartAsync();
        Assert.Contains("There is no tracking file", await place.GetAsync("/"), StringComparison.Ordinal);
        using var events = await place.ListenAsync("/events");
        var (id, trouble) = await events.NextPartAsync();
        Assert.Equal("trouble", id);
        Assert.Contains("There is no tracking file", trouble, StringComparison.Ordinal);
        await events.SkipToAsync("title");

        await place.AddAsync("late");
        place.Look();

        Assert.Equal(("trouble", ""), await events.NextPartAsync());
        Assert.Contains(">late</a>", (await events.NextPartAsync()).Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_ServerAway_SaySoAndGoOnWhenItIsBack()
    {
        using var server = new FakeMlflowServer();
        server.AddRun("parallax");
        await using var place = await WatchPlace.StartAsync(server.Address);
        using var events = await place.ListenAsync("/events");
        await events.SkipToAsync("title");

        server.Down();
        place.Look();
        var (id, trouble) = await events.NextPartAsync();
        server.Up();
        server.AddRun("parallax");
        place.Look();

        Assert.Equal("trouble", id);
        Assert.Contains("nothing listens at 127.0.0.1", trouble, StringComparison.Ordinal);
        Assert.Contains("Trying again", trouble, StringComparison.Ordinal);
        Assert.Equal(("trouble", ""), await events.NextPartAsync());
        Assert.Equal("runs", (await events.NextPartAsync()).Id);
    }

    [Fact]
    public async Task Send_FaultOfAnyKind_IsSaidOnThePageAndTheStreamGoesOn()
    {
        using var stop = new CancellationTokenSource();
        using var body = new MemoryStream();
        var context = new DefaultHttpContext { Response = { Body = body } };
        var looks = 0;
        var stream = new EventStream(TimeProvider.System, async (_, cancellation) =>
        {
            if (++looks == 2)
            {
                await stop.CancelAsync();
            }

            cancellation.ThrowIfCancellationRequested();
        });

        await stream.SendAsync(context.Response, "Runs", _ => throw new InvalidOperationException("a column is missing\nat native code"), stop.Token);

        Assert.Equal(2, looks);
        Assert.Contains("The page cannot be made: a column is missing (InvalidOperationException).", Encoding.UTF8.GetString(body.ToArray()),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_PagesAreOpen_EndsThem()
    {
        await using var place = await WatchPlace.StartAsync();
        await place.AddAsync();
        using var events = await place.ListenAsync("/events");
        await events.SkipToAsync("title");

        await place.StopAsync();

        Assert.Null(await events.NextAsync());
    }
}
