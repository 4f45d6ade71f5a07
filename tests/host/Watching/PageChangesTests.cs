using Parallax.Host.Reports;
using Parallax.Host.Watching;

namespace Parallax.Host.Tests.Watching;

public sealed class PageChangesTests
{
    private readonly PageChanges _changes = new();

    [Fact]
    public void To_TheFirstTime_SendsAllPartsAndTheTitleButNoNews()
    {
        var events = _changes.To(Page([Part("a", "1"), Part("b", "2")], "learning"));

        Assert.Equal(["part", "part", "title"], events.Select(one => one.Event));
    }

    [Fact]
    public void To_TheSameAgain_SendsNothing()
    {
        _changes.To(Page([Part("a", "1")], "learning"));

        Assert.Empty(_changes.To(Page([Part("a", "1")], "learning")));
    }

    [Fact]
    public void To_AGroupWhosePartHasChanged_SendsThatPartAlone()
    {
        _changes.To(Page([Fragment.Of("all", [Part("a", "1"), Part("b", "2")])]));

        var events = _changes.To(Page([Fragment.Of("all", [Part("a", "1"), Part("b", "3")])]));

        Assert.Equal("{ id = b, version = VERSION, content = 3 }", Assert.Single(events).Data.ToString()!.Replace(
            Part("b", "3").Version, "VERSION", StringComparison.Ordinal));
    }

    [Fact]
    public void To_AGroupWithAFurtherPart_SendsTheGroupOnce()
    {
        _changes.To(Page([Fragment.Of("all", [Part("a", "1")])]));

        var events = _changes.To(Page([Fragment.Of("all", [Part("a", "1"), Part("b", "2")])]));

        Assert.Contains("id = all,", Assert.Single(events).Data.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void To_AnotherVerdict_IsNews()
    {
        _changes.To(Page([], "learning"));

        Assert.Equal(("news", "saturated"), Assert.Single(_changes.To(Page([], "saturated"))));
        Assert.Empty(_changes.To(Page([], "saturated")));
    }

    [Fact]
    public void To_AFirstVerdict_IsNews()
    {
        _changes.To(Page([]));

        Assert.Equal(("news", "learning"), Assert.Single(_changes.To(Page([], "learning"))));
    }

    [Fact]
    public void To_AVerdictAfterAnOutage_IsNewsOnlyWhenItIsAnother()
    {
        _changes.To(Page([], "learning"));
        _changes.To(PageContent.Unread("title", "the store is away."));

        Assert.DoesNotContain(_changes.To(Page([], "learning")), one => one.Event == "news");
        _changes.To(PageContent.Unread("title", "the store is away."));
        Assert.Contains(("news", "saturated"), _changes.To(Page([], "saturated")));
    }

    private static Fragment Part(string id, string content) => new(id, new Html(content));

    private static PageContent Page(IReadOnlyList<Fragment> parts, string? verdict = null) =>
        new("title", parts, verdict is null ? new Dictionary<string, string>() : new() { ["run"] = verdict });
}
