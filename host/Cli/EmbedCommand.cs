using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Parallax.Host.Configuration;
using Parallax.Host.Data;
using Parallax.Host.Embeddings;
using Parallax.Host.Experiments;
using Parallax.Host.Processes;
using Parallax.Host.Training;

namespace Parallax.Host.Cli;

/// <summary><c>parallax embed</c>: features of images, in a file.</summary>
internal sealed class EmbedCommand(
    Lazy<RecipeReader> recipes, Lazy<ExperimentFactory> experiments, Lazy<PluginFactory> plugins, Lazy<EmbeddingRun> embeddings,
    StopSignals signals, CliOutput output) : ICliCommand
{
    private const string Both = "all";
    private static readonly Dictionary<string, DatasetSplit[]> Splits = new()
    {
        ["train"] = [DatasetSplit.Train], ["test"] = [DatasetSplit.Test], [Both] = [DatasetSplit.Train, DatasetSplit.Test],
    };

    private static readonly string[] Parts = ["data.share", "data.shareSeed", "data.longTail"];

    public IReadOnlyList<string> Examples =>
    [
        "parallax embed RUN_ID --out features.parquet",
        "parallax embed RUN_ID DIR --data-set image-folder --with layout=flat --out features.npy --normalise",
        "parallax embed runs/RUN_ID/checkpoints/best.safetensors images.tar --out features.safetensors --features mean",
    ];

    public Command Build()
    {
        var target = new Argument<string>("RUN_ID|CHECKPOINT")
        {
            Description = ChosenCheckpoint.Description,
        };
        var data = new Argument<string?>("DATA") { Description = "The images: a folder, a tar, or what else the data set reads; without it, the run's own.",
            Arity = ArgumentArity.ZeroOrOne };
        var file = new Option<string>("--out") { Description = "The file to make: .parquet, .npy, .safetensors or .csv. A command that was interrupted goes on "
            + "when it is repeated.", Required = true, HelpName = "FILE" };
        var name = new Option<string?>("--data-set") { Description = "What reads DATA; 'parallax list datasets' shows all. Without it, the run's data set.",
            HelpName = "NAME" };
        var options = new Option<string[]>("--with") { Description = "An option of the data set that reads DATA, for example layout=flat.",
            HelpName = "KEY=VALUE" };
        var split = new Option<string>("--split") { Description = $"Which images: {SplitNames()}.", DefaultValueFactory = _ => Both, HelpName = "SPLIT" };
        var features = new Option<string>("--features") { Description = "Which features: pooled (what the backbone returns), class, mean (of the patch tokens) "
            + "or both, one behind the other.", DefaultValueFactory = _ => EnumNames.Of(FeatureTokens.Pooled), HelpName = "NAME" };
        split.CompletionSources.Add([.. Splits.Keys]);
        features.CompletionSources.Add([.. EnumNames.Of(typeof(FeatureTokens)).Keys]);
        var normalise = new Option<bool>("--normalise") { Description = "Divide each row by its length." };
        var force = new Option<bool>("--force") { Description = "Replace a file that is there, and begin anew what was begun otherwise." };
        var overrides = new Option<string[]>("--set") { Description = "Override a key of the run's recipe, for example evaluation.batchSize=64.",
            HelpName = "KEY=VALUE" };
        var runs = new Option<string>("--runs") { Description = "Output directory of the run.",
            DefaultValueFactory = _ => new TrainerOptions().OutputDirectory, HelpName = "DIR" };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("embed", "Write the features of images, videos or a data set into a file.")
        {
            target, data, file, name, options, split, features, normalise, force, overrides, runs, json,
        };
        command.SetAction(parsed => Embed(
            (parsed.GetValue(target)!, parsed.GetValue(runs)!, parsed.GetValue(overrides) ?? []),
            new(parsed.GetValue(data), parsed.GetValue(name), parsed.GetValue(options) ?? [], SplitsOf(parsed.GetValue(split)!)),
            new(parsed.GetValue(file)!, TokensOf(parsed.GetValue(features)!), parsed.GetValue(normalise), parsed.GetValue(force)), parsed.GetValue(json)));

        return command;
    }

    private int Embed((string Target, string Runs, IReadOnlyList<string> Overrides) run, Source source, EmbeddingRequest request, bool json)
    {
        EmbeddingRun.RequireFile(request.File, request.Replaces);
        RequireWhole(run.Overrides);
        using var checkpoint = ChosenCheckpoint.Load(run.Target, run.Runs, output.Error);
        var configuration = recipes.Value.ReadText(checkpoint.Recipe, $"the recipe in {checkpoint.Path}", run.Overrides);
        var choice = Choose(configuration, source);
        if (source is { Data: null, Name: null } && source.Splits.Contains(DatasetSplit.Train) && configuration.Data is not { Share: 1, LongTail: 1 })
        {
            output.Error("The run learned from a part of its training images (data.share, data.longTail); all of them are embedded.");
        }

        using var experiment = experiments.Value.Restored(configuration, checkpoint, choice == configuration.Dataset ? output.Error : _ => { });
        using var images = Open(choice, experiment, source.Splits);
        Tell(images);
        var result = embeddings.Value.Run(experiment, checkpoint, choice, images, request, signals.Token);
        if (json)
        {
            output.Json(result);
        }
        else
        {
            var leftOut = result.LeftOut == 0 ? ""
                : string.Create(CultureInfo.InvariantCulture, $", {result.LeftOut:N0} of {result.Images:N0} {SampleNoun.Of(images)} left out");
            output.Line(string.Create(CultureInfo.InvariantCulture,
                $"{result.File}: {result.Rows:N0} row{(result.Rows == 1 ? "" : "s")} of {result.Width:N0} numbers{leftOut}, "
                    + $"{SizeText.Of(result.Bytes)}."));
        }

        return ExitCodes.Done;
    }

    // A part of the images is for those who learn; what is measured and embedded is all that a split has.
    private static void RequireWhole(IReadOnlyList<string> overrides)
    {
        if (overrides.FirstOrDefault(text => Parts.Contains(text.Split('=')[0])) is { } part)
        {
            throw new ConfigurationException($"--set {part}: 'parallax embed' takes all images of a split, whatever part of them a run learns from. Leave it "
                + "out; --split chooses among the splits.");
        }
    }

    private void Tell(EmbeddingData data)
    {
        var images = data.Info;
        var layout = images.Layout is null ? "" : $" ({images.Layout})";
        var leftOut = images.LeftOut.Count == 0 ? "" : $"; left out: {string.Join(", ", images.LeftOut)}";
        output.Error(string.Create(
            CultureInfo.InvariantCulture, $"Embedding {images.Count} {SampleNoun.Of(data, images.Count)} of '{images.Location}'{layout}{leftOut}."));
    }

    private PluginChoice Choose(ResolvedConfiguration configuration, Source source)
    {
        if (source is { Data: null, Name: null })
        {
            return source.Options.Count == 0 ? configuration.Dataset
                : recipes.Value.ReadDataset(configuration.Dataset, source.Options.Select(option => $"data.{option}"));
        }

        var name = source.Name ?? configuration.Dataset.Name;
        IEnumerable<string> path = source.Data is null ? [] : [$"data.path={JsonSerializer.Serialize(Path.GetFullPath(source.Data), CliOutput.JsonOptions)}"];
        try
        {
            return recipes.Value.ReadDataset(null, name, [.. path, .. source.Options.Select(option => $"data.{option}")]);
        }
        catch (ConfigurationException fault) when (source.Name is null)
        {
            throw new ConfigurationException([.. fault.Faults, $"DATA is read by the run's data set, '{name}'. Name another with --data-set; 'parallax list "
                + "datasets' shows all."]);
        }
    }

    private EmbeddingData Open(PluginChoice choice, Experiment experiment, IReadOnlyList<DatasetSplit> splits)
    {
        var source = choice.Create<IDatasetSource>(plugins.Value);
        List<IImageDataset> opened = [];
        try
        {
            foreach (var split in splits)
            {
                if (splits.Count == 1 || source.Has(split))
                {
                    opened.Add(source.Open(split));
                }
            }

            if (choice != experiment.Configuration.Dataset && ChannelConstants.Of(experiment.Run.Data).Difference(opened[0].Info) is { } note)
            {
                output.Error(note);
            }

            return EmbeddingData.Of(opened, experiment.Run.Data);
        }
        catch
        {
            opened.ForEach(split => split.Dispose());
            throw;
        }
    }

    private static DatasetSplit[] SplitsOf(string name) =>
        Splits.GetValueOrDefault(name) ?? throw new ConfigurationException($"--split is '{name}'; expected {SplitNames()}.");

    private static string SplitNames() => $"{string.Join(", ", Splits.Keys.SkipLast(1))}, or {Splits.Keys.Last()}";

    private static FeatureTokens TokensOf(string name) => EnumNames.Of(typeof(FeatureTokens)) is var known && known.TryGetValue(name, out var tokens)
        ? (FeatureTokens)tokens : throw new ConfigurationException($"--features is '{name}'.{NearestName.Hint(name, known.Keys)}");

    /// <summary>What is embedded.</summary>
    /// <param name="Data">Where it lies; null for data that lie in no files, or the run's own.</param>
    /// <param name="Name">What reads it; null takes the run's data set.</param>
    /// <param name="Options">Options of the data set.</param>
    /// <param name="Splits">Which of its splits, in order.</param>
    private sealed record Source(string? Data, string? Name, IReadOnlyList<string> Options, IReadOnlyList<DatasetSplit> Splits);
}
