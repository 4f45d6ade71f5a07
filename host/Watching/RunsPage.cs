using Parallax.Host.Reports;
using Parallax.Host.Tracking;
using Parallax.Host.Training;

namespace Parallax.Host.Watching;

/// <summary>The list of runs.</summary>
/// <param name="source">The store.</param>
/// <param name="experiment">Only runs of this experiment; null for all.</param>
/// <param name="time">Clock.</param>
internal sealed class RunsPage(RunSource source, string? experiment, TimeProvider time)
{
    /// <summary>Title of the window.</summary>
    public const string Title = "Runs - Parallax";

    private const int MostShown = 60, MostRead = 1000, Wider = 4;
    private const string Id = "runs", Unknown = "-";
    private static readonly string[] Headings = ["Run", "State", "Verdict", "Progress", "Time left", "Loss", "Started"];
    private int _reach = MostShown;   // runs that are read; changed by one reader at a time

    /// <summary>What it shows now.</summary>
    /// <exception cref="ConfigurationException">The store cannot be read.</exception>
    public async Task<PageContent> ReadAsync(CancellationToken cancellation)
    {
        var (shown, read) = await source.ReadAsync(reader => NewestAsync(reader, cancellation), cancellation);
        var verdicts = shown.Where(run => run.Verdict is not null).ToDictionary(run => run.Run.RunId, run => $"{run.Name}: {run.Verdict}");

        return new(Title, [PageContent.Trouble(null), new(Id, shown.Count == 0 ? Nothing(read) : Table(shown))], verdicts);
    }

    /// <summary>The page.</summary>
    public static Html Render(PageContent content, string store) => PageFrame.Render(content, "/events", store, Html.Of($"""
        <h1>Runs</h1>
        {PageFrame.Slot(content, Id)}
        """));

    // The store does not tell trainings from evaluations, which may be many: it is read further back until there are enough, or no more.
    private async Task<(List<RunView> Shown, int Read)> NewestAsync(RunReader reader, CancellationToken cancellation)
    {
        while (true)
        {
            var runs = await reader.ListAsync(experiment, _reach, cancellation);
            List<RunView> shown = [.. runs.Select(run => new RunView(run)).Where(run => run.IsTraining).Take(MostShown)];
            if (shown.Count == MostShown || runs.Count < _reach || _reach == MostRead)
            {
                return (shown, runs.Count);
            }

            _reach = Math.Min(MostRead, _reach * Wider);
        }
    }

    private static Html Nothing(int read) => read == 0 ? Html.Of($"<p>No runs yet. They appear here when a training starts.</p>")
        : Html.Of($"<p>No trainings among the newest {read:#,0} runs, which are evaluations. Trainings appear here when they start.</p>");

    private Html Table(List<RunView> runs) => Html.Of($"""
        <div class="scroll" role="group" aria-label="Runs" tabindex="0">
        <table class="runs"><caption>The newest first</caption>
        <thead><tr>{Html.Join(Headings.Select(heading => Html.Of($"""<th scope="col">{heading}</th>""")))}</tr></thead>
        <tbody>
        {Html.Join(runs.Select(Row))}
        </tbody></table>
        </div>
        """);

    private Html Row(RunView run) => Html.Of($"""
        <tr id="run-{run.Run.RunId}"><th scope="row"><a href="{LinkTo(run.Run)}">{run.Name}</a><span class="muted">{run.ShortId}</span></th>
        <td>{State(run, time)}</td>
        <td><span class="{VerdictTone.Of(run.Verdict)}">{run.Verdict ?? Unknown}</span></td>
        <td>{Progress(run)}</td>
        <td>{(run.Left is { } left ? WatchText.Left(left) : Unknown)}</td>
        <td>{(run.Loss is { } loss ? NumberText.Of(loss.Value) : Unknown)}</td>
        <td>{WatchText.Time(run.Start, time.LocalTimeZone)}</td></tr>
        """);

    /// <summary>Address of the page of a run.</summary>
    public static string LinkTo(StoredRun run) => $"/runs/{Uri.EscapeDataString(run.RunId)}";

    /// <summary>The state of a run; when it says that it is being trained, and has been silent for long, that too.</summary>
    public static Html State(RunView run, TimeProvider time)
    {
        var state = Html.Of($"""<span class="{WatchText.ClassOfState(run.Run.Status)}">{RunStatus.Word(run.Run.Status)}</span>""");

        return run.SilentSince(time.GetUtcNow()) is { } silent
            ? Html.Of($"""{state}, <span class="warning">silent since {WatchText.Time(silent, time.LocalTimeZone)}</span>""")
            : state;
    }

    /// <summary>How far a run has come.</summary>
    public static Html Progress(RunView run) => run.Share is { } share
        ? Html.Of($"""
            <progress max="100" value="{share * 100:F0}" aria-label="Progress of {run.Name}"></progress> step {run.Step:#,0} of {run.TotalSteps:#,0}
            """)
        : Html.Of($"step {run.Step:#,0}");
}
