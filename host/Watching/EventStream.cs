using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Parallax.Host.Watching;

/// <summary>Sends what changes on a page as server-sent events, as long as a browser listens.</summary>
/// <param name="time">Clock.</param>
/// <param name="wait">Waits between two looks at the store.</param>
internal sealed class EventStream(TimeProvider time, Func<TimeSpan, CancellationToken, Task> wait)
{
    /// <summary>Time between two looks at a store that answers at once.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(2);

    /// <summary>A store that takes long to answer has this many times as long to rest: it serves the training first.</summary>
    private const int RestShare = 4;

    private const string Reconnect = "retry: 2000\n\n";   // milliseconds after which a browser asks again

    /// <summary>Sends until the browser leaves or the server stops.</summary>
    /// <param name="response">Sent to.</param>
    /// <param name="title">Title of the window while the store cannot be read.</param>
    /// <param name="read">What the page shows now.</param>
    /// <param name="stop">Ends it.</param>
    public async Task SendAsync(HttpResponse response, string title, Func<CancellationToken, Task<PageContent>> read, CancellationToken stop)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        var changes = new PageChanges();
        try
        {
            await response.WriteAsync(Reconnect, stop);
            while (true)
            {
                var start = time.GetTimestamp();
                var events = changes.To(await ReadAsync(title, read, stop));
                foreach (var (name, data) in events)
                {
                    await response.WriteAsync($"event: {name}\ndata: {JsonSerializer.Serialize(data)}\n\n", stop);
                }

                await response.WriteAsync(":\n\n", stop);   // a line that means nothing shows whether anybody is still there
                await response.Body.FlushAsync(stop);
                var rest = time.GetElapsedTime(start) * RestShare;
                await wait(rest > Shortest ? rest : Shortest, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The browser is gone, or the server stops.
        }
    }

    private static async Task<PageContent> ReadAsync(string title, Func<CancellationToken, Task<PageContent>> read, CancellationToken stop)
    {
        try
        {
            return await read(stop);
        }
        catch (Exception e) when (e is not OperationCanceledException || !stop.IsCancellationRequested)   // the next look may go well
        {
            return PageContent.Unread(title, e);
        }
    }
}
