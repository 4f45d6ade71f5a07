using Microsoft.Extensions.Logging;
using Parallax.Host.Configuration;
using Parallax.Host.Tracking;
using Parallax.Host.Training;

namespace Parallax.Host.Evaluation;

/// <summary>Measures the features of a session's backbone: during training with one quick protocol, at the end with all that are asked for.</summary>
internal sealed class EvaluationService(SessionFactory sessions, PluginCatalog catalog, PluginFactory plugins, Trackers trackers, ILogger<EvaluationService> logger)
{
    /// <summary>Opens and closes the held-out split when the recipe will need it: its faults show before training, not hours later.</summary>
    /// <exception cref="ConfigurationException">The split cannot be opened.</exception>
    public void RequireHeldOut(TrainingSession session)
    {
        var options = session.Configuration.Evaluation;
        if ((options.Online is not null || options.Protocols.Count > 0) && session.Data.Info.Classes.Count > 0)
        {
            sessions.Open(session.Configuration, DatasetSplit.Test).Dispose();
        }
    }

    /// <summary>The evaluation that accompanies training; null when the recipe names none or the data have no labels.</summary>
    public OnlineEvaluation? Online(TrainingSession session)
    {
        var options = session.Configuration.Evaluation;
        if (options.Online is null)
        {
            return null;
        }

        if (session.Data.Info.Classes.Count == 0)
        {
            logger.LogWarning("evaluation.online is {Protocol}, but '{Data}' has no labels: training goes on without it.", options.Online, session.Data.Info.Location);
            return null;
        }

        return new(options.Online, Runner([options.Online], session), sessions.Open(session.Configuration, DatasetSplit.Test));
    }

    /// <summary>The configured protocols on the final weights, each number in a run below the pretraining.</summary>
    public IReadOnlyList<ProtocolResult> Final(TrainingSession session, ITrackedRun parent, Action<string> say)
    {
        var options = session.Configuration.Evaluation;
        if (options.Protocols.Count == 0 || session.Data.Info.Classes.Count == 0)
        {
            return [];
        }

        say($"Evaluating: {string.Join(", ", options.Protocols)}.");
        var results = Measure(session, options.Protocols);
        Track(session.Configuration, results, parent.RunId, session.Position.Step);
        foreach (var (protocol, result) in results)
        {
            parent.LogMetric($"final/{protocol}", result.Accuracy, session.Position.Step);
        }

        return results;
    }

    /// <summary>Measures named protocols on the session's current weights.</summary>
    /// <exception cref="ConfigurationException">A protocol is unknown, or the data have no labels.</exception>
    public IReadOnlyList<ProtocolResult> Measure(TrainingSession session, IReadOnlyList<string> protocols, Action<string>? announce = null)
    {
        CpuThreads.UseOnThisThread();
        var runner = Runner(protocols, session);
        if (session.Data.Info.Classes.Count == 0)
        {
            throw new ConfigurationException($"'{session.Data.Info.Location}' has no labels, and {string.Join(", ", protocols)} need them. Use data with classes (data.name, data.path).");
        }

        using var held = sessions.Open(session.Configuration, DatasetSplit.Test);
        var options = session.Configuration.Evaluation;
        using var scope = torch.NewDisposeScope();
        var train = FeatureExtractor.Features(session, session.Data, options.MaxTrainSamples);
        var test = FeatureExtractor.Features(session, held, options.MaxTestSamples);

        var leftOut = LeftOutImages.Of(train, test);
        if (leftOut is not null)
        {
            var one = train.Unreadable.Concat(test.Unreadable).First();
            logger.LogWarning("{LeftOut} of the evaluation, because they cannot be read; one of them is {Fault}", leftOut, one.Message);
        }

        return [.. runner.Run(train.Set, test.Set, announce).Select(result => result with { LeftOut = leftOut })];
    }

    /// <summary>Logs measured numbers as a run of their own, below a pretraining when its identifier is given.</summary>
    public void Track(ResolvedConfiguration configuration, IReadOnlyList<ProtocolResult> results, string? parentRunId, long step, string kind = "evaluation")
    {
        var tags = new Dictionary<string, string> { ["parallax.kind"] = kind, ["method"] = configuration.Method.Name };
        using var run = trackers.For(configuration.Tracking).Start(new(RunTags.Experiment(configuration.Tracking), $"{kind}-{string.Join("-", results.Select(r => r.Protocol))}", tags) { ParentRunId = parentRunId });
        foreach (var (protocol, result) in results)
        {
            run.LogMetric($"{protocol}/accuracy", result.Accuracy, step);
            run.LogMetric($"{protocol}/best_accuracy", result.BestAccuracy, step);
            foreach (var (name, value) in result.Details)
            {
                run.LogMetric($"{protocol}/{name}", value, step);
            }
        }

        if (results.Select(result => result.LeftOut).FirstOrDefault(left => left is not null) is { } leftOut)
        {
            run.LogMetric("data/left_out_train_images", leftOut.Train, step);
            run.LogMetric("data/left_out_test_images", leftOut.Test, step);
        }

        run.End(RunOutcome.Finished);
    }

    private ProtocolRunner Runner(IReadOnlyList<string> names, TrainingSession session) => ProtocolRunner.Create(catalog, plugins, session.Configuration.Protocols, names, session.Run.Seed);
}
