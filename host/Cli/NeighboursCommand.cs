using System.CommandLine;
using System.Globalization;
using Parallax.Host.Configuration;
using Parallax.Host.Embeddings;
using Parallax.Host.Experiments;
using Parallax.Host.Processes;
using Parallax.Host.Training;

namespace Parallax.Host.Cli;

/// <summary><c>parallax neighbours</c>: which images are most similar.</summary>
internal sealed class NeighboursCommand(
    Lazy<RecipeReader> recipes, Lazy<ExperimentFactory> experiments, Lazy<IImageDecoder> decoder, StopSignals signals, CliOutput output) : ICliCommand
{
    private const int MostNeighbours = 1000;

    public IReadOnlyList<string> Examples =>
    [
        "parallax neighbours features.parquet --query train/cat/0012.jpg",
        "parallax neighbours features.parquet --query photo.jpg -k 20",
        "parallax neighbours features.parquet --out pairs.csv -k 5",
    ];

    public Command Build()
    {
        var file = new Argument<string>("FILE") { Description = "What 'parallax embed' wrote." };
        var query = new Option<string?>("--query") { Description = "Name of an image in the file, or an image file that the file's network embeds too.",
            HelpName = "NAME|IMAGE" };
        var pairs = new Option<string?>("--out") { Description = "Write the neighbours of every image into this CSV table instead.", HelpName = "PAIRS" };
        var count = new Option<int>("-k") { Description = "Neighbours of each image.", DefaultValueFactory = _ => 10, HelpName = "N" };
        var run = new Option<string?>("--run") { Description = "The run that embeds an image file; without it, the one that the file names.",
            HelpName = "RUN_ID|CHECKPOINT" };
        var overrides = new Option<string[]>("--set") { Description = "Override a key of the run's recipe for an image file, as when the file was made.",
            HelpName = "KEY=VALUE" };
        var runs = new Option<string>("--runs") { Description = "Output directory of the run.",
            DefaultValueFactory = _ => new TrainerOptions().OutputDirectory, HelpName = "DIR" };
        var force = new Option<bool>("--force") { Description = "Replace a table that is there." };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("neighbours", "Find the most similar images, by the exact cosine of their features.")
        {
            file, query, pairs, count, run, overrides, runs, force, json,
        };
        command.SetAction(parsed => Find(
            parsed.GetValue(file)!, parsed.GetValue(query), parsed.GetValue(pairs), parsed.GetValue(count),
            new(parsed.GetValue(run), parsed.GetValue(runs)!, parsed.GetValue(overrides) ?? []), parsed.GetValue(force), parsed.GetValue(json)));

        return command;
    }

    private int Find(string file, string? query, string? pairs, int k, Network run, bool force, bool json)
    {
        if (query is null == pairs is null)
        {
            throw new ConfigurationException("Give --query with the name of an image or an image file, or --out with the table to write.");
        }

        if (k is < 1 or > MostNeighbours)
        {
            throw new ConfigurationException($"-k is {k}; expected 1 to {MostNeighbours} neighbours.");
        }

        if (pairs is not null)
        {
            TableFile.Require("--out", pairs, force);
        }

        _ = TorchLibrary.Current;
        CpuThreads.UseOnThisThread();
        using var set = EmbeddingSet.Read(file);
        using var units = set.Units();   // [N, F]
        if (pairs is not null)
        {
            return WriteAll(set, units, k, pairs, json);
        }

        var found = Search(set, units, query!, k, run);
        if (json)
        {
            output.Json(found.Select((neighbour, rank) => new
            {
                Rank = rank + 1, Name = set.Names[neighbour.Row], Cosine = neighbour.Similarity, Class = set.Classes[neighbour.Row],
            }).ToList());
        }
        else
        {
            output.Table(["image", "cosine", "class"],
                found.Select(neighbour => (string[])[set.Names[neighbour.Row], Text(neighbour.Similarity), set.Classes[neighbour.Row]]));
        }

        return ExitCodes.Done;
    }

    private int WriteAll(EmbeddingSet set, Tensor units, int k, string pairs, bool json)
    {
        var all = Neighbours.OfEach(units, k, signals.Token);
        TableFile.Write("--out", pairs, ["image", "rank", "neighbour", "cosine"], all.SelectMany((found, row) => found.Select((neighbour, rank) =>
            (string[])[set.Names[row], (rank + 1).ToString(CultureInfo.InvariantCulture), set.Names[neighbour.Row], Text(neighbour.Similarity)])));
        var count = (long)set.Count * Math.Min(k, set.Count - 1);
        if (json)
        {
            output.Json(new { File = Path.GetFullPath(pairs), Images = set.Count, Pairs = count });
        }
        else
        {
            output.Line(string.Create(CultureInfo.InvariantCulture, $"{Path.GetFullPath(pairs)}: {count:N0} pairs of {set.Count:N0} images."));
        }

        return ExitCodes.Done;
    }

    private IReadOnlyList<Neighbour> Search(EmbeddingSet set, Tensor units, string query, int k, Network run)
    {
        var row = set.Names.ToList().IndexOf(query);
        if (row >= 0)
        {
            using var own = units.select(0, row);   // [F]

            return Neighbours.Of(units, own, k, row);
        }

        if (!File.Exists(query))
        {
            throw new ConfigurationException($"--query is '{query}', which is neither the name of an image in {set.File} nor an image file."
                + $"{(NearestName.Of(query, set.Names) is { } near ? $" Did you mean '{near}'?" : "")} Names there are like '{set.Names[0]}'.");
        }

        using var embedded = Embed(set, query, run);   // [1, F]
        using var first = embedded.select(0, 0);       // [F]

        return Neighbours.Of(units, first, k);
    }

    private Tensor Embed(EmbeddingSet set, string image, Network run)
    {
        var target = run.Id ?? set.Metadata.GetValueOrDefault(EmbeddingMetadata.Checkpoint) ?? throw new ConfigurationException(
            $"{set.File} does not say which network it comes from, and '{image}' has to be embedded by it. Add --run with its run or checkpoint.");
        using var checkpoint = ChosenCheckpoint.Load(target, run.Runs, output.Error);
        var configuration = recipes.Value.ReadText(checkpoint.Recipe, $"the recipe in {checkpoint.Path}", run.Overrides);
        using var experiment = experiments.Value.Restored(configuration, checkpoint, output.Error);
        using var images = new SingleImage(image, decoder.Value, experiment.Run.Data);
        RequireSameSpace(set, image, EmbeddingMetadata.SpaceOf(experiment, TokensOf(set)));
        var embedded = EmbeddingRun.Embed(experiment, images, TokensOf(set), signals.Token);   // [1, F]
        if (embedded.shape[1] != set.Features.shape[1])
        {
            var width = embedded.shape[1];
            embedded.Dispose();
            throw new ConfigurationException($"The features of {set.File} are {set.Features.shape[1]} wide, those that {checkpoint.Path} makes of {image} "
                + $"{width}. Name the run or checkpoint that the file comes from with --run, or embed the images again.");
        }

        return embedded;
    }

    private void RequireSameSpace(EmbeddingSet set, string image, IReadOnlyDictionary<string, string> space)
    {
        if (EmbeddingMetadata.Difference(set.Metadata, space) is var (key, there, here))
        {
            throw new ConfigurationException($"{key} is {there} in {set.File} and {here} for {image}: features of two kinds cannot be compared. Name the run "
                + "or checkpoint that the file comes from with --run, and repeat the --set that it was made with.");
        }

        if (!set.IsDescribed)
        {
            output.Error($"{set.File} does not say what its features come from: that they are of this network and these settings could not be checked.");
        }
    }

    private static FeatureTokens TokensOf(EmbeddingSet set) =>
        set.Metadata.TryGetValue(EmbeddingMetadata.Features, out var name) && EnumNames.Of(typeof(FeatureTokens)).TryGetValue(name, out var tokens)
            ? (FeatureTokens)tokens : FeatureTokens.Pooled;

    private static string Text(double cosine) => cosine.ToString("F4", CultureInfo.InvariantCulture);

    /// <summary>What embeds an image file.</summary>
    /// <param name="Id">A run or a checkpoint; null for that of the file.</param>
    /// <param name="Runs">Output directory of the run.</param>
    /// <param name="Overrides">Keys of its recipe to change.</param>
    private sealed record Network(string? Id, string Runs, IReadOnlyList<string> Overrides);
}
