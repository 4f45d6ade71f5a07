using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Parallax.Host.Data;
using Parallax.Host.Reports;
using Parallax.Host.Tracking;
using Parallax.Host.Training;

namespace Parallax.Host.Watching;

/// <summary>The page of one run.</summary>
/// <param name="source">The store.</param>
/// <param name="curves">Curves that were read.</param>
/// <param name="pictures">Pictures that were read.</param>
/// <param name="time">Clock.</param>
internal sealed class RunPage(RunSource source, CurveCache curves, PictureCache pictures, TimeProvider time)
{
    private const string NameId = "name", StateId = "state", VerdictsId = "verdicts", CurvesId = "curves", PicturesId = "pictures", NumbersId = "numbers",
        ParametersId = "parameters";

    private static readonly string[] Order = [RunView.LossKey, "online/", "train/", "speed/"];

    /// <summary>What it shows now; null when there is no such run.</summary>
    /// <exception cref="ConfigurationException">The store cannot be read.</exception>
    public async Task<PageContent?> ReadAsync(string runId, CancellationToken cancellation)
    {
        var parts = await source.ReadAsync(
            async reader => await reader.FindAsync(runId, cancellation) is { } run
                ? (Run: new RunView(run), Charts: await ChartsAsync(reader, run, cancellation), Pictures: await PicturesAsync(reader, run, cancellation))
                : default, cancellation);

        return parts.Run is null ? null : Content(parts.Run, [.. parts.Charts.Select(chart => chart.Value).OfType<Fragment>()], parts.Pictures);
    }

    /// <summary>A picture of a run; null when it has none of this name.</summary>
    /// <exception cref="ConfigurationException">The store cannot be read.</exception>
    public Task<byte[]?> ReadPictureAsync(string runId, string file, CancellationToken cancellation) => source.ReadAsync(
        async reader =>
        {
            var picture = pictures.Find(runId, file);
            if (picture is null && await reader.FindAsync(runId, cancellation) is { } run)
            {
                picture = (await pictures.ReadAsync(reader, run, cancellation)).FirstOrDefault(one => one.Picture.File == file);
            }

            return picture?.Png;
        },
        cancellation);

    /// <summary>The page.</summary>
    public static Html Render(PageContent content, string runId, string store) =>
        PageFrame.Render(content, $"/runs/{Uri.EscapeDataString(runId)}/events", store, Html.Of($"""
            {PageFrame.Slot(content, NameId, "h1")}
            {PageFrame.Slot(content, StateId)}
            <h2>Curves</h2>
            {PageFrame.Slot(content, CurvesId)}
            <h2>Verdicts</h2>
            {PageFrame.Slot(content, VerdictsId)}
            <h2>Pictures</h2>
            {PageFrame.Slot(content, PicturesId)}
            <h2>Numbers</h2>
            {PageFrame.Slot(content, NumbersId)}
            <h2>Parameters</h2>
            {PageFrame.Slot(content, ParametersId)}
            """));

    private PageContent Content(RunView run, IReadOnlyList<Fragment> charts, Fragment shown)
    {
        var state = RunStatus.Word(run.Run.Status);
        var title = run.IsRunning && run.Share is { } share
            ? FormattableString.Invariant($"{share * 100:F0} % {run.Name} - Parallax")
            : $"{state}: {run.Name} - Parallax";
        var spoken = run.Verdict is null ? new Dictionary<string, string>()
            : new() { [run.Run.RunId] = $"{run.Verdict}{(run.Cause is { Length: > 0 } cause ? $": {cause}" : "")}" };

        return new(
            title,
            [
                PageContent.Trouble(null), new(NameId, Html.Of($"{run.Name}")), new(StateId, State(run)),
                charts.Count > 0 ? Fragment.Of(CurvesId, charts) : new(CurvesId, Html.Of($"<p>No curves yet.</p>")), new(VerdictsId, Verdicts(run)), shown,
                new(NumbersId, Numbers(run)), new(ParametersId, Parameters(run)),
            ],
            spoken);
    }

    private Html State(RunView run)
    {
        var cause = run.Cause is { Length: > 0 } given ? $": {given}" : "";
        var advice = run.Advice is { Length: > 0 } text ? $". {text}" : "";
        (string Name, Html Value)[] facts =
        [
            ("State", RunsPage.State(run, time)),
            ("Failure", FailureSentence.Of(run.Run) ?? Html.Empty),
            ("Verdict", run.Verdict is null ? Html.Of($"none yet")
                : Html.Of($"""<span class="{VerdictTone.Of(run.Verdict)}">{run.Verdict}</span>{cause}{advice}""")),
            ("Progress", RunsPage.Progress(run)),
            ("Time left", Html.Of($"{(run.Left is { } left ? WatchText.Left(left) : "")}")),
            ("Loss", Html.Of($"{(run.Loss is { } loss ? NumberText.Of(loss.Value) : "")}")),
            ("Speed", Html.Of($"{(run.Speed is { } speed ? $"{NumberText.Of(speed)} {Noun(run.Run)}/s" : "")}")),
            ("Started", WatchText.Time(run.Start, time.LocalTimeZone)),
            ("Ended", run.End is { } end ? WatchText.Time(end, time.LocalTimeZone) : Html.Empty),
            ("Identifier", Html.Of($"<code>{run.Run.RunId}</code>")),
        ];

        return Html.Of($"""
            <dl class="facts">
            {Html.Join(facts.Where(fact => fact.Value.Text.Length > 0).Select(fact => Html.Of($"<div><dt>{fact.Name}</dt><dd>{fact.Value}</dd></div>")))}
            </dl>
            """);
    }

    private static Html Verdicts(RunView run) => run.Verdicts.Count == 0
        ? Html.Of($"<p>None yet: a run says what it does after some dozens of logged steps.</p>")
        : Html.Of($"""
            <ol class="log">{Html.Join(run.Verdicts.Select(change => Html.Of($"<li><strong>Step {change.Step:#,0}</strong> {change.Text}</li>")))}</ol>
            """);

    private async Task<IReadOnlyList<Lazy<Fragment?>>> ChartsAsync(RunReader reader, StoredRun run, CancellationToken cancellation)
    {
        var charts = new List<Lazy<Fragment?>>();
        foreach (var key in run.Metrics.Keys.Where(key => !MetricPoint.IsSystem(key)).OrderBy(RankOf).ThenBy(key => key, StringComparer.Ordinal))
        {
            charts.Add(await curves.ReadAsync(reader, run, key, points => Chart(run, key, points), cancellation));
        }

        return charts;
    }

    private static Fragment? Chart(StoredRun run, string key, IReadOnlyList<ChartPoint> points)
    {
        if (points.Count <= 1)
        {
            return null;   // a single number is in the table
        }

        var (title, unit) = key == RunView.SpeedKey ? ("Speed", $"{Noun(run)}/s") : ReportCharts.NamesOf(key);
        var options = new ChartOptions(IdOf(key), title) { Unit = unit };

        return new($"{options.Id}-part", ChartFigure.Render(options, [new(key, points)]));
    }

    private async Task<Fragment> PicturesAsync(RunReader reader, StoredRun run, CancellationToken cancellation)
    {
        try
        {
            var shown = await pictures.ReadAsync(reader, run, cancellation);

            return new(PicturesId, shown.Count == 0 ? Html.Of($"<p>No pictures yet.</p>") : Html.Of($"""
                <div class="pictures">{Html.Join(shown.Select(picture => Picture(run, picture)))}</div>
                """));
        }
        catch (ConfigurationException e)   // everything else on the page was read
        {
            return new(PicturesId, Html.Of($"<p>{e.Message}</p>"));
        }
    }

    private static Html Picture(StoredRun run, LoadedPicture loaded)
    {
        var name = $"{loaded.Picture.Name}{(loaded.Picture.Step is { } step ? FormattableString.Invariant($", step {step:#,0}") : "")}";

        var kind = RunTags.AreVideos(run) ? "Videos" : "Images";

        // A picture that is written anew under its name has another address, so that the browser asks for it.
        var version = loaded.Picture.Step is null ? $"?v={Convert.ToHexStringLower(XxHash3.Hash(loaded.Png))}" : "";
        var address = $"{RunsPage.LinkTo(run)}/pictures/{Uri.EscapeDataString(loaded.Picture.File)}{version}";

        return Html.Of($"""
            <figure><figcaption>{name}</figcaption>
            <img class="picture" src="{address}" width="{loaded.Width}" height="{loaded.Height}" alt="{kind} of the run, a row for each: {name}">
            </figure>
            """);
    }

    private static Html Numbers(RunView run)
    {
        var groups = run.Run.Metrics.Values.OrderBy(point => RankOf(point.Key)).ThenBy(point => point.Key, StringComparer.Ordinal)
            .ToLookup(point => MetricPoint.IsSystem(point.Key));
        var machine = groups[true].Any()
            ? Html.Of($"<details><summary>The machine</summary>{Table("Last values of the machine", groups[true])}</details>")
            : Html.Empty;

        return Html.Join([groups[false].Any() ? Table("Last values", groups[false]) : Html.Of($"<p>No numbers yet.</p>"), machine]);

        static Html Table(string caption, IEnumerable<MetricPoint> points) => DataTable.Render(
            caption, ["metric", "value", "step"],
            points.Select(point => (IReadOnlyList<string>)
                [point.Key, NumberText.Of(point.Value), point.Step.ToString("#,0", CultureInfo.InvariantCulture)]));
    }

    private static Html Parameters(RunView run) => run.Run.Params.Count == 0 ? Html.Of($"<p>No parameters yet.</p>") : Html.Of($"""
        <details><summary>Keys and values ({run.Run.Params.Count})</summary>
        {DataTable.Render(
            "Parameters", ["key", "value"], run.Run.Params.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => (IReadOnlyList<string>)[p.Key, p.Value]))}
        </details>
        """);

    private static string Noun(StoredRun run) => SampleNoun.Of(RunTags.AreVideos(run));

    private static int RankOf(string key)
    {
        var rank = Array.FindIndex(Order, start => key.StartsWith(start, StringComparison.Ordinal));

        return rank < 0 ? Order.Length : rank;
    }

    // Letters and digits stay; everything else becomes its number, so that two keys never share an identifier.
    private static string IdOf(string key) => key.Aggregate(
        new StringBuilder("chart-"), (id, letter) => char.IsAsciiLetterOrDigit(letter) ? id.Append(letter)
            : id.Append(CultureInfo.InvariantCulture, $"-{(int)letter:x}-"), id => id.ToString());
}
