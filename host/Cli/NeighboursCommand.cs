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
        var runs = new Option<string>("--runs") { Description = "Output directory of the run.",
            DefaultValueFactory = _ => new TrainerOptions().OutputDirectory, HelpName = "DIR" };
        var force = new Option<bool>("--force") { Description = "Replace a table that is there." };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("neighbours", "Find the most similar images, by the exact cosine of their features.")
        {
            file, query, pairs, count, run, runs, force, json,
        };
        command.SetAction(parsed => Find(
            parsed.GetValue(file)!, parsed.GetValue(query), parsed.GetValue(pairs), parsed.GetValue(count), (parsed.GetValue(run), parsed.GetValue(runs)!),
            parsed.GetValue(force), parsed.GetValue(json)));

        return command;
    }

    private int Find(string file, string? query, string? pairs, int k, (string? Id, string Runs) run, bool force, bool json)
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
        var all = Neighbours.OfEach(units, k);
        CsvEmbeddings.WriteRows(pairs, ["image", "rank", "neighbour", "cosine"], all.SelectMany((found, row) => found.Select((neighbour, rank) =>
            (string[])[set.Names[row], (rank + 1).ToString(CultureInfo.InvariantCulture), set.Names[neighbour.Row], Text(neighbour.Similarity)])));
        var count = all.Sum(found => found.Count);
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

    private IReadOnlyList<Neighbour> Search(EmbeddingSet set, Tensor units, string query, int k, (string? Id, string Runs) run)
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

    private Tensor Embed(EmbeddingSet set, string image, (string? Id, string Runs) run)
    {
        var target = run.Id ?? set.Metadata.GetValueOrDefault(EmbeddingMetadata.Checkpoint) ?? throw new ConfigurationException(
            $"{set.File} does not say which network it comes from, and '{image}' has to be embedded by it. Add --run with its run or checkpoint.");
        using var checkpoint = ChosenCheckpoint.Load(target, run.Runs, output.Error);
        var configuration = recipes.Value.ReadText(checkpoint.Recipe, $"the recipe in {checkpoint.Path}", []);
        using var experiment = experiments.Value.Create(configuration, isRestored: true);
        experiment.Restore(checkpoint);
        using var images = new SingleImage(image, decoder.Value, experiment.Run.Data);
        var embedded = EmbeddingRun.Embed(experiment, images, TokensOf(set), signals.Token);   // [1, F]
        var weights = EmbeddingMetadata.WeightsOf(experiment);
        if (embedded.shape[1] != set.Features.shape[1] || set.Metadata.GetValueOrDefault(EmbeddingMetadata.Weights, weights) != weights)
        {
            embedded.Dispose();
            throw new ConfigurationException($"{set.File} was embedded with other weights than those of {checkpoint.Path}. Name the run or checkpoint that "
                + "it comes from with --run, or embed the images again.");
        }

        return embedded;
    }

    private static FeatureTokens TokensOf(EmbeddingSet set) =>
        set.Metadata.TryGetValue(EmbeddingMetadata.Features, out var name) && EnumNames.Of(typeof(FeatureTokens)).TryGetValue(name, out var tokens)
            ? (FeatureTokens)tokens : FeatureTokens.Pooled;

    private static string Text(double cosine) => cosine.ToString("F4", CultureInfo.InvariantCulture);
}
