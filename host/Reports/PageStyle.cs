namespace Parallax.Host.Reports;

/// <summary>The style sheet of pages: light and dark, wide and narrow, on paper.</summary>
internal static class PageStyle
{
    private const string ResourceName = "page.css";

    /// <summary>The style sheet, to stand in a <c>style</c> element.</summary>
    public static Html Text { get; } = Read();

    private static Html Read()
    {
        using var reader = new StreamReader(typeof(PageStyle).Assembly.GetManifestResourceStream(ResourceName)!);

        return new(reader.ReadToEnd());
    }
}
