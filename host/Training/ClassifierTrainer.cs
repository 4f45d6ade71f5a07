using System.Globalization;
using Microsoft.Extensions.Logging;
using Parallax.Host.Configuration;
using Parallax.Host.Data;
using Parallax.Host.Distributed;
using Parallax.Host.Evaluation;
using Parallax.Host.Experiments;

namespace Parallax.Host.Training;

/// <summary>Trains the classifiers of protocols, as <see cref="Trainer"/> trains methods: without checkpoints, in this process alone.</summary>
internal sealed class ClassifierTrainer(ExperimentFactory experiments, ILogger<BatchLoader> logger, TimeProvider time) : IClassifierTrainer
{
    /// <inheritdoc/>
    public ProtocolResult Measure(Experiment measured, string name, ITrainingEvaluator protocol, IImageDataset test, CancellationToken stop)
    {
        var frozen = new List<TrunkFingerprint>();
        using var session = Create(measured, name, protocol, frozen.Add);
        var classifier = (IClassifier)session.Experiment.Method;
        var extractor = new FeatureExtractor(session.Experiment, DatasetSubset.Limit(test, measured.Configuration.Evaluation.MaxTestSamples));
        var (course, loss) = (new ClassifierCourse(classifier), double.NaN);
        var lines = new LineLimit(time);
        LeftOutImages? leftOut = null;
        var callbacks = new TrainerCallbacks(report => loss = report.Loss, OnEpoch, _ => { });
        if (!new Trainer(session, callbacks, time).Run(stop))
        {
            throw new OperationCanceledException(stop);
        }

        if (frozen.Select(copy => copy.ChangeOfFrozenCopy()).FirstOrDefault(change => change is not null) is { } changed)
        {
            throw new InvalidOperationException(changed);
        }

        return new(name, course.Result(loss, session.Experiment.Data.Info.Count))
        {
            LeftOut = leftOut, Scores = course.Scores,
            Confusion = course.Scores is { } scores ? ConfusionCounts.Of(scores.Labels, scores.Predicted) : null,
            ImagesHash = protocol.Training.LabelledShare < 1 ? DatasetSubset.HashOf(session.Experiment.Data) : null,
        };

        void OnEpoch(TrainingSession trained)
        {
            // Thirty views of each video would take several times as long as the epoch itself.
            var isMeasured = !extractor.HasManyViews || trained.Progress.IsAtEnd;
            if (isMeasured)
            {
                Count(trained);
            }

            measured.Logger.Log(
                lines.Takes(trained.Progress.IsAtEnd) ? LogLevel.Information : LogLevel.Debug,
                "{Protocol}: epoch {Epoch} of {Epochs}, loss {Loss}{Sum}, {Accuracy}", name, trained.Progress.EpochOfLastStep + 1,
                trained.Experiment.Run.Epochs, loss.ToString("F3", CultureInfo.InvariantCulture), course.LossText,
                isMeasured ? course.LatestText(SampleNoun.Of(test)) : "measured after the last one");
        }

        void Count(TrainingSession trained)
        {
            using var scope = torch.NewDisposeScope();
            var encoded = extractor.EncodeAll(classifier.Classify, stop);
            course.Add(encoded);
            var skipped = trained.Loader.Skipped.Count;
            leftOut = skipped + encoded.Unreadable.Count == 0 ? null
                : new(skipped, trained.Experiment.Data.Info.Count, encoded.Unreadable.Count, encoded.Images) { AreVideos = measured.Run.HasVideos };
        }
    }

    private static IImageDataset Labelled(Experiment measured, string name, ClassifierTraining training)
    {
        var all = DatasetSubset.Borrow(measured.Data, measured.Configuration.Evaluation.MaxTrainSamples);
        if (training.LabelledShare == 1)
        {
            return all;
        }

        var share = DatasetSubset.OfEachClass(all, training.LabelledShare, measured.Run.Seed);
        measured.Logger.LogInformation(
            "{Protocol}: learns from {Images} of {All} {Noun} ({Share}), seed {Seed}", name, share.Info.Count, all.Info.Count,
            SampleNoun.Of(all, all.Info.Count), FormattableString.Invariant($"{(double)share.Info.Count / all.Info.Count:P1}"), measured.Run.Seed);

        return share;
    }

    /// <param name="measured">Whose backbone is copied.</param>
    /// <param name="name">Name of the protocol.</param>
    /// <param name="protocol">What is trained and how.</param>
    /// <param name="onFrozen">Receives the fingerprint of each copy that is to stay as it is, taken before the protocol has it.</param>
    private TrainingSession Create(Experiment measured, string name, ITrainingEvaluator protocol, Action<TrunkFingerprint> onFrozen)
    {
        var training = protocol.Training;
        var data = Labelled(measured, name, training);
        var configuration = ClassifierConfiguration.Of(measured.Configuration, training, data.Info.Count, measured.Run.MicroBatchSize);
        var batch = configuration.Trainer.BatchSize;
        var info = ChannelConstants.Of(measured.Run.Data).On(data.Info);
        var run = new RunInfo(info, measured.Run.ImageSize, batch, info.Count / batch, training.Epochs, measured.Run.Seed)
        {
            Accumulation = configuration.Trainer.Accumulation, Clip = measured.TestClips.Clip,
        };
        torch.manual_seed(measured.Run.Seed).Dispose();
        var made = new Stack<IDisposable>();
        try
        {
            var classifier = protocol.CreateClassifier(Copy, run);
            measured.Placement.Place(Kept((Module)classifier));
            var experiment = new Experiment(configuration, run, data, classifier, measured.Placement, World.Alone, measured.Logger)
            {
                Views = experiments.CreateViews(classifier.Views, run), Clips = measured.TestClips.Clip is { } clip ? new([clip]) : null,
                TestClips = measured.TestClips,
            };
            experiment.Momentum.Initialise();
            var optimizer = Kept(new OptimizerDriver(classifier, configuration, run, run.TotalSteps, measured.Placement));
            var settings = LoaderSetup.ForTraining(configuration, World.Alone);
            var loader = Kept(new BatchLoader(data, experiment.Views, settings, logger, clips: experiment.Clips));

            return new(experiment, loader, optimizer);
        }
        catch
        {
            foreach (var part in made)
            {
                part.Dispose();
            }

            throw;
        }

        IBackbone Copy()
        {
            var copy = Kept(experiments.CopyBackbone(measured, training.Backbone));
            if (protocol.FreezesBackbone)
            {
                onFrozen(new(copy));
            }

            return copy;
        }

        T Kept<T>(T part)
        {
            made.Push((IDisposable)part!);

            return part;
        }
    }
}
