using System.Net;
using Parallax.Host.Cli;
using Parallax.Host.Terminal;
using Parallax.Host.Tests.Tracking;
using Parallax.Host.Tracking;
using Parallax.Host.Watching;

namespace Parallax.Host.Tests.Watching;

public sealed class WatchServerTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Runs_Several_AreListedWithWhatTheyDo()
    {
        await using var place = await WatchPlace.StartAsync();
        var first = await place.AddAsync("first");
        await place.TrainAsync(first, 50);
        await place.JudgeAsync(first, 50, "learning", "the loss falls");
        var second = await place.AddAsync("second");
        await place.Store.SetStatusAsync(second.RunId, RunStatus.Killed, 5, None);
        await place.AddAsync("an evaluation", parent: first.RunId);

        var page = await place.GetAsync("/");

        Assert.Contains($"""<a href="/runs/{first.RunId}">first</a>""", page, StringComparison.Ordinal);
        Assert.Contains("""<span class="good">learning</span>""", page, StringComparison.Ordinal);
        Assert.Contains("step 50 of 200", page, StringComparison.Ordinal);
        Assert.Contains("<td>less than a minute</td>", page, StringComparison.Ordinal);   // 150 steps of 16 images at 100 images/s
        Assert.Contains("<td>0.1</td>", page, StringComparison.Ordinal);   // 5 / 50
        Assert.Contains("""<span class="warning">stopped</span>""", page, StringComparison.Ordinal);
        Assert.DoesNotContain("an evaluation", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_OfAnExperiment_AreThoseAlone()
    {
        await using var place = await WatchPlace.StartAsync(experiment: "mine");
        await place.AddAsync("kept", experiment: "mine");
        await place.AddAsync("left out");

        var page = await place.GetAsync("/");

        Assert.Contains(">kept</a>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("left out", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_ManyNewerEvaluations_LeaveTheTrainingInTheList()
    {
        await using var place = await WatchPlace.StartAsync();
        var training = await place.AddAsync("the training");
        for (var i = 0; i < 61; i++)
        {
            place.Time.Advance(TimeSpan.FromSeconds(1));
            await place.AddAsync("an evaluation", parent: training.RunId);
        }

        var page = await place.GetAsync("/");

        Assert.Contains("the training", page, StringComparison.Ordinal);
        Assert.DoesNotContain("an evaluation", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_EvaluationsAlone_AreSaidToBeThat()
    {
        await using var place = await WatchPlace.StartAsync();
        await place.AddAsync("an evaluation", parent: "gone");

        Assert.Contains("No trainings among the newest 1 runs", await place.GetAsync("/"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "images")]
    [InlineData("images", "images")]
    [InlineData("videos", "videos")]
    public async Task Run_Speed_IsOfWhatTheRunTrainsOn(string? samples, string expected)
    {
        await using var place = await WatchPlace.StartAsync();
        var run = await place.AddAsync(samples: samples);
        await place.TrainAsync(run, 50);

        var page = await place.GetAsync($"/runs/{run.RunId}");

        Assert.Contains($"<dt>Speed</dt><dd>100 {expected}/s</dd>", page, StringComparison.Ordinal);
        Assert.Equal(expected == "videos", !page.Contains("images/s", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_VerdictWithAdvice_ShowsIt()
    {
        await using var place = await WatchPlace.StartAsync();
        var run = await place.AddAsync();
        await place.JudgeAsync(run, 20, "diverging", "the loss grows", "Lower the learning rate.");

        Assert.Contains("""<span class="bad">diverging</span>: the loss grows. Lower the learning rate.""", await place.GetAsync($"/runs/{run.RunId}"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ThatFailed_SaysWhy()
    {
        await using var place = await WatchPlace.StartAsync();
        var run = await place.AddAsync();
        var tags = new Dictionary<string, string> { ["parallax.failure"] = "a < b" };
        await place.Store.LogBatchAsync(run.RunId, new([], new Dictionary<string, string>(), tags), None);
        var before = await place.GetAsync($"/runs/{run.RunId}");

        await place.Store.SetStatusAsync(run.RunId, RunStatus.Failed, 5, None);

        Assert.DoesNotContain("<dt>Failure</dt>", before, StringComparison.Ordinal);
        Assert.Contains("<dt>Failure</dt><dd>a &lt; b</dd>", await place.GetAsync($"/runs/{run.RunId}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Picture_WrittenAnewUnderItsName_IsReadAnewAndHasAnotherAddress()
    {
        await using var place = await WatchPlace.StartAsync();
        var run = await place.AddAsync();
        await place.DrawAsync(run, "pictures/views.png", height: 8, width: 24);
        var before = await place.GetAsync($"/runs/{run.RunId}");
        var png = await place.DrawAsync(run, "pictures/views.png", height: 16, width: 24);

        var after = await place.GetAsync($"/runs/{run.RunId}");

        Assert.Contains("""width="24" height="8" """, before, StringComparison.Ordinal);
        Assert.Contains("""width="24" height="16" """, after, StringComparison.Ordinal);
        var address = after.Split("src=\"/runs")[1].Split('"')[0];
        Assert.DoesNotContain(address, before, StringComparison.Ordinal);
        Assert.Equal(png, await place.Client.GetByteArrayAsync(new Uri(place.Address, $"/runs{address}"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Run_Page_ShowsCurvesVerdictsNumbersAndParameters()
    {
        await using var place = await WatchPlace.StartAsync();
        var run = await place.AddAsync();
        await place.TrainAsync(run, 30);
        await place.LogAsync(run, 30, ("final/knn", 0.75));
        await place.JudgeAsync(run, 20, "learning", "the loss falls");
        await place.JudgeAsync(run, 30, "saturated", "it does not");

        var page = await place.GetAsync($"/runs/{run.RunId[..12]}");

        Assert.Contains("<title>15 % first - Parallax</title>", page, StringComparison.Ordinal);
        Assert.Contains("""<span class="warning">saturated</span>: it does not""", page, StringComparison.Ordinal);
        Assert.Contains("train/loss: 3 values, from 0.5 at step 10 to 0.1667 at step 30", page, StringComparison.Ordinal);
        Assert.DoesNotContain("""id="chart-final""", page, StringComparison.Ordinal);   // one value is no curve
        Assert.Contains("""<th scope="row">final/knn</th><td>0.75</td>""", page, StringComparison.Ordinal);
        Assert.Contains("<li><strong>Step 30</strong> saturated: it does not</li><li><strong>Step 20</strong> learning: the loss falls</li>",
            page.ReplaceLineEndings("").Replace("</li>\n<li>", "</li><li>", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("""<th scope="row">trainer.batchSize</th><td>16</td>""", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_OfHostileText_ShowItAsText()
    {
        const string hostile = "<script>alert(1)</script>\"'&";
        await using var place = await WatchPlace.StartAsync();
        var run = await place.AddAsync(hostile);
        await place.LogAsync(run, 1, (hostile, 1));
        await place.LogAsync(run, 2, (hostile, 2));
        await place.JudgeAsync(run, 2, hostile, hostile);

        string[] pages = [await place.GetAsync("/"), await place.GetAsync($"/runs/{run.RunId}")];

        Assert.All(pages, page => Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#x27;&amp;", page, StringComparison.Ordinal));
        Assert.All(pages, page => Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/style.css")]
    [InlineData("/runs/none")]
    [InlineData("/nothing")]
    public async Task Answers_All_AllowOwnFilesOnly(string path)
    {
        await using var place = await WatchPlace.StartAsync();

        using var answer = await place.Client.GetAsync(new Uri(place.Address, path), TestContext.Current.CancellationToken);

        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal(["nosniff"], answer.Headers.GetValues("X-Content-Type-Options"));
        Assert.False(answer.Headers.Contains("Server"));
        Assert.Equal("127.0.0.1", place.Address.Host);
    }

    [Theory]
    [InlineData("evil.example", HttpStatusCode.BadRequest)]
    [InlineData("localhost.evil.example:6060", HttpStatusCode.BadRequest)]
    [InlineData("192.168.1.2", HttpStatusCode.BadRequest)]
    [InlineData("localhost:8080", HttpStatusCode.OK)]   // a forwarded port
    [InlineData("127.0.0.1", HttpStatusCode.OK)]
    public async Task Answers_HostOfTheRequest_MustBeThisMachine(string host, HttpStatusCode expected)
    {
        await using var place = await WatchPlace.StartAsync();
        await place.AddAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, place.Address) { Headers = { Host = host } };

        using var answer = await place.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(expected, answer.StatusCode);
        Assert.Equal(expected == HttpStatusCode.OK, (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))
            .Contains("first", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("GET", "/runs/none", HttpStatusCode.NotFound)]
    [InlineData("GET", "/runs/none/pictures/a.png", HttpStatusCode.NotFound)]
    [InlineData("GET", "/nothing", HttpStatusCode.NotFound)]
    [InlineData("POST", "/", HttpStatusCode.NotFound)]
    [InlineData("DELETE", "/runs/none", HttpStatusCode.NotFound)]
    public async Task Answers_ToAnythingElse_AreRefusals(string method, string path, HttpStatusCode expected)
    {
        await using var place = await WatchPlace.StartAsync();
        await place.AddAsync();
        using var request = new HttpRequestMessage(new(method), new Uri(place.Address, path));

        using var answer = await place.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task Picture_Newest_IsShownAndServed()
    {
        const string id = "0a1b2c3d-0000-1111-2222-333344445555";
        await using var place = await WatchPlace.StartAsync();
        var run = await place.AddAsync();
        await place.DrawAsync(run, $"images/views+step+0+timestamp+1+{id}.png");
        var png = await place.DrawAsync(run, $"images/views+step+40+timestamp+1+{id}.png", height: 8, width: 24);
        await place.DrawAsync(run, "secret.png");

        var page = await place.GetAsync($"/runs/{run.RunId}");

        var address = $"/runs/{run.RunId}/pictures/views%2Bstep%2B40%2Btimestamp%2B1%2B{id}.png";
        Assert.Contains($"""<img class="picture" src="{address}" width="24" height="8" alt="Images of the run, a row for each: views, step 40">""", page,
            StringComparison.Ordinal);
        Assert.DoesNotContain("step 0<", page, StringComparison.Ordinal);
        Assert.Equal(png, await place.Client.GetByteArrayAsync(new Uri(place.Address, address), TestContext.Current.CancellationToken));
        foreach (var other in new[] { "secret.png", "..%2Fsecret.png", "%2E%2E%2Fsecret.png" })
        {
            using var answer = await place.Client.GetAsync(new Uri($"{place.Address}runs/{run.RunId}/pictures/{other}"), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    [Fact]
    public async Task TryStart_PortOfAnotherProgram_IsNone()
    {
        await using var place = await WatchPlace.StartAsync();
        var events = new EventStream(place.Time, (_, _) => Task.CompletedTask);
        using var source = new RunSource(() => throw new InvalidOperationException("nothing is read"));
        var site = new WatchSite(new(source, null, place.Time), new(source, new(), new(place.Time), place.Time), events, "", place.Time);

        var second = await WatchServer.TryStartAsync(site, place.Address.Port, new CliLogger(CliOutput.Silent, new()));

        Assert.Null(second);
    }

    [Fact]
    public async Task Runs_OnAServer_AreShownWithTheirPictures()
    {
        using var server = new FakeMlflowServer();
        await using var place = await WatchPlace.StartAsync(server.Address);
        var run = server.AddRun("parallax");
        server.Artifacts["1/launched/artifacts/pictures/views.png"] = await place.DrawAsync(await place.AddAsync("elsewhere"), "views.png");

        var list = await place.GetAsync("/");
        var page = await place.GetAsync($"/runs/{run.Id}");

        Assert.Contains($"/runs/{run.Id}", list, StringComparison.Ordinal);
        Assert.Contains($"""<img class="picture" src="/runs/{run.Id}/pictures/views.png?v=""", page, StringComparison.Ordinal);
        Assert.Contains("""width="96" height="32" """, page, StringComparison.Ordinal);
        Assert.Empty(server.Violations);
    }
}
