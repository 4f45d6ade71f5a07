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

    private const string Prefix = "parallax.";

    /// <summary>All that the features depend on: the same metadata mean the same features.</summary>
    public static Dictionary<string, string> Of(Experiment experiment, Checkpoint checkpoint, DatasetInfo data, EmbeddingRequest request)
    {
        var (configuration, run) = (experiment.Configuration, experiment.Run);

        return new()
        {
            [Prefix + "version"] = typeof(EmbeddingMetadata).Assembly.GetName().Version!.ToString(3),
            [Run] = checkpoint.State.RunId,
            [Checkpoint] = Path.GetFullPath(checkpoint.Path),
            [Prefix + "step"] = Text(checkpoint.State.Position.Step),
            [Prefix + "recipe_hash"] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(checkpoint.Recipe)))[..16],
            [Weights] = WeightsOf(experiment),
            [Prefix + "method"] = configuration.Method.Name,
            [Prefix + "backbone"] = configuration.Backbone.Name,
            [Features] = EnumNames.Of(request.Tokens),
            [Normalised] = request.IsNormalised ? "true" : "false",
            [Prefix + "image_size"] = Text(run.ImageSize),
            [Prefix + "resize"] = Text(configuration.Data.EvaluationResize ?? run.ImageSize),
            [Prefix + "mean"] = Numbers(data.Mean),
            [Prefix + "std"] = Numbers(data.Std),
            [Prefix + "clips"] = experiment.TestClips.Clip is { } clip
                ? string.Create(CultureInfo.InvariantCulture, $"{experiment.TestClips.Clips} x {experiment.TestClips.Crops} of {clip}") : "none",
            [Prefix + "precision"] = EnumNames.Of(configuration.Trainer.Precision),
            [Prefix + "batch_size"] = Text(configuration.Evaluation.BatchSize),
            [Prefix + "data"] = data.Location,
            [Prefix + "data_digest"] = data.Digest,
            [Prefix + "images"] = Text(data.Count),
        };
    }

    /// <summary>Hash of the weights and buffers of the backbone.</summary>
    public static string WeightsOf(Experiment experiment) => new TrunkFingerprint(experiment.Method.Backbone).Digest;

    /// <summary>The same with what is known in the end.</summary>
    /// <param name="metadata">Of the beginning.</param>
    /// <param name="leftOut">Images that cannot be read.</param>
    public static Dictionary<string, string> Complete(IReadOnlyDictionary<string, string> metadata, long leftOut) =>
        new(metadata) { [Prefix + "left_out"] = Text(leftOut) };

    private static string Numbers(IEnumerable<double> values) => string.Join(' ', values.Select(value => value.ToString("R", CultureInfo.InvariantCulture)));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
