using Parallax.Host.Reports;

namespace Parallax.Host.Watching;

/// <summary>What all pages have around what they show.</summary>
internal static class PageFrame
{
    /// <summary>A whole page.</summary>
    /// <param name="content">What it shows.</param>
    /// <param name="events">Address of what changes.</param>
    /// <param name="store">The tracking store.</param>
    /// <param name="main">The main part.</param>
    public static Html Render(PageContent content, string events, string store, Html main) => Document(content.Title, Html.Of($"""
        <body data-events="{events}">
        <a class="skip" href="#main">To the content</a>
        <header><nav aria-label="Pages"><ul><li><a href="/">All runs</a></li></ul></nav></header>
        <main id="main" tabindex="-1">
        <noscript><p class="note">This page brings itself up to date with JavaScript, which is off here. Load it again to see what is new.</p></noscript>
        {main}
        <div id="news" class="unseen" role="status"></div>
        </main>
        <footer><p>Runs of <code>{store}</code>. Nothing can be changed from here.</p></footer>
        <div class="bar" role="region" aria-label="Connection">
        {Slot(content, PageContent.TroubleId)}
        <p id="connection" hidden>No connection to parallax watch. Trying again; what is shown may be old.</p>
        </div>
        </body>
        """));

    /// <summary>A page that says something and changes no more.</summary>
    public static Html Message(string title, string text) => Document($"{title} - Parallax", Html.Of($"""
        <body>
        <main><h1>{title}</h1><p>{text}</p><p><a href="/">All runs</a></p></main>
        </body>
        """));

    /// <summary>The place of a part; empty where the content does not have it yet.</summary>
    /// <param name="content">What is there.</param>
    /// <param name="id">Identifier of the part.</param>
    /// <param name="tag">Name of its element.</param>
    public static Html Slot(PageContent content, string id, string tag = "div") =>
        (content.Fragments.FirstOrDefault(fragment => fragment.Id == id) ?? new(id, Html.Empty)).ToElement(tag);

    private static Html Document(string title, Html body) => Html.Of($"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{title}</title>
        <link rel="stylesheet" href="/style.css">
        <link rel="icon" href="/icon.svg" type="image/svg+xml">
        <script src="/watch.js" defer></script>
        </head>
        {body}
        </html>
        """);
}
