using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Parallax.Host.Reports;

namespace Parallax.Host.Watching;

/// <summary>The addresses of the pages, and what is answered to them. Nothing but reading is answered.</summary>
/// <param name="runs">The list of runs.</param>
/// <param name="run">The page of a run.</param>
/// <param name="events">Sends what changes.</param>
/// <param name="store">The tracking store, without credentials.</param>
/// <param name="time">Clock.</param>
internal sealed class WatchSite(RunsPage runs, RunPage run, EventStream events, string store, TimeProvider time)
{
    private const string RunTitle = "Run - Parallax";

    /// <summary>How long a browser waits for the first page before it is told that the store does not answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly (string Name, string Type)[] Files =
        [("watch.js", "text/javascript; charset=utf-8"), ("icon.svg", "image/svg+xml")];

    /// <summary>Adds the addresses to a server.</summary>
    /// <param name="routes">The server.</param>
    /// <param name="stop">Ends what is still being sent.</param>
    public void Map(IEndpointRouteBuilder routes, CancellationToken stop)
    {
        routes.MapGet("/", ShowRunsAsync);
        routes.MapGet("/runs/{id}", ShowRunAsync);
        routes.MapGet("/runs/{id}/pictures/{file}", ShowPictureAsync);
        routes.MapGet("/events", context => SendAsync(context, RunsPage.Title, runs.ReadAsync, stop));
        routes.MapGet("/runs/{id}/events", context =>
        {
            var id = Value(context, "id");

            return SendAsync(context, RunTitle, async cancellation => await run.ReadAsync(id, cancellation) ?? PageContent.Unread(RunTitle, Missing(id)), stop);
        });
        routes.MapGet("/style.css", context => WriteAsync(context, "text/css; charset=utf-8", PageStyle.Text.Text + Resource("watch.css")));
        foreach (var (name, type) in Files)
        {
            routes.MapGet($"/{name}", context => WriteAsync(context, type, Resource(name)));
        }

        routes.MapFallback(context => WriteMissingAsync(context, "There is no such page."));
    }

    private Task ShowRunsAsync(HttpContext context) => ShowAsync(
        context, RunsPage.Title, async stop => await runs.ReadAsync(stop), content => RunsPage.Render(content, store), "There are no runs.");

    private Task ShowRunAsync(HttpContext context)
    {
        var id = Value(context, "id");

        return ShowAsync(context, RunTitle, stop => run.ReadAsync(id, stop), content => RunPage.Render(content, id, store), Missing(id));
    }

    private async Task ShowPictureAsync(HttpContext context)
    {
        try
        {
            if (await run.ReadPictureAsync(Value(context, "id"), Value(context, "file"), context.RequestAborted) is { } png)
            {
                context.Response.ContentType = "image/png";
                context.Response.Headers.CacheControl = "private, max-age=3600";
                await context.Response.Body.WriteAsync(png, context.RequestAborted);
                return;
            }
        }
        catch (Exception e) when (e is not OperationCanceledException && !context.Response.HasStarted)
        {
            // The page says what is wrong with the store.
        }

        await WriteMissingAsync(context, "There is no such picture.");
    }

    private async Task ShowAsync(
        HttpContext context, string title, Func<CancellationToken, Task<PageContent?>> read, Func<PageContent, Html> render, string missing)
    {
        if (await FirstAsync(title, read, context.RequestAborted) is { } content)
        {
            await WriteAsync(context, render(content));
        }
        else
        {
            await WriteMissingAsync(context, missing);
        }
    }

    private async Task<PageContent?> FirstAsync(string title, Func<CancellationToken, Task<PageContent?>> read, CancellationToken aborted)
    {
        using var late = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, aborted);
        try
        {
            return await read(either.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            return PageContent.Unread(title, "The tracking store has not answered yet.");
        }
        catch (Exception e) when (e is not OperationCanceledException || !aborted.IsCancellationRequested)
        {
            return PageContent.Unread(title, e);
        }
    }

    private async Task SendAsync(HttpContext context, string title, Func<CancellationToken, Task<PageContent>> read, CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, context.RequestAborted);
        await events.SendAsync(context.Response, title, read, either.Token);
    }

    private string Missing(string id) => $"There is no run {id} in {store}.";

    private static string Value(HttpContext context, string name) => (string)context.Request.RouteValues[name]!;

    private static Task WriteMissingAsync(HttpContext context, string text)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;

        return WriteAsync(context, PageFrame.Message("Nothing here", text));
    }

    private static Task WriteAsync(HttpContext context, Html page) => WriteAsync(context, "text/html; charset=utf-8", page.Text);

    private static Task WriteAsync(HttpContext context, string type, string text)
    {
        context.Response.ContentType = type;
        context.Response.Headers.CacheControl = "no-store";

        return context.Response.WriteAsync(text, Encoding.UTF8, context.RequestAborted);
    }

    private static string Resource(string name)
    {
        using var reader = new StreamReader(typeof(WatchSite).Assembly.GetManifestResourceStream($"watch/{name}")!);

        return reader.ReadToEnd();
    }
}
