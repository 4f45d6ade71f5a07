using System.Globalization;
using Parallax.Host.Configuration;

namespace Parallax.Host.Training;

/// <summary>How a run is announced to the tracking store.</summary>
internal static class RunTags
{
    public const string DefaultExperiment = "parallax";

    public static RunDescription Describe(ResolvedConfiguration configuration, string? resumeRunId, int processes = 1)
    {
        var tags = new Dictionary<string, string>
        {
            ["method"] = configuration.Method.Name,
            ["backbone"] = configuration.Backbone.Name,
            ["dataset"] = configuration.Dataset.Name,
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

        if (configuration.Method.Plugin.Paper.ArXiv is { Length: > 0 } arXiv)
        {
            tags["parallax.paper"] = $"https://arxiv.org/abs/{arXiv}";
        }

        return new(Experiment(configuration.Tracking), configuration.Tracking.RunName ?? $"{configuration.Method.Name}-{configuration.Dataset.Name}-{configuration.Backbone.Name}", tags)
        {
            ResumeRunId = resumeRunId,
            ParentRunId = configuration.Tracking.ParentRun,
        };
    }

    public static string Experiment(TrackingOptions options) =>
        options.Experiment ?? Environment.GetEnvironmentVariable("MLFLOW_EXPERIMENT_NAME") ?? DefaultExperiment;
}
