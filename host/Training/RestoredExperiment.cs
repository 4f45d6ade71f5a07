using Parallax.Host.Configuration;
using Parallax.Host.Data;
using Parallax.Host.Experiments;

namespace Parallax.Host.Training;

/// <summary>The experiment of a finished training, to measure it: with its weights, and images normalised as it was trained.</summary>
internal static class RestoredExperiment
{
    /// <param name="experiments">Makes experiments.</param>
    /// <param name="configuration">The recipe of the checkpoint, with what a command changes; its data may be others.</param>
    /// <param name="checkpoint">Gives the weights and the constants of the normalisation.</param>
    /// <param name="report">Receives a line where these constants are not those of the data.</param>
    /// <exception cref="ConfigurationException">The recipe cannot be made, or the checkpoint does not fit it.</exception>
    public static Experiment Restored(
        this ExperimentFactory experiments, ResolvedConfiguration configuration, Checkpoint checkpoint, Action<string> report)
    {
        var trained = checkpoint.State.Data?.Constants;
        var experiment = experiments.Create(configuration, isRestored: true, isTrained: false, constants: trained);
        try
        {
            experiment.Restore(checkpoint);
            if (Note(checkpoint, experiment) is { } note)
            {
                report(note);
            }

            return experiment;
        }
        catch
        {
            experiment.Dispose();
            throw;
        }
    }

    private static string? Note(Checkpoint checkpoint, Experiment experiment) => checkpoint.State.Data switch
    {
        { Constants: { } trained } => trained.Difference(experiment.Data.Info),
        { } data when data.Digest != experiment.Run.Data.Digest => $"'{checkpoint.Path}' does not say by what its training normalised images: those of "
            + $"'{experiment.Data.Info.Location}' are normalised by their own {ChannelConstants.Of(experiment.Data.Info)}.",
        _ => null,
    };
}
