using Microsoft.Extensions.Logging;
using Parallax.Host.Data;
using Parallax.Host.Tracking;

namespace Parallax.Host.Training;

/// <summary>Logs what the method is about to see as MLflow images by step: at the start of the run, then every few epochs, between two epochs.</summary>
/// <param name="tracked">Receives the pictures.</param>
/// <param name="directory">Names the run.</param>
/// <param name="everyEpochs">Epochs from one picture to the next; 0 for none.</param>
/// <param name="logger">Told when a picture cannot be written; training goes on without it.</param>
internal sealed class ViewPictures(ITrackedRun tracked, RunDirectory directory, int everyEpochs, ILogger logger)
{
    /// <summary>Name of the slider in MLflow.</summary>
    public const string Name = "views";

    /// <summary>The picture of the first step, in the run's folder.</summary>
    public const string FileName = "views.png";

    private readonly StepImages _images = new(tracked, directory.Record.RunId, directory.Started);

    /// <summary>
    /// Logs the first images of the epoch that begins now, when it is one that is due. They are drawn as in the batch, and nothing else is drawn from.
    /// </summary>
    public void OnEpochStart(TrainingSession session)
    {
        var (step, epoch) = (session.Progress.Position.Step, session.Progress.Position.Epoch);
        if (everyEpochs == 0 || epoch % everyEpochs != 0 || session.Progress.IsAtEnd)
        {
            return;
        }

        var (pixels, height, width, channels) = ViewPicture.Draw(session.Loader.Peek(epoch, ViewPicture.MostImages), session.Experiment.Data.Info);
        try
        {
            _images.Log(Name, pixels, height, width, channels, step);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.LogWarning("The picture of the views at step {Step} is not stored with the run: {Reason}", step, e.Message);
        }
    }
}
