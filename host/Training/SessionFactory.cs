using Microsoft.Extensions.Logging;
using Parallax.Host.Configuration;
using Parallax.Host.Data;
using Parallax.Host.Distributed;
using Parallax.Host.Experiments;

namespace Parallax.Host.Training;

/// <summary>Makes the training of a recipe: the experiment, its optimizer and its loader.</summary>
internal sealed class SessionFactory(ExperimentFactory experiments, ILogger<BatchLoader> logger)
{
    /// <param name="configuration">What to train.</param>
    /// <param name="processes">The processes that train together; null for one alone.</param>
    /// <param name="isRestored">Whether a checkpoint follows.</param>
    /// <param name="constants">By what images are normalised; null takes what the data have.</param>
    /// <exception cref="ConfigurationException">Data, options or device cannot work together: names key, value and what to do.</exception>
    public TrainingSession Create(ResolvedConfiguration configuration, World? processes = null, bool isRestored = false, ChannelConstants? constants = null)
    {
        var world = processes ?? World.Alone;
        var session = world.RunOnAll(() => Create(experiments.Create(configuration, world, isRestored, constants: constants), isRestored));
        session.Parallel.ShareWeights();

        return session;
    }

    private TrainingSession Create(Experiment experiment, bool isRestored)
    {
        try
        {
            var (configuration, run) = (experiment.Configuration, experiment.Run);
            if (!isRestored)
            {
                EarlierRunWeights.Load(experiment);
                GivenTensorFiles.Load(experiment);
            }

            var optimizer = new OptimizerDriver(experiment.Method, configuration, run, run.TotalSteps, experiment.Placement);
            var settings = LoaderSetup.ForTraining(configuration, experiment.World);
            var sampling = experiment.Method is IEpochSampling { IsNeeded: true } needed ? needed : null;
            var positives = experiment.Method as IPositiveSampling;
            var loader = new BatchLoader(   // last: it reads
                experiment.Learned, experiment.Views, settings, logger, sampling, experiment.Clips, positives);

            return new(experiment, loader, optimizer);
        }
        catch
        {
            experiment.Dispose();
            throw;
        }
    }
}
