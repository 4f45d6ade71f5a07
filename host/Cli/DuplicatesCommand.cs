using System.CommandLine;
using System.Globalization;
using Parallax.Host.Embeddings;
using Parallax.Host.Processes;

namespace Parallax.Host.Cli;

/// <summary><c>parallax duplicates</c>: images that show the same.</summary>
internal sealed class DuplicatesCommand(StopSignals signals, CliOutput output) : ICliCommand
{
    private const double Least = 0.95;
    private const int MostShown = 20;

    public IReadOnlyList<string> Examples =>
    [
        "parallax duplicates features.parquet",
        "parallax duplicates train.parquet --against test.parquet --above 0.98 --out leaks.csv",
    ];

    public Command Build()
    {
        var file = new Argument<string>("FILE") { Description = "What 'parallax embed' wrote." };
        var against = new Option<string?>("--against")
        {
            Description = "A second such file, of the test images for example: only pairs of an image of each count.", HelpName = "FILE",
        };
        var above = new Option<double>("--above") { Description = "Least cosine of the features of near-copies, above 0 and up to 1.",
            DefaultValueFactory = _ => Least, HelpName = "COSINE" };
        var table = new Option<string?>("--out") { Description = "Write all groups into this CSV table too.", HelpName = "FILE" };
        var force = new Option<bool>("--force") { Description = "Replace a table that is there." };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("duplicates", "Find images that are copies or near-copies of each other, within a file or across two.")
        {
            file, against, above, table, force, json,
        };
        command.SetAction(parsed => Find(
            parsed.GetValue(file)!, parsed.GetValue(against), parsed.GetValue(above), parsed.GetValue(table), parsed.GetValue(force), parsed.GetValue(json)));

        return command;
    }

    private int Find(string file, string? against, double above, string? table, bool force, bool json)
    {
        if (above is not (> 0 and <= 1))
        {
            throw new ConfigurationException($"--above is {above.ToString(CultureInfo.InvariantCulture)}; expected a cosine above 0 and up to 1, for example "
                + $"{Least.ToString(CultureInfo.InvariantCulture)}.");
        }

        if (against is not null && Path.GetFullPath(against) == Path.GetFullPath(file))
        {
            throw new ConfigurationException($"--against is {against}, the file itself. Leave it out to look within one file.");
        }

        if (table is not null)
        {
            TableFile.Require("--out", table, force);
        }

        _ = TorchLibrary.Current;
        CpuThreads.UseOnThisThread();
        using var set = EmbeddingSet.Read(file);
        using var other = against is null ? null : EmbeddingSet.Read(against);
        other?.RequireSameSpace(set);
        if (other is not null && (set.IsDescribed ? other : set) is { IsDescribed: false } unknown)
        {
            output.Error($"{unknown.File} does not say what its features come from: that both files are of one network and its settings could not be checked.");
        }

        var groups = NearCopies.Find(set, other, above, signals.Token);
        if (table is not null)
        {
            TableFile.Write("--out", table, ["group", "file", "name", "class", "cosine", "same_pixels"], groups.SelectMany(group => group.Images.Select(image =>
                (string[])[group.Group.ToString(CultureInfo.InvariantCulture), image.File, image.Name, image.Class, Text(image.Cosine),
                    image.SamePixels ? "yes" : "no"])));
        }

        if (json)
        {
            output.Json(new { Images = set.Count, Against = other?.Count, Above = above, Copies = Copies(groups, other), Groups = groups });
        }
        else
        {
            Print(groups, set, other, table);
        }

        return ExitCodes.Done;
    }

    private void Print(IReadOnlyList<CopyGroup> groups, EmbeddingSet set, EmbeddingSet? other, string? table)
    {
        foreach (var group in groups.Take(MostShown))
        {
            output.Line(string.Create(CultureInfo.InvariantCulture, $"Group {group.Group}: {group.Images.Count} images"));
            foreach (var image in group.Images)
            {
                output.Line($"  {Text(image.Cosine)}  {(image.SamePixels ? "same pixels" : "similar    ")}  "
                    + $"{image.Name}{(image.Class.Length > 0 ? $"  ({image.Class})" : "")}{(other is null ? "" : $"  in {image.File}")}");
            }
        }

        if (groups.Count > MostShown)
        {
            output.Line($"and {groups.Count - MostShown} more groups{(table is null ? "; --out FILE writes all" : $": {table}")}.");
        }

        var (copies, all) = (Copies(groups, other), other ?? set);
        output.Line(other is null
            ? FormattableString.Invariant($"{copies:N0} of {all.Count:N0} images could be left out: {groups.Count:N0} ")
                + $"group{(groups.Count == 1 ? "" : "s")} of near-copies."
            : FormattableString.Invariant($"{copies:N0} of {all.Count:N0} images of {all.File} have a near-copy in {set.File}."));
    }

    /// <summary>Of two files, the images of the second that have a copy in the first; within one, all of a group but one.</summary>
    private static int Copies(IReadOnlyList<CopyGroup> groups, EmbeddingSet? other) =>
        groups.Sum(group => other is null ? group.Images.Count - 1 : group.Images.Count(image => image.File == other.File));

    private static string Text(double cosine) => cosine.ToString("F4", CultureInfo.InvariantCulture);
}
