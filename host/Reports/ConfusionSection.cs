using System.Globalization;
using Parallax.Host.Data;
using Parallax.Host.Evaluation;

namespace Parallax.Host.Reports;

/// <summary>Which classes are taken for which: by the classifiers of the last evaluation, or else by nearest neighbours.</summary>
/// <param name="run">The run.</param>
internal sealed class ConfusionSection(ReportedRun run)
{
    private const int MostClasses = 25, MostPairs = 25;

    /// <summary>The section; empty where nothing is known.</summary>
    public Html Render()
    {
        var shown = run.Confusions.Count > 0 ? Html.Join(run.Confusions.Select(Kept)) : run.Features is { } study ? Voted(study) : Html.Empty;

        return shown.Text.Length == 0 ? shown : Html.Of($"""
            <h3>Confusion</h3>
            {shown}
            """);
    }

    private static Html Kept(KeptConfusion kept)
    {
        var (noun, counts) = (SampleNoun.Of(kept.AreVideos), new ConfusionCounts(kept.Counts));
        var text = string.Create(CultureInfo.InvariantCulture, $"{kept.Protocol} after {kept.Step:#,0} steps, {counts.Count:#,0} {noun} of '{kept.Data}': "
            + $"{NumberText.Percent(counts.Accuracy)} are recognised.");

        return Html.Of($"""
            <p>{text}</p>
            {Table(kept.Classes, kept.Counts, kept.AreVideos, $" by {kept.Protocol}")}
            """);
    }

    private static Html Voted(FeatureStudy study)
    {
        var noun = SampleNoun.Of(study.AreVideos);
        if (study.Votes is not { } votes)
        {
            return study.VotesFault is { } fault ? Html.Of($"<p>There is none: {fault}</p>")
                : Html.Of($"<p>There is none: it needs held-out {noun}, and {noun} with one class each.</p>");
        }

        var text = string.Create(CultureInfo.InvariantCulture, $"No predictions of a probe are kept with this run, so "
            + $"{NeighbourVotes.Neighbours} nearest neighbours among {votes.Bank:#,0} training {noun} vote (cosine, temperature {NeighbourVotes.Temperature}). "
            + $"{NumberText.Percent(votes.Accuracy)} of the {noun} are recognised. Evaluations of the whole data set are other numbers.");
        var classes = votes.Counts.GetLength(0);
        var pairs = from row in Enumerable.Range(0, classes)
                    from column in Enumerable.Range(0, classes)
                    where votes.Counts[row, column] > 0
                    select (long[])[row, column, votes.Counts[row, column]];

        return Html.Of($"""
            <p>{text}</p>
            {Table(study.Data.Classes, [.. pairs], study.AreVideos, "")}
            """);
    }

    private static Html Table(IReadOnlyList<string> names, IReadOnlyList<long[]> pairs, bool areVideos, string by)
    {
        string NameOf(long label) => label < names.Count ? names[(int)label] : label.ToString(CultureInfo.InvariantCulture);
        var classes = Math.Max(names.Count, pairs.Count == 0 ? 0 : (int)pairs.Max(pair => Math.Max(pair[0], pair[1])) + 1);
        var caption = $"{SampleNoun.Capital(areVideos)} by class (rows) and by the class they are taken for{by} (columns)";

        return classes <= MostClasses ? Matrix([.. Enumerable.Range(0, classes).Select(label => NameOf(label))], pairs, caption)
            : Pairs(pairs, NameOf, SampleNoun.Of(areVideos), by);
    }

    private static Html Matrix(string[] classes, IReadOnlyList<long[]> pairs, string caption)
    {
        var counts = pairs.ToDictionary(pair => (pair[0], pair[1]), pair => pair[2]);
        var sums = pairs.GroupBy(pair => pair[0]).ToDictionary(row => row.Key, row => row.Sum(pair => pair[2]));
        var rows = classes.Select((name, row) => (Html.Of($"{name}"), (IReadOnlyList<Html>)
            [.. classes.Select((_, column) => Cell(counts.GetValueOrDefault((row, column)), sums.GetValueOrDefault(row), row == column))]));

        return DataTable.Render(caption, ["class", .. classes], rows);
    }

    private static Html Cell(long count, long all, bool isRight) => Html.Of($"""
        <td class="{(isRight ? "count right" : "count")}" style="--share:{(all == 0 ? 0 : (double)count / all):F2}">{count}</td>
        """);

    // Many classes: the mistakes that are made most often.
    private static Html Pairs(IReadOnlyList<long[]> pairs, Func<long, string> nameOf, string noun, string by)
    {
        var rows = from pair in pairs
                   where pair[0] != pair[1]
                   orderby pair[2] descending, pair[0], pair[1]
                   select (IReadOnlyList<string>)[nameOf(pair[0]), nameOf(pair[1]), NumberText.Of(pair[2])];

        return DataTable.Render(
            string.Create(CultureInfo.InvariantCulture, $"Classes that are confused most often{by}, at most {MostPairs} pairs"), ["class", "taken for", noun],
            rows.Take(MostPairs));
    }
}
