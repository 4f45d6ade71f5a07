using System.Text.Json;
using Parallax.Host.Configuration;
using Parallax.Host.Distributed;
using Parallax.Host.Evaluation;
using Parallax.Host.Experiments;
using Parallax.Host.Tracking;
using Parallax.Host.Training;

namespace Parallax.Host.Demo;

/// <summary>What the demo found: accuracies as fractions, of features that were never trained and of trained ones.</summary>
internal sealed record DemoReport(string RunId, DemoAccuracies Random, DemoAccuracies Trained, double ImagesPerSecond)
{
    public string ToJson() => JsonSerializer.Serialize(this, CliOutput.JsonOptions);
}

/// <summary>A finished demo.</summary>
/// <param name="Report">What it found.</param>
/// <param name="Directory">Folder of the run.</param>
/// <param name="Tracking">Where it is tracked.</param>
internal sealed record DemoOutcome(DemoReport Report, string Directory, TrackingAddress Tracking);

/// <summary>Accuracy of the two protocols of the demo, fractions in [0, 1].</summary>
internal sealed record DemoAccuracies(double Knn, double Linear);

/// <summary>The main job on embedded data: pretrain, evaluate against features that were never trained, track.</summary>
internal sealed class DemoRun(
    RecipeReader recipes, ExperimentFactory experiments, EvaluationService evaluations, PretrainingRun pretraining, Trackers trackers, DataReport data,
    ConsoleProgress progress)
{
    /// <summary>The recipe that comes with the program.</summary>
    public static string RecipePath => Path.Combine(AppContext.BaseDirectory, "recipes", "demo.yaml");

    /// <returns>Null when it was stopped before the end.</returns>
    public DemoOutcome? Execute(IReadOnlyList<string> overrides, CancellationToken stop)
    {
        var configuration = recipes.Read(RecipePath, overrides);
        progress.WriteLine($"Pretraining {configuration.Method.Name} with {configuration.Backbone.Name} on '{configuration.Dataset.Name}'; this takes some "
            + "minutes.");
        progress.WriteLine("First, what features are worth that were never trained:");
        Measurement random;
        using (var untrained = experiments.Create(configuration))
        {
            data.Write(untrained.Data);
            random = evaluations.Measure(untrained, configuration.Evaluation.Protocols, stop: CancellationToken.None);
        }

        var untrainedResults = random.RequireAll();
        progress.WriteLine(
            string.Join(", ", untrainedResults.Select(r => FormattableString.Invariant($"{r.Protocol} {r.Result.Accuracy:P1}"))) + ". Now training.");
        var summary = pretraining.Execute(configuration, resume: null, ProcessEnvironment.Alone, stop);
        if (!summary.Completed)
        {
            return null;
        }

        evaluations.Track(configuration, random, summary.RunId, step: 0, "random-features");

        return new(
            new(summary.RunId, Accuracies(untrainedResults), Accuracies(summary.Measured.RequireAll()), summary.ImagesPerSecond), summary.Directory,
            trackers.AddressOf(configuration.Tracking));
    }

    private static DemoAccuracies Accuracies(IReadOnlyList<ProtocolResult> results) => new(Of(results, "knn"), Of(results, "linear"));

    private static double Of(IReadOnlyList<ProtocolResult> results, string kind) =>
        results.FirstOrDefault(r => r.Protocol.StartsWith(kind, StringComparison.Ordinal))?.Result.Accuracy
        ?? throw new ConfigurationException($"The demo needs a protocol whose name starts with '{kind}' in evaluation.protocols; it has: "
            + $"{string.Join(", ", results.Select(r => r.Protocol))}.");
}
