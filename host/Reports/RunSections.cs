using Parallax.Host.Data;
using Parallax.Host.Tracking;
using Parallax.Host.Training;

namespace Parallax.Host.Reports;

/// <summary>What a report shows of one run: its verdict, its pictures and its features.</summary>
/// <param name="run">The run.</param>
/// <param name="prefix">Begins the identifiers of its elements.</param>
internal sealed class RunSections(ReportedRun run, string prefix)
{
    // Last values of the run, with what they mean.
    private static readonly (string Key, string Meaning)[] Health =
    [
        ("train/embedding/spread", "1 when the embeddings fill the sphere evenly, 0 when all are the same"),
        ("train/embedding/effective_rank", "directions that the embeddings use; 1 is a line"),
        ("train/embedding/uniformity", "0 when all embeddings are the same, about -4 when they fill the sphere"),
        ("train/embedding/alignment", "mean squared distance to what an embedding is pulled towards, from 0 to 4"),
        ("train/targets/usage", "share of the targets' columns in use"),
        ("train/targets/entropy", "entropy of a target over the largest possible: 1 is flat"),
    ];

    /// <summary>All of it, as a section.</summary>
    public Html Render()
    {
        var (pictures, faults) = Pictures();

        return Html.Of($"""
            <section aria-labelledby="{prefix}">
            <h2 id="{prefix}">Run {run.Name}</h2>
            {Html.Join(run.Missing.Concat(faults).Select(missing => Html.Of($"""<p class="note">{missing}</p>""")))}
            <h3>Verdict and health</h3>
            {Failure()}
            {Verdict()}
            {HealthTable()}
            <h3>What the method saw</h3>
            {pictures}
            {(run.Features is { } features ? new FeatureSections(features, prefix).Render() : Html.Empty)}
            {(run.Features is { Layers: { } layers } study ? LayerSections.Render(layers, study.AreVideos) : Html.Empty)}
            {new ConfusionSection(run).Render()}
            </section>
            """);
    }

    private Html Failure() => FailureSentence.Of(run.Stored) is { } failure ? Html.Of($"""<p><span class="bad">failed</span>: {failure}</p>""") : Html.Empty;

    // In a sentence, with its cause and what to do.
    private Html Verdict()
    {
        if (run.Folder?.Verdict is { } kept)
        {
            return Html.Of($"""<p><span class="{VerdictTone.Of(kept.Word)}">{kept.Word}</span>: {kept.Cause}. {kept.Advice}</p>""");
        }

        if (run.Stored is not { } stored || RunTags.VerdictOf(stored.Tags) is not { } word)
        {
            return Html.Of($"""<p class="muted">No verdict: the run was too short, or is not in the tracking store.</p>""");
        }

        var cause = run.Stored.Tags.GetValueOrDefault(RunTags.VerdictCause) is { } given ? $": {given}" : "";
        var advice = run.Stored.Tags.GetValueOrDefault(RunTags.VerdictAdvice) is { Length: > 0 } text ? $" {text}" : "";

        return Html.Of($"""<p><span class="{VerdictTone.Of(word)}">{word}</span>{cause}.{advice}</p>""");
    }

    private Html HealthTable()
    {
        List<IReadOnlyList<string>> rows =
        [
            .. Health.Where(row => run.Stored?.Metrics.ContainsKey(row.Key) == true)
                .Select(row => (IReadOnlyList<string>)[row.Key["train/".Length..], NumberText.Of(run.Stored!.Metrics[row.Key].Value), row.Meaning]),
        ];

        return rows.Count == 0 ? Html.Of($"""<p class="muted">The run has no numbers about its embeddings.</p>""")
            : DataTable.Render($"Embeddings of run {run.Name} at the last logged step", ["number", "last value", "meaning"], rows);
    }

    // Those that can be read, and a sentence for each of the others.
    private (Html Pictures, IReadOnlyList<string> Faults) Pictures()
    {
        var noun = SampleNoun.Of(run.AreVideos, count: 1);
        (string File, string Title, string Alternative)[] known =
        [
            (ViewPictures.FileName, "Views of the first batch", $"One row for each {noun}, one column for each of its augmented views."),
            (MethodPictures.FileName, "What the method makes of images",
                $"One row for each {noun}, one column for each picture that the method shows of it, such as what it hides and reconstructs."),
            (MethodPictures.AttentionFileName, "What the class token attends to", $"One row for each {noun}, followed by a map of attention for each head."),
        ];
        var found = known.Where(picture => run.Directory is not null && File.Exists(Path.Combine(run.Directory.Path, picture.File))).ToList();

        var (shown, faults) = (new List<Html>(), new List<string>());
        foreach (var (file, title, alternative) in found)
        {
            try
            {
                shown.Add(Picture(File.ReadAllBytes(Path.Combine(run.Directory!.Path, file)), title, alternative));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                faults.Add($"No picture '{title}': {e.Message}");
            }
        }

        return (found.Count == 0 ? Html.Of($"""<p class="muted">The run has no folder here, or no pictures in it.</p>""") : Html.Of($"""
            <div class="grid">
            {Html.Join(shown)}
            </div>
            """), faults);
    }

    /// <summary>A picture with its title and a sentence below it.</summary>
    internal static Html Picture(byte[] png, string title, string alternative)
    {
        var content = Convert.ToBase64String(png);

        return Html.Of($"""
            <figure><figcaption>{title}</figcaption><img class="picture" src="data:image/png;base64,{content}" alt="{title}. {alternative}"/>
            <p class="muted">{alternative}</p></figure>
            """);
    }
}
