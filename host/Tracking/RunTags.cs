using System.Globalization;
using Parallax.Host.Configuration;
using Parallax.Host.Data;
using Parallax.Host.Experiments;

namespace Parallax.Host.Tracking;

/// <summary>How a run is described to the tracking store.</summary>
internal static class RunTags
{
    public const string DefaultExperiment = "parallax";

    /// <summary>Optimizer steps of the whole run.</summary>
    public const string Steps = "parallax.steps";

    /// <summary>What the data are: images or videos.</summary>
    public const string Samples = "parallax.samples";

    /// <summary>What the training does, in a word, why that is said, and what to change; empty when there is nothing.</summary>
    public const string Verdict = "parallax.verdict", VerdictCause = "parallax.verdict.cause", VerdictAdvice = "parallax.verdict.advice";

    /// <summary>What the embeddings have collapsed to.</summary>
    public const string Collapse = "parallax.collapse";

    /// <summary>Before the number of a step at which that changed.</summary>
    public const string VerdictAt = "parallax.verdict.at.";

    private static readonly MlflowEnvironment Variables = new(Environment.GetEnvironmentVariable);

    /// <summary>The tags of a run that goes on: empty, because what it did when it ended is not true any more and a store keeps a tag for good.</summary>
    public static IReadOnlyDictionary<string, string> OfResumed { get; } =
        RunFailure.NoTags.Concat(new[] { Verdict, VerdictCause, VerdictAdvice, Collapse }.Select(tag => KeyValuePair.Create(tag, ""))).ToDictionary();

    /// <summary>What a stored run does, in a word; null before there is a verdict.</summary>
    public static string? VerdictOf(IReadOnlyDictionary<string, string> tags) => tags.GetValueOrDefault(Verdict) is { Length: > 0 } word ? word : null;

    /// <summary>Whether the data of a stored run are videos; runs of earlier versions do not say it.</summary>
    public static bool AreVideos(StoredRun run) => run.Tags.GetValueOrDefault(Samples) == SampleNoun.Of(areVideos: true);

    public static RunDescription Describe(ResolvedConfiguration configuration, string? resumeRunId, int processes = 1)
    {
        var tags = new Dictionary<string, string>
        {
            ["method"] = configuration.Method.Name,
            ["backbone"] = configuration.Backbone.Name,
            ["dataset"] = configuration.Dataset.Name,
            ["parallax.jpegDecoder"] = TurboJpeg.DecoderName,
            ["parallax.processes"] = processes.ToString(CultureInfo.InvariantCulture),
            ["parallax.version"] = typeof(RunTags).Assembly.GetName().Version!.ToString(3),
        };
        foreach (var plugin in new[] { configuration.Method.Plugin, configuration.Backbone.Plugin, configuration.Dataset.Plugin })
        {
            tags[$"parallax.plugin.{plugin.Name}"] = $"{Path.GetFileNameWithoutExtension(plugin.File)} {plugin.Version}";
        }

        foreach (var tag in configuration.Tracking.Tags)
        {
            var (key, value) = tag.Split('=', 2) is [var k, var v]
                ? (k, v)
                : throw new ConfigurationException($"tracking.tags has '{tag}'; expected key=value.");
            tags[key] = value;
        }

        if (configuration.Tracking.Description is { Length: > 0 } description)
        {
            tags.TryAdd("mlflow.note.content", description);
        }

        if (configuration.Method.Plugin.Paper.ArXiv is { Length: > 0 } arXiv)
        {
            tags["parallax.paper"] = $"https://arxiv.org/abs/{arXiv}";
        }

        var name = configuration.Tracking.RunName ?? Variables.Text("MLFLOW_RUN_NAME")
            ?? $"{configuration.Method.Name}-{configuration.Dataset.Name}-{configuration.Backbone.Name}";
        return new(Experiment(configuration.Tracking), name, tags)
        {
            ResumeRunId = resumeRunId,
            ParentRunId = configuration.Tracking.ParentRun,
        };
    }

    public static string Experiment(TrackingOptions options) =>
        options.Experiment ?? ExperimentReference.FromEnvironment(Variables) ?? DefaultExperiment;
}
