using Parallax.Host.Export;
using Parallax.Host.Tracking;

namespace Parallax.Host.Training;

/// <summary>Logs the backbone of a finished training as an MLflow model. What fails costs the model only, and is told.</summary>
internal sealed class RunModel(ModelExport models)
{
    private const int Compared = 16;   // a fourth of what 'parallax export' compares: the training waits for it
    private const long MostBytes = 1L << 30;   // a store gets no larger files

    /// <summary>Writes and logs it, where the recipe asks for it.</summary>
    /// <param name="session">What was trained.</param>
    /// <param name="run">Its run.</param>
    /// <param name="report">Receives the reason when it has no model.</param>
    /// <param name="stop">Asks to stop.</param>
    /// <exception cref="OperationCanceledException">It was asked to stop; nothing is logged.</exception>
    public void Log(TrainingSession session, OpenRun run, Action<string> report, CancellationToken stop)
    {
        var (experiment, tracked) = (session.Experiment, run.Tracked);
        if (!experiment.Configuration.Tracking.LogModel)
        {
            return;
        }

        try
        {
            if (((Module)experiment.Method.Backbone).state_dict().Values.Sum(tensor => tensor.NumberOfElements * tensor.ElementSize) > MostBytes)
            {
                throw new ConfigurationException("its weights are more than 1 GiB.");
            }

            var model = models.Write(
                experiment, Path.Combine(run.Directory.Path, ModelFile.FolderName), tracked.RunId, session.Progress.Position.Step,
                RunDirectory.RecipeOf(experiment.Configuration), Compared, stop);
            if (!tracked.LogModel(model.Entry, model.Path))
            {
                Directory.Delete(model.Path, recursive: true);   // the store has it, or will get it from the spool
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)   // memory that does not suffice for a copy suffices for what follows
        {
            report($"The backbone is not logged as an MLflow model: {e.Message.Split('\n')[0].Trim()} Everything else is kept. (tracking.logModel: false tries "
                + "none.)");
        }
    }
}
