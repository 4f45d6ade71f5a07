using Parallax.Host.Reports;

namespace Parallax.Host.Tests.Reports;

public sealed class HtmlTests
{
    [Fact]
    public void Of_TextInHoles_IsEncodedInElementsAndAttributes()
    {
        const string hostile = "\"><script>'&";

        Assert.Equal(
            "<p title=\"&quot;&gt;&lt;script&gt;&#x27;&amp;\">&quot;&gt;&lt;script&gt;&#x27;&amp;</p>",
            Html.Of($"""<p title="{hostile}">{hostile}</p>""").Text);
    }

    [Fact]
    public void Of_Pieces_StayAsTheyAre() => Assert.Equal("<b><i>1.5 &amp; ä</i></b>", Html.Of($"<b>{Html.Of($"<i>{1.5} {"& ä"}</i>")}</b>").Text);

    [Fact]
    public void Of_NothingAndNumbers_AreInvariant() => Assert.Equal("|0.75|1,234", Html.Of($"{(string?)null}|{0.751:F2}|{1234:#,0}").Text);
}
