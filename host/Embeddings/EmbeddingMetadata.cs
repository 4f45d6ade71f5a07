using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Parallax.Host.Configuration;
using Parallax.Host.Evaluation;
using Parallax.Host.Experiments;
using Parallax.Host.Training;

namespace Parallax.Host.Embeddings;

/// <summary>What a file of embeddings says about itself.</summary>
internal static class EmbeddingMetadata
{
    public const string Checkpoint = Prefix + "checkpoint", Run = Prefix + "run", Weights = Prefix + "weights", Features = Prefix + "features",
        Normalised = Prefix + "normalised", Classes = Prefix + "classes";

    private const string Prefix = "parallax.", ImageSize = Prefix + "image_size", Resize = Prefix + "resize", Mean = Prefix + "mean", Std = Prefix + "std",
        Clips = Prefix + "clips", Precision = Prefix + "precision";

    // Of features that can be compared.
    private static readonly string[] _space = [Weights, Features, ImageSize, Resize, Mean, Std, Clips, Precision];

    // Keys of a recipe that change features or which images there are.
    private static readonly string[] _settings = ["data.", "backbone.", "clips.", "trainer.precision", "evaluation.batchSize"];

    /// <summary>All that the features depend on: the same metadata mean the same features.</summary>
    /// <param name="experiment">With the weights of the checkpoint.</param>
    /// <param name="checkpoint">Where they come from.</param>
    /// <param name="source">What reads the images.</param>
    /// <param name="data">The images.</param>
    /// <param name="request">What is asked for.</param>
    public static Dictionary<string, string> Of(
        Experiment experiment, Checkpoint checkpoint, PluginChoice source, DatasetInfo data, EmbeddingRequest request)
    {
        var configuration = experiment.Configuration;

        return new(SpaceOf(experiment, request.Tokens))
        {
            [Prefix + "version"] = typeof(EmbeddingMetadata).Assembly.GetName().Version!.ToString(3),
            [Run] = checkpoint.State.RunId,
            [Checkpoint] = Path.GetFullPath(checkpoint.Path),
            [Prefix + "step"] = Text(checkpoint.State.Position.Step),
            [Prefix + "recipe_hash"] = HashOf(checkpoint.Recipe),
            [Prefix + "settings"] = SettingsOf(configuration, source),
            [Prefix + "method"] = configuration.Method.Name,
            [Prefix + "backbone"] = configuration.Backbone.Name,
            [Normalised] = request.IsNormalised ? "true" : "false",
            [Prefix + "batch_size"] = Text(configuration.Evaluation.BatchSize),
            [Prefix + "data"] = data.Location,
            [Prefix + "data_digest"] = data.Digest,
            [Prefix + "images"] = Text(data.Count),
        };
    }

    /// <summary>What has to be the same for features to be comparable: the weights, and what is done to an image.</summary>
    /// <param name="experiment">With its weights.</param>
    /// <param name="tokens">Which features.</param>
    public static Dictionary<string, string> SpaceOf(Experiment experiment, FeatureTokens tokens)
    {
        var (configuration, run, views) = (experiment.Configuration, experiment.Run, experiment.TestClips);

        return new()
        {
            [Weights] = new TrunkFingerprint(experiment.Method.Backbone).Digest,
            [Features] = EnumNames.Of(tokens),
            [ImageSize] = Text(run.ImageSize),
            [Resize] = Text(configuration.Data.EvaluationResize ?? run.ImageSize),
            [Mean] = Numbers(run.Data.Mean),
            [Std] = Numbers(run.Data.Std),
            [Clips] = views.Clip is { } clip ? string.Create(CultureInfo.InvariantCulture,
                $"{views.Clips} x {views.Crops} of {clip}, {EnumNames.Of(views.Sampling)}, {EnumNames.Of(views.Places)}") : "none",
            [Precision] = EnumNames.Of(configuration.Trainer.Precision),
        };
    }

    /// <summary>What differs first of <see cref="SpaceOf"/> where both say it; null where nothing does.</summary>
    public static (string Key, string One, string Other)? Difference(IReadOnlyDictionary<string, string> one, IReadOnlyDictionary<string, string> other)
    {
        foreach (var key in _space)
        {
            if (one.TryGetValue(key, out var ours) && other.TryGetValue(key, out var theirs) && ours != theirs)
            {
                return (key, ours, theirs);
            }
        }

        return null;
    }

    /// <summary>Hash of the options that change features or which images there are: those of the run as it is used, and of what reads the images.</summary>
    /// <param name="configuration">Of the run, with what the command changes.</param>
    /// <param name="source">What reads the images.</param>
    public static string SettingsOf(ResolvedConfiguration configuration, PluginChoice source)
    {
        var ofRun = configuration.Flatten().Where(option => _settings.Any(key => option.Key.StartsWith(key, StringComparison.Ordinal)));
        var ofSource = source.Effective is { } options ? OptionsTree.Flatten(OptionsTree.FromRecord(options)) : [];

        string[] lines = [.. ofRun.Select(Line).Order(StringComparer.Ordinal), source.Name, .. ofSource.Select(Line).Order(StringComparer.Ordinal)];

        return HashOf(string.Join('\n', lines));

        static string Line(KeyValuePair<string, string> option) => $"{option.Key}={option.Value}";
    }

    /// <summary>The same with what is known in the end.</summary>
    /// <param name="metadata">Of the beginning.</param>
    /// <param name="leftOut">Images that cannot be read.</param>
    public static Dictionary<string, string> Complete(IReadOnlyDictionary<string, string> metadata, long leftOut) =>
        new(metadata) { [Prefix + "left_out"] = Text(leftOut) };

    private static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];

    private static string Numbers(IEnumerable<double> values) => string.Join(' ', values.Select(value => value.ToString("R", CultureInfo.InvariantCulture)));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
