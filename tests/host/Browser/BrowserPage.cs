using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Parallax.Host.Tests.Browser;

/// <summary>An open page, and what went wrong in it.</summary>
internal sealed class BrowserPage
{
    private readonly List<string> _faults = [], _requests = [];

    /// <summary>Watches a page from its first request on.</summary>
    public BrowserPage(IPage page)
    {
        Page = page;
        page.Console += (_, message) => Note(message.Type is "error" or "warning", $"{message.Type}: {message.Text}");
        page.PageError += (_, fault) => Note(isFault: true, fault);
        page.RequestFailed += (_, request) => Note(isFault: true, $"{request.Url}: {request.Failure}");
        page.Request += (_, request) =>
        {
            lock (_requests)
            {
                _requests.Add(request.Url);
            }
        };
    }

    /// <summary>The page, as Playwright has it.</summary>
    public IPage Page { get; }

    /// <summary>Errors and warnings of the console, exceptions, and requests without an answer.</summary>
    public IReadOnlyList<string> Faults => Copy(_faults);

    /// <summary>What the page has asked for.</summary>
    public IReadOnlyList<string> Requests => Copy(_requests);

    /// <summary>What axe finds that keeps people with disabilities out: rule, reason and element, a line each.</summary>
    public async Task<IReadOnlyList<string>> ViolationsAsync() =>
    [
        .. (await Page.RunAxe()).Violations.SelectMany(rule => rule.Nodes.Select(node => $"{rule.Id}: {rule.Help}: {node.Html}")),
    ];

    /// <summary>How far the content is wider than the window, in pixels: 0 where nothing is cut off.</summary>
    public Task<int> OverflowAsync() => Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");

    private void Note(bool isFault, string text)
    {
        lock (_faults)
        {
            if (isFault)
            {
                _faults.Add(text);
            }
        }
    }

    private static List<string> Copy(List<string> lines)
    {
        lock (lines)
        {
            return [.. lines];
        }
    }
}
