using Microsoft.Playwright;
using Parallax.Host.Tests.Browser;
using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.Watching;

/// <summary>The pages as a browser shows them, with the keyboard and for screen readers.</summary>
public sealed class WatchInBrowserTests
{
    private const string Id = "0a1b2c3d-0000-1111-2222-333344445555";

    [Theory]
    [InlineData(false, 1280)]
    [InlineData(true, 1280)]
    [InlineData(false, 360)]
    public async Task Pages_LightDarkAndNarrow_KeepNobodyOut(bool isDark, int width)
    {
        await using var browser = await BrowserSession.StartAsync();
        await using var place = await WatchPlace.StartAsync();
        var run = await FillAsync(place);

        foreach (var (path, name) in new[] { ("", "runs"), ($"runs/{run.RunId}", "run") })
        {
            var page = await browser.OpenAsync($"{place.Address}{path}", isDark, width);
            foreach (var details in await page.Page.Locator("summary").AllAsync())
            {
                await details.ClickAsync();
            }

            Assert.Empty(await page.ViolationsAsync());
            Assert.Empty(page.Faults);
            Assert.All(page.Requests, request => Assert.StartsWith(place.Address.AbsoluteUri, request, StringComparison.Ordinal));
            Assert.Equal(0, await page.OverflowAsync());
            await ShootAsync(page, $"{name}-{(isDark ? "dark" : "light")}-{width}");
        }
    }

    [Fact]
    public async Task Run_ThatGrows_ShowsItWithoutMovingWhatIsThere()
    {
        await using var browser = await BrowserSession.StartAsync();
        await using var place = await WatchPlace.StartAsync();
        var run = await FillAsync(place);
        var page = await browser.OpenAsync($"{place.Address}runs/{run.RunId}");
        var details = page.Page.Locator("#curves summary").First;
        await details.ClickAsync();
        await page.Page.EvaluateAsync("window.kept = document.activeElement");

        await place.LogAsync(run, 160, ("train/loss", 0.03125), ("new/one", 1));
        await place.LogAsync(run, 170, ("train/loss", 0.03), ("new/one", 2));
        place.Look();

        await page.Page.Locator("#chart-new-2f-one").WaitForAsync();
        await Assertions.Expect(page.Page.Locator("#chart-train-2f-loss-desc")).ToContainTextAsync("to 0.03 at step 170");
        Assert.True(await page.Page.EvaluateAsync<bool>("window.kept === document.activeElement && window.kept.parentElement.open"));
        await Assertions.Expect(page.Page).ToHaveTitleAsync("85 % first - Parallax");
        Assert.Equal("", await page.Page.Locator("#news").TextContentAsync());   // nothing is read aloud for a number
        Assert.Empty(page.Faults);
    }

    [Fact]
    public async Task Runs_NewRun_LeavesTheFocusWhereItIs()
    {
        await using var browser = await BrowserSession.StartAsync();
        await using var place = await WatchPlace.StartAsync();
        await FillAsync(place);
        var page = await browser.OpenAsync(place.Address.AbsoluteUri);
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "first", Exact = true }).FocusAsync();

        place.Time.Advance(TimeSpan.FromMinutes(1));   // so that it stands first
        await place.AddAsync("newest");
        place.Look();

        await page.Page.GetByRole(AriaRole.Link, new() { Name = "newest", Exact = true }).WaitForAsync();
        Assert.Equal("first", await page.Page.EvaluateAsync<string>("document.activeElement.textContent"));
        Assert.StartsWith("newest", await page.Page.Locator("tbody tr th").First.TextContentAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verdict_ThatChanges_IsReadAloud()
    {
        await using var browser = await BrowserSession.StartAsync();
        await using var place = await WatchPlace.StartAsync();
        var run = await FillAsync(place);
        var page = await browser.OpenAsync($"{place.Address}runs/{run.RunId}");
        await place.SettledAsync();

        await place.JudgeAsync(run, 150, "diverging", "the loss grows");
        place.Look();

        await Assertions.Expect(page.Page.GetByRole(AriaRole.Status)).ToHaveTextAsync("diverging: the loss grows");
        await Assertions.Expect(page.Page.Locator("#verdicts li")).ToHaveCountAsync(3);
    }

    [Fact]
    public async Task Tab_FromTheTop_GoesThroughThePageInOrder()
    {
        await using var browser = await BrowserSession.StartAsync();
        await using var place = await WatchPlace.StartAsync();
        await FillAsync(place);
        var page = await browser.OpenAsync(place.Address.AbsoluteUri);
        var order = new List<string>();

        for (var i = 0; i < 5; i++)
        {
            await page.Page.Keyboard.PressAsync("Tab");
            order.Add(await page.Page.EvaluateAsync<string>("document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent"));
        }

        Assert.Equal(["To the content", "All runs", "Runs", "second", "first"], order);
    }

    [Fact]
    public async Task Server_StartedAgain_IsFoundAgain()
    {
        await using var browser = await BrowserSession.StartAsync();
        await using var place = await WatchPlace.StartAsync();
        await FillAsync(place);
        var port = place.Address.Port;
        var page = await browser.OpenAsync(place.Address.AbsoluteUri);
        var notice = page.Page.GetByText("No connection to parallax watch.");

        await place.StopAsync();
        await notice.WaitForAsync();
        await place.AddAsync("meanwhile");
        await place.ServeAsync(port: port);

        await page.Page.GetByText("meanwhile").WaitForAsync();
        Assert.False(await notice.IsVisibleAsync());
    }

    [Fact]
    public async Task Run_GrewWhileTheServerWasAway_ShowsItAfterwards()
    {
        await using var browser = await BrowserSession.StartAsync();
        await using var place = await WatchPlace.StartAsync();
        var run = await FillAsync(place);
        var port = place.Address.Port;
        var page = await browser.OpenAsync($"{place.Address}runs/{run.RunId}");
        var course = page.Page.Locator("#chart-train-2f-loss-desc");
        await Assertions.Expect(course).ToContainTextAsync("at step 150");

        await place.StopAsync();
        await page.Page.GetByText("No connection to parallax watch.").WaitForAsync();
        await place.LogAsync(run, 160, ("train/loss", 0.03125));
        await place.ServeAsync(port: port);

        await Assertions.Expect(course).ToContainTextAsync("to 0.03125 at step 160");
    }

    // Two runs, one with all there is.
    private static async Task<StoredRun> FillAsync(WatchPlace place)
    {
        var run = await place.AddAsync("first");
        await place.TrainAsync(run, 150);
        await place.LogAsync(run, 50, ("online/knn", 0.25), ("train/embedding_spread", 0.5), ("system/cpu_utilization_percentage", 80));
        await place.LogAsync(run, 100, ("online/knn", 0.5), ("train/embedding_spread", double.NaN), ("train/embedding_rank", 12));
        await place.JudgeAsync(run, 60, "learning", "the loss falls, from 0.5 to 0.1 in 10 reports");
        await place.JudgeAsync(run, 140, "saturated", "the loss has not fallen for 10 reports, 0.033 on average");
        await place.DrawAsync(run, $"images/views+step+100+timestamp+1+{Id}.png", 320, 640);
        await place.DrawAsync(run, $"images/image-masked-predicted+step+100+timestamp+1+{Id}.png", 160, 480);
        place.Time.Advance(TimeSpan.FromSeconds(30));
        var second = await place.AddAsync("second");
        await place.JudgeAsync(second, 10, "collapsed", "all images have nearly the same embedding");
        await place.Store.SetStatusAsync(second.RunId, RunStatus.Failed, place.Time.GetUtcNow().ToUnixTimeMilliseconds(), CancellationToken.None);

        return run;
    }

    // For those who want to see: PARALLAX_SCREENSHOTS names a folder.
    private static async Task ShootAsync(BrowserPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("PARALLAX_SCREENSHOTS") is { Length: > 0 } folder)
        {
            await page.Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"watch-{name}.png"), FullPage = true });
        }
    }
}
