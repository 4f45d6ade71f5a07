using Microsoft.Extensions.Logging;
using Parallax.Host.Configuration;
using Parallax.Host.Data;
using Parallax.Host.Experiments;
using Parallax.Host.Tracking;

namespace Parallax.Host.Evaluation;

/// <summary>Measures an experiment's backbone: during training with one quick protocol, at the end with all that are asked for.</summary>
internal sealed class EvaluationService(
    ExperimentFactory experiments, PluginCatalog catalog, PluginFactory plugins, IClassifierTrainer trainer, Trackers trackers,
    ILogger<EvaluationService> logger)
{
    /// <summary>
    /// Opens the held-out split when the recipe will need it: its faults show before training, not hours later. So does what protocols know of it.
    /// </summary>
    /// <returns>A sentence or two for each protocol that cannot measure, or whose number will be another than its name promises.</returns>
    /// <exception cref="ConfigurationException">The split cannot be opened.</exception>
    public IReadOnlyList<string> RequireHeldOut(Experiment experiment)
    {
        var options = experiment.Configuration.Evaluation;
        var (protocols, withoutLabels) = ByLabels(experiment, options.Protocols);
        var accompanying = experiment.Data.Info.Classes.Count == 0 ? null : options.Online;
        string[] unlabelled = withoutLabels.Count == 0 ? [] : [$"evaluation.protocols has {string.Join(", ", withoutLabels)}, but "
            + $"'{experiment.Data.Info.Location}' has no labels: training ends without a number of {(withoutLabels.Count == 1 ? "it" : "them")}."];
        if (protocols.Count == 0 && accompanying is null)
        {
            return unlabelled;
        }

        if (experiment.Data.Info.Classes.Count == 0 && !experiments.Has(experiment.Configuration, DatasetSplit.Test))
        {
            return [.. unlabelled, $"evaluation.protocols has {string.Join(", ", protocols)}, but the data have no held-out "
                + $"{SampleNoun.Of(experiment.Data)}: training ends without a "
                + $"number of {(protocols.Count == 1 ? "it" : "them")}."];
        }

        using var held = experiments.Open(experiment.Configuration, DatasetSplit.Test);
        _ = SourceGroups.Of(held, experiment.Configuration.Data);

        return
        [
            .. unlabelled,
            .. Foresee("evaluation.protocols", protocols, options.MaxTrainSamples, options.MaxTestSamples),
            .. Foresee("evaluation.online", accompanying is { } online ? [online] : [], options.OnlineSamples, OnlineEvaluation.TestSamples(options)),
            .. accompanying is { } own && Runner([own], experiment).TakesLong
                ? [$"evaluation.online: the protocol '{own}' looks at more than features of the backbone for its number and is left out. Name it in "
                    + "evaluation.protocols, and here one on frozen features, such as a kNN."]
                : (IEnumerable<string>)[],
        ];

        IEnumerable<string> Foresee(string key, IReadOnlyList<string> names, int mostTrain, int mostTest)
        {
            var (runner, zeroShot) = (Runner(names, experiment), ZeroShot(names, experiment));
            var (train, test) = (DatasetSubset.Part(experiment.Data.Info, mostTrain), DatasetSubset.Part(held.Info, mostTest));

            return runner.Unable(train, test, experiment).Concat(zeroShot.Unable(train, test))
                .Select(failure => $"{key}: the protocol '{failure.Protocol}' is left out. {failure.Reason} Training goes on, and so do other protocols.")
                .Concat(Notes(experiment, runner, zeroShot, train, test).Select(note => $"{key}: {note}"));
        }
    }

    /// <summary>The evaluation that accompanies training; null when the recipe names none, the data have no labels, or it cannot measure on them.</summary>
    public OnlineEvaluation? Online(Experiment experiment)
    {
        var options = experiment.Configuration.Evaluation;
        if (options.Online is null)
        {
            return null;
        }

        var train = experiment.Data.Info;
        if (train.Classes.Count == 0)
        {
            logger.LogWarning("evaluation.online is {Protocol}, but '{Data}' has no labels: training goes on without it.", options.Online, train.Location);
            return null;
        }

        var runner = Runner([options.Online], experiment);
        if (runner.IsEmpty)
        {
            logger.LogWarning("evaluation.online is {Protocol}, which looks at more than frozen features: training goes on without it. Name it in "
                + "evaluation.protocols, or take another protocol.", options.Online);
            return null;
        }

        var held = experiments.Open(experiment.Configuration, DatasetSplit.Test);
        var (bank, queries) = (DatasetSubset.Part(train, options.OnlineSamples), DatasetSubset.Part(held.Info, OnlineEvaluation.TestSamples(options)));
        if (!runner.TakesLong && runner.Unable(bank, queries, experiment).Count == 0)
        {
            return new(experiment, options.Online, runner, held);
        }

        held.Dispose();   // RequireHeldOut has given the reason

        return null;
    }

    /// <summary>
    /// The configured protocols on the final weights, each number in a run below the pretraining. What fails is logged and leaves the rest alone.
    /// </summary>
    /// <param name="experiment">With its final weights.</param>
    /// <param name="parent">The run of the training.</param>
    /// <param name="step">Optimizer steps that were trained.</param>
    /// <param name="report">Receives what is measured.</param>
    /// <param name="stop">Asks to stop.</param>
    public Measurement Final(Experiment experiment, ITrackedRun parent, long step, Action<string> report, CancellationToken stop)
    {
        var (protocols, _) = ByLabels(experiment, experiment.Configuration.Evaluation.Protocols);
        if (protocols.Count == 0)
        {
            return Measurement.Nothing;
        }

        report($"Evaluating: {string.Join(", ", protocols)}.");
        Measurement measured;
        try
        {
            measured = Measure(experiment, protocols, stop: stop);
        }
        catch (Exception e) when (ProtocolFailure.Covers(e))
        {
            measured = new([], [.. protocols.Select(protocol => ProtocolFailure.Of(protocol, e))]);   // the held-out split of all of them
            LogFailures(measured);
        }

        Track(experiment.Configuration, measured, parent.RunId, step);
        measured.Results.Select(r => r.Inputs).FirstOrDefault()?.LogTest(parent);
        foreach (var (protocol, result) in measured.Results)
        {
            parent.LogMetric($"final/{protocol}{(result.Metric == EvaluationResult.TopOne ? "" : $"/{result.Metric}")}", result.Accuracy, step);
        }

        return measured;
    }

    /// <summary>
    /// Measures named protocols on the experiment's current weights. One that cannot run, or fails, is logged and has a reason in place of a number.
    /// </summary>
    /// <param name="experiment">Its data and weights.</param>
    /// <param name="protocols">Names.</param>
    /// <param name="onProtocol">Receives the name of each protocol before it begins.</param>
    /// <param name="onMeasured">Receives all numbers so far, whenever there is one more.</param>
    /// <param name="stop">Asks to stop.</param>
    /// <exception cref="ConfigurationException">A protocol is unknown, or one needs labels and the data have none.</exception>
    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    public Measurement Measure(
        Experiment experiment, IReadOnlyList<string> protocols, Action<string>? onProtocol = null, Action<Measurement>? onMeasured = null,
        CancellationToken stop = default)
    {
        CpuThreads.UseOnThisThread();
        var (runner, zeroShot) = (Runner(protocols, experiment), ZeroShot(protocols, experiment));
        if (ByLabels(experiment, protocols).WithoutLabels is { Count: > 0 } unlabelled)
        {
            throw new ConfigurationException($"'{experiment.Data.Info.Location}' has no labels, and {string.Join(", ", unlabelled)} "
                + $"{(unlabelled.Count == 1 ? "needs" : "need")} them. Use data with classes (data.name, data.path).");
        }

        using var held = experiments.Open(experiment.Configuration, DatasetSplit.Test);
        var trunk = new TrunkFingerprint(experiment.Method.Backbone);
        if (SecondLook.Fault(experiment, held, trunk, stop) is { } fault)
        {
            Measurement nothing = new([], [.. protocols.Select(protocol => ProtocolFailure.Of(protocol, fault))]);
            LogFailures(nothing);

            return nothing;
        }

        var (finished, failed) = (new List<ProtocolResult>(), new List<ProtocolFailure>());
        string[] notes = [.. Notes(experiment, runner, zeroShot, experiment.Data.Info, held.Info)];
        var course = new MeasurementCourse(onProtocol ?? (_ => { }), Finish, failed.Add);
        var compared = zeroShot.Run(held, trunk.Change, course, stop);
        LogFailures(compared);
        var frozen = MeasureFrozen(experiment, runner, held, trunk, course, stop);

        var order = protocols.ToList();

        return new(
            [
                .. frozen.Results.Concat(compared.Results).OrderBy(result => order.IndexOf(result.Protocol))
                    .Select(result => result with { Views = experiment.TestClips.Description }),
            ],
            [.. frozen.Failures, .. compared.Failures])
        {
            Weights = trunk.Digest,
            Notes = notes,
        };

        void Finish(ProtocolResult result)
        {
            finished.Add(result with { Views = experiment.TestClips.Description });
            onMeasured?.Invoke(new([.. finished], [.. failed]) { Weights = trunk.Digest, Notes = notes });
        }
    }

    /// <summary>Asks whether there are protocols of these names, before anything is opened.</summary>
    /// <exception cref="ConfigurationException">Names are unknown: holds all of them, with the nearest known one.</exception>
    public void RequireKnown(ResolvedConfiguration configuration, IReadOnlyList<string> protocols) => Choose(configuration, protocols);

    /// <summary>Protocols that can measure on an experiment's data, and those that need labels which its training images do not have.</summary>
    private (IReadOnlyList<string> Measured, IReadOnlyList<string> WithoutLabels) ByLabels(Experiment experiment, IReadOnlyList<string> protocols)
    {
        if (experiment.Data.Info.Classes.Count > 0)
        {
            return (protocols, []);
        }

        var zeroShot = Choose(experiment.Configuration, protocols).Where(ZeroShotRunner.IsZeroShot).Select(choice => choice.Name).ToList();

        return (zeroShot, [.. protocols.Except(zeroShot)]);
    }

    // Captions are those that the weights have learned from: the data may be others by now.
    private static IEnumerable<string> Notes(Experiment experiment, ProtocolRunner runner, ZeroShotRunner zeroShot, DatasetInfo train, DatasetInfo test) =>
        runner.Notes(train, test).Concat(zeroShot.Notes(train with { Captions = experiment.LearnedCaptions }, test));

    /// <summary>Protocols on the frozen features of the backbone.</summary>
    private Measurement MeasureFrozen(
        Experiment experiment, ProtocolRunner runner, IImageDataset held, TrunkFingerprint trunk, MeasurementCourse course, CancellationToken stop)
    {
        var options = experiment.Configuration.Evaluation;
        var unable = runner.Unable(
            DatasetSubset.Part(experiment.Data.Info, options.MaxTrainSamples), DatasetSubset.Part(held.Info, options.MaxTestSamples), experiment);
        runner = runner.Without(unable);
        if (runner.IsEmpty)
        {
            return new([], unable);
        }

        using var scope = torch.NewDisposeScope();
        var frozen = Frozen(experiment, held, runner.Looks, stop);
        var duplicates = frozen.HasFaults ? null : FoundDuplicates(experiment, held, frozen, stop);   // what cannot be read is told by protocols
        var inputs = new EvaluationInputs(experiment.Data.Info, held.Info);
        var leftOut = frozen.LeftOut;
        var measured = runner.Run(
            frozen.Sets, (name, protocol) => trainer.Measure(experiment, name, protocol, held, stop),
            protocol => protocol.Evaluate(
                experiment.Method.Backbone, experiment.Run, encode => Encoded(encode, FeatureLook.FitOf(protocol)), experiment.Run.Seed),
            (name, protocol) => ClassHeadMeasurement.Measure(experiment, name, protocol, held, stop), trunk.Change,
            course with { OnResult = result => course.OnResult(Complete(result)) }, stop);
        LogFailures(measured);

        return new([.. measured.Results.Select(Complete)], [.. unable, .. measured.Failures]);

        ProtocolResult Complete(ProtocolResult result) => result with { LeftOut = result.LeftOut ?? leftOut, Inputs = inputs, Duplicates = duplicates };

        (FeatureSet Train, FeatureSet Test) Encoded(Func<Tensor, Tensor> encode, ImageFit fit)
        {
            var train = FeatureExtractor.Encoded(experiment, experiment.Data, options.MaxTrainSamples, encode, stop, fit);
            var test = FeatureExtractor.Encoded(experiment, held, options.MaxTestSamples, encode, stop, fit);
            leftOut ??= LeftOutImages.Of(train, test, experiment.Run.HasVideos);

            return (train.Set, test.Set);
        }
    }

    private DuplicateImages? FoundDuplicates(Experiment experiment, IImageDataset held, FrozenFeatures frozen, CancellationToken stop)
    {
        try
        {
            return Duplicates(experiment, held, frozen, stop);
        }
        catch (Exception e) when (ProtocolFailure.Covers(e))
        {
            return null;
        }
    }

    /// <summary>Compares the images that are learned from with those that are counted; reads them where no features were computed.</summary>
    private DuplicateImages Duplicates(Experiment experiment, IImageDataset held, FrozenFeatures frozen, CancellationToken stop)
    {
        var options = experiment.Configuration.Evaluation;
        var found = DuplicateImages.Of(
            frozen.First?.Train.Contents ?? FeatureExtractor.Contents(experiment, experiment.Data, options.MaxTrainSamples, stop),
            frozen.First?.Test.Contents ?? FeatureExtractor.Contents(experiment, held, options.MaxTestSamples, stop)) with
        {
            OfSharedSources = OfSharedSources(experiment, held), AreVideos = experiment.Run.HasVideos,
        };
        if (found.IsAny)
        {
            logger.LogWarning("{Duplicates}: numbers of protocols that learn from training {Noun} are better than they are.", found,
                SampleNoun.Of(experiment.Data));
        }

        return found;
    }

    // Images that cannot be read count, too: only names are looked at.
    private static long? OfSharedSources(Experiment experiment, IImageDataset held)
    {
        var options = experiment.Configuration;
        if (SourceGroups.Of(experiment.Data, options.Data) is not { } train || SourceGroups.Of(held, options.Data) is not { } test)
        {
            return null;
        }

        return test.Shared(
            DatasetSubset.Indices(held, options.Evaluation.MaxTestSamples), train, DatasetSubset.Indices(experiment.Data, options.Evaluation.MaxTrainSamples));
    }

    private FrozenFeatures Frozen(Experiment experiment, IImageDataset held, IReadOnlyList<FeatureLook> looks, CancellationToken stop)
    {
        var features = new FrozenFeatures(experiment, held, looks, stop);
        if (features is { LeftOut: { } leftOut, First: var (train, test) })
        {
            var one = train.Unreadable.Concat(test.Unreadable).First();
            logger.LogWarning("{LeftOut} of the evaluation, because they cannot be read; one of them is {Fault}", leftOut, one.Message);
        }

        return features;
    }

    private void LogFailures(Measurement measured)
    {
        foreach (var failure in measured.Failures.Where(failure => failure.Cause is not null))
        {
            logger.LogWarning(failure.Cause, "The protocol '{Protocol}' has failed; nothing else depends on it.", failure.Protocol);
        }
    }

    /// <summary>Logs measured numbers as a run of their own, below a pretraining when its identifier is given.</summary>
    public void Track(
        ResolvedConfiguration configuration, Measurement measured, string? parentRunId, long step, string kind = LaterNumber.Evaluation,
        string? checkpoint = null, string? second = null)
    {
        var results = measured.Results;
        if (results.Count == 0)
        {
            return;
        }

        var tags = new Dictionary<string, string> { [LaterNumber.KindTag] = kind, ["method"] = configuration.Method.Name };
        if (results[0].Views is { } views)
        {
            tags["parallax.views"] = views;   // the same of all protocols
        }

        var runName = $"{kind}-{string.Join("-", results.Select(r => r.Protocol))}";
        using var run = trackers.Record(configuration.Tracking, new(RunTags.Experiment(configuration.Tracking), runName, tags) { ParentRunId = parentRunId });
        var weights = new MeasuredWeights(kind, step, parentRunId, checkpoint, measured.Weights) { SecondFile = second };
        run.LogParameters(EvaluationParameters.Of(configuration, Choose(configuration, results.Select(r => r.Protocol)), weights, ProtocolRecord.Of(results)));
        results.Select(r => r.Inputs).FirstOrDefault()?.Log(run);
        foreach (var (protocol, result) in results)
        {
            run.LogMetric($"{protocol}/{result.Metric}", result.Accuracy, step);
            run.LogMetric($"{protocol}/{LaterNumber.BestPrefix}{result.Metric}", result.BestAccuracy, step);
            foreach (var (name, value) in result.Details)
            {
                run.LogMetric($"{protocol}/{name}", value, step);
            }
        }

        LogLeftOut("data/", measured.LeftOut);
        LogLeftOut("data/second_", measured.SecondLeftOut);
        if (measured.Duplicates is { } duplicates)
        {
            run.LogMetric("data/duplicate_test_images", duplicates.Count, step);
            if (duplicates.OfSharedSources is { } shared)
            {
                run.LogMetric("data/shared_source_test_images", shared, step);
            }
        }

        run.End(RunOutcome.Finished);

        void LogLeftOut(string prefix, LeftOutImages? leftOut)
        {
            if (leftOut is not null)
            {
                run.LogMetric($"{prefix}left_out_train_images", leftOut.Train, step);
                run.LogMetric($"{prefix}left_out_test_images", leftOut.Test, step);
            }
        }
    }

    private IReadOnlyList<PluginChoice> Choose(ResolvedConfiguration configuration, IEnumerable<string> names) =>
        ProtocolRunner.Choose(catalog, configuration.Protocols, names);

    private ProtocolRunner Runner(IReadOnlyList<string> names, Experiment experiment) =>
        new(Choose(experiment.Configuration, names).Where(choice => !ZeroShotRunner.IsZeroShot(choice)), plugins, experiment.Run.Seed);

    private ZeroShotRunner ZeroShot(IReadOnlyList<string> names, Experiment experiment) => new(Choose(experiment.Configuration, names), plugins, experiment);
}
