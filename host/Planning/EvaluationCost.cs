using Parallax.Host.Configuration;
using Parallax.Host.Evaluation;
using Parallax.Host.Experiments;
using Parallax.Host.Training;

namespace Parallax.Host.Planning;

/// <summary>Measures how long the evaluations of a recipe take: the online one as it is, the protocols at the end on parts of the data.</summary>
internal sealed class EvaluationCost(ExperimentFactory experiments, EvaluationService evaluations, TimeProvider time)
{
    private const int SmallestPart = 200, LargestPart = 1000;   // labelled images of the smaller of two parts
    private const int Parts = 50;   // of so many images a protocol shows what one more costs

    /// <summary>Time of all online measurements and of the final protocols, in seconds.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="stop">Asks to stop.</param>
    public (double Online, double Final) Measure(ResolvedConfiguration recipe, CancellationToken stop)
    {
        using var experiment = experiments.Create(recipe);
        if (experiment.Data.Info.Classes.Count == 0)
        {
            return (0, 0);
        }

        return (Online(experiment, stop), Final(experiment, stop));
    }

    /// <summary>How often the online evaluation measures in a run.</summary>
    /// <param name="epochs">Epochs that are begun.</param>
    /// <param name="every">Epochs from one to the next.</param>
    internal static long OnlineTimes(long epochs, int every) => (epochs / every) + (epochs % every == 0 ? 0 : 1);

    /// <summary>Time for all images, from those for two parts of them: what an image adds stays the same.</summary>
    internal static double Extrapolate(double small, double large, double smallShare, double largeShare) =>
        large + (Math.Max(0, large - small) / (largeShare - smallShare) * (1 - largeShare));

    private double Online(Experiment experiment, CancellationToken stop)
    {
        using var online = evaluations.Online(experiment);
        if (online is null)
        {
            return 0;
        }

        var (run, options) = (experiment.Run, experiment.Configuration.Evaluation);
        var steps = TrainingPlan.Of(run, experiment.Configuration.Trainer.MaxSteps).TotalSteps(default);
        var epochs = (steps + run.StepsPerEpoch - 1) / run.StepsPerEpoch;
        online.Measure(epochs: 0, isLast: true, stop);   // what is compiled and allocated once

        return OnlineTimes(epochs, options.OnlineEveryEpochs) * Seconds(() => online.Measure(epochs: 0, isLast: true, stop));
    }

    private double Final(Experiment experiment, CancellationToken stop)
    {
        var options = experiment.Configuration.Evaluation;
        if (options.Protocols.Count == 0)
        {
            return 0;
        }

        using var held = experiments.Open(experiment.Configuration, DatasetSplit.Test);
        var train = DatasetSubset.Part(experiment.Data.Info, options.MaxTrainSamples).Count;
        var test = DatasetSubset.Part(held.Info, options.MaxTestSamples).Count;
        var small = Math.Clamp(train / Parts, SmallestPart, LargestPart);
        Part(small);
        if (2 * small >= train)
        {
            return Part(train);
        }

        return Extrapolate(Part(small), Part(2 * small), (double)small / train, 2.0 * small / train);

        double Part(long images) => Seconds(() => evaluations.Measure(
            experiment with
            {
                Configuration = experiment.Configuration with
                {
                    Evaluation = options with
                    {
                        MaxTrainSamples = (int)images, MaxTestSamples = (int)Math.Max(1, Math.Round((double)test * images / train)),
                    },
                },
            }, options.Protocols, stop: stop));
    }

    private double Seconds(Action action)
    {
        var start = time.GetTimestamp();
        action();

        return time.GetElapsedTime(start).TotalSeconds;
    }
}
