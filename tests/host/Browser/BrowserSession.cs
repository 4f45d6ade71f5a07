using Microsoft.Playwright;

namespace Parallax.Host.Tests.Browser;

/// <summary>
/// Debian's Chromium, driven by Playwright: nothing is downloaded. A test without it is skipped, or fails where the variable PARALLAX_REQUIRE_BROWSER is 1.
/// </summary>
internal sealed class BrowserSession : IAsyncDisposable
{
    private const string Required = "PARALLAX_REQUIRE_BROWSER";
    private const string Missing = "There is no chromium on the PATH: run eng/install-chromium.sh to look at pages in a browser.";
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private BrowserSession(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    /// <summary>Starts it.</summary>
    public static async Task<BrowserSession> StartAsync()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        var program = folders.Select(folder => Path.Combine(folder, "chromium")).FirstOrDefault(File.Exists);
        if (program is null)
        {
            Assert.SkipWhen(Environment.GetEnvironmentVariable(Required) != "1", Missing);
            Assert.Fail($"{Missing} {Required} is 1, so that this is a failure.");
        }

        var playwright = await Playwright.CreateAsync();
        try
        {
            return new(playwright, await playwright.Chromium.LaunchAsync(new() { ExecutablePath = program, Args = ["--no-sandbox"] }));
        }
        catch
        {
            playwright.Dispose();
            throw;
        }
    }

    /// <summary>Opens a page in a window of its own and waits until it is loaded.</summary>
    /// <param name="address">An address; files begin with <c>file://</c>.</param>
    /// <param name="isDark">Which colours the reader prefers.</param>
    /// <param name="width">Width of the window, in pixels.</param>
    public async Task<BrowserPage> OpenAsync(string address, bool isDark = false, int width = 1280)
    {
        const int height = 900;
        var context = await _browser.NewContextAsync(new()
        {
            ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light, ViewportSize = new() { Width = width, Height = height },
        });
        var page = new BrowserPage(await context.NewPageAsync());
        await page.Page.GotoAsync(address);

        return page;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
