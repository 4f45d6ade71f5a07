using System.Globalization;
using Parallax.Host.Data;

namespace Parallax.Host.Reports;

/// <summary>What a report shows of the features of a run: their spectrum, a map and the nearest neighbours.</summary>
/// <param name="study">The features.</param>
/// <param name="prefix">Begins the identifiers of the run's elements.</param>
internal sealed class FeatureSections(FeatureStudy study, string prefix)
{
    private const int MapWidth = 720, MapHeight = 540, MapMargin = 32, PictureSide = 28;
    private const int Queries = 10, FirstDirections = 10;
    private const double Rounding = 1e-6;   // smaller singular values are what float32 has left of 0

    // As many as can be told apart by colour and dashes together.
    private const int MostOfALegend = 30;

    private readonly ThumbnailMarkup _thumbnails = new(study, prefix);

    private string Noun => SampleNoun.Of(study.AreVideos);

    private bool HasOneClassEach => study.Data.Classes.Count > 0 && !study.Data.IsMultiLabel;

    /// <summary>All of them.</summary>
    public Html Render() => Html.Of($"""
        {_thumbnails.Definitions()}
        <h3>Spectrum of the features</h3>
        <p>{SpectrumText()}</p>
        {Spectrum()}
        <h3>Map of the features</h3>
        {Map()}
        <h3>Nearest neighbours</h3>
        {Gallery()}
        """);

    private string SpectrumText()
    {
        var unread = study.Unreadable == 0 ? "" : $" {study.Unreadable} more cannot be read and are left out.";

        return string.Create(CultureInfo.InvariantCulture, $"{study.Images.Count} {Noun} of {SplitOf()} in {study.Width} dimensions, after {study.Step:#,0} "
            + $"steps: effective rank {study.EffectiveRank:F1}, {NumberText.Percent(study.Explained(FirstDirections))} of the variance in the first "
            + $"{FirstDirections} directions.{unread}");
    }

    private string SplitOf() => study.Data.Split == DatasetSplit.Test ? $"the held-out split of '{study.Data.Location}'"
        : $"the training split of '{study.Data.Location}' (there is no held-out one)";

    private Html Spectrum()
    {
        var options = new ChartOptions($"{prefix}-spectrum", "Singular values of the features around their mean")
        {
            IsLogarithmic = true, Unit = "share of the largest", XName = "direction",
        };
        var points = study.Spectrum.Select((value, at) => new ChartPoint(at + 1, value / study.Spectrum[0])).Where(point => point.Y > Rounding);

        return Html.Of($"""<div class="grid">{ChartFigure.Render(options, [new("singular value", [.. points])])}</div>""");
    }

    private Html Map()
    {
        var (x, y) = (ChartAxis.Exact([.. study.Images.Select(image => image.X)]), ChartAxis.Exact([.. study.Images.Select(image => image.Y)]));
        var pictures = study.Images.Select((image, at) => OnMap(image, at, (x.Share(image.X), y.Share(image.Y))));
        var classes = HasOneClassEach && study.Data.Classes.Count <= MostOfALegend ? ChartFigure.Legend(study.Data.Classes) : Html.Empty;
        var frames = HasOneClassEach ? "; its frame shows its class" : "";
        var rows = study.Images.Select(image => (IReadOnlyList<string>)
            [image.Name, study.ClassOf(image) ?? "", NumberText.Of(image.X), NumberText.Of(image.Y)]);

        return Html.Of($"""
            <p>The first two principal components hold {NumberText.Percent(study.Explained(2))} of the variance. Each picture lies where its features
            are{frames}.</p>
            <figure>
            <figcaption>{SampleNoun.Capital(study.AreVideos)} by the first two principal components of their features</figcaption>
            {classes}
            <div class="scroll" role="group" aria-label="Map of the features" tabindex="0">
            <svg class="map" viewBox="0 0 {MapWidth} {MapHeight}" role="img" aria-labelledby="{prefix}-map-title">
            <title id="{prefix}-map-title">Map of {study.Images.Count} {Noun}; the table below has their places</title>
            {Html.Join(pictures)}
            </svg>
            </div>
            <details><summary>Places of the {Noun}</summary>
            {DataTable.Render($"Places of the {Noun}", [SampleNoun.Of(study.AreVideos, count: 1), "class", "first component", "second component"], rows)}
            </details>
            </figure>
            """);
    }

    private Html OnMap(StudiedImage image, int at, (double X, double Y) place)
    {
        var left = (place.X * (MapWidth - (2 * MapMargin))) + MapMargin - (PictureSide / 2.0);
        var top = ((1 - place.Y) * (MapHeight - (2 * MapMargin))) + MapMargin - (PictureSide / 2.0);
        var frame = image.Label < 0 ? Html.Empty
            : Html.Of($"""<rect class="line {LineChart.ClassOf(image.Label)}" width="{PictureSide}" height="{PictureSide}"/>""");

        return Html.Of($"""
            <g transform="translate({left:F1} {top:F1})"><title>{_thumbnails.NameOf(image)}</title>
            <use href="#{_thumbnails.IdOf(at)}" width="{PictureSide}" height="{PictureSide}"/>{frame}</g>
            """);
    }

    private Html Gallery()
    {
        var count = Math.Min(Queries, study.Images.Count);
        var queries = Enumerable.Range(0, count).Select(at => at * study.Images.Count / count);
        var most = study.Images.Max(image => image.Neighbours.Count);
        var rows = queries.Select(at => (_thumbnails.Figure(at), (IReadOnlyList<Html>)
            [.. study.Images[at].Neighbours.Select(found => Cell(study.Images[at], found.Row, found.Similarity))]));
        var labelled = !HasOneClassEach ? "" : " Neighbours of another class have a dashed frame and say so.";
        string[] headings = [SampleNoun.Of(study.AreVideos, count: 1), .. Enumerable.Range(1, most).Select(Rank)];

        return Html.Of($"""
            <p>Of the {Noun} on the map, the {most} with the largest cosine to the first of each row.{labelled}</p>
            {DataTable.Render($"{SampleNoun.Capital(study.AreVideos)} and their nearest neighbours", headings, rows)}
            """);
    }

    private static string Rank(int place) => string.Create(CultureInfo.InvariantCulture, $"neighbour {place}");

    private Html Cell(StudiedImage query, int row, double similarity)
    {
        var isOther = query.Label >= 0 && study.Images[row].Label >= 0 && study.Images[row].Label != query.Label;
        var note = isOther ? Html.Of($"""<span class="warning">other class</span>""") : Html.Empty;

        return Html.Of($"""<td class="{(isOther ? "other" : "same")}">{_thumbnails.Figure(row)}<span class="muted">{similarity:F3}</span>{note}</td>""");
    }
}
