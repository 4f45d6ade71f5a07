using System.Text;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Parallax.Host.Terminal;

/// <summary>How far something has come, in a few lines of a terminal: a bar, then groups of numbers, each in as many lines as it needs.</summary>
/// <param name="Share">What is done, a fraction in [0, 1].</param>
/// <param name="Beside">Stands behind the bar.</param>
/// <param name="Groups">Numbers that belong together; none is broken.</param>
internal sealed record ProgressView(double Share, string Beside, IReadOnlyList<IReadOnlyList<string>> Groups) : IRenderable
{
    private const int Widest = 100, ShortestBar = 8;
    private const string Gap = "  ";

    /// <summary>A sentence below, of which as much is shown as a line takes.</summary>
    public string Remark { get; init; } = "";

    /// <summary>Colour of the sentence.</summary>
    public Color RemarkColour { get; init; } = Color.Default;

    public Measurement Measure(RenderOptions options, int maxWidth) => new(maxWidth, maxWidth);

    public IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        var width = Math.Min(Widest, maxWidth);
        IEnumerable<Segment[]> lines =
        [
            [.. Bar(options.Unicode, width)],
            .. Groups.SelectMany(group => Flow([.. group.Where(number => number.Length > 0 && (options.Unicode || Ascii.IsValid(number)))], width))
                .Select(line => (Segment[])[new(line)]),
            .. Remark.Length == 0 ? [] : (Segment[][])[[new(Remark.Length <= width ? Remark : Cut(Remark, options.Unicode ? "…" : "...", width),
                new Style(RemarkColour))]],
        ];

        return lines.SelectMany(line => line.Append(Segment.LineBreak));
    }

    private IEnumerable<Segment> Bar(bool hasUnicode, int width)
    {
        var length = width - Beside.Length - Gap.Length;
        if (length >= ShortestBar)
        {
            var done = (int)(Math.Clamp(Share, 0, 1) * length);
            yield return new(new string(hasUnicode ? '━' : '#', done), new Style(Color.Green));
            yield return new(new string(hasUnicode ? '─' : '-', length - done), new Style(Color.Grey));
            yield return new(Gap);
        }

        yield return new(Cut(Beside, "", width));
    }

    // As many in a line as it takes.
    private static IEnumerable<string> Flow(IReadOnlyList<string> numbers, int width)
    {
        var line = "";
        foreach (var number in numbers)
        {
            if (line.Length > 0 && line.Length + Gap.Length + number.Length > width)
            {
                yield return line;
                line = "";
            }

            line = Cut(line.Length == 0 ? number : $"{line}{Gap}{number}", "", width);
        }

        if (line.Length > 0)
        {
            yield return line;
        }
    }

    private static string Cut(string text, string mark, int width) => text.Length <= width ? text : text[..Math.Max(0, width - mark.Length)] + mark;
}
