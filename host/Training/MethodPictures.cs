using Microsoft.Extensions.Logging;
using Parallax.Host.Data;
using Parallax.Host.Tracking;

namespace Parallax.Host.Training;

/// <summary>
/// Logs what a method shows of the same few images (<see cref="IPictures"/>) as MLflow images by step, and keeps the newest in the run's folder: before the
/// first step, then every few epochs and at the end. Training is the same with and without it.
/// </summary>
/// <param name="tracked">Receives the pictures.</param>
/// <param name="directory">The run's folder.</param>
/// <param name="everyEpochs">Epochs from one picture to the next; 0 for none.</param>
/// <param name="logger">Told when a picture cannot be written; training goes on without it.</param>
internal sealed class MethodPictures(ITrackedRun tracked, RunDirectory directory, int everyEpochs, ILogger logger)
{
    /// <summary>Name of the file in the run's folder.</summary>
    public const string FileName = "pictures.png";

    private readonly StepImages _images = new(tracked, directory.Record.RunId, directory.Started);

    /// <summary>Logs a picture where one is due.</summary>
    public void OnEpochEnd(TrainingSession session)
    {
        var progress = session.Progress;
        if (everyEpochs == 0 || session.Experiment.Method is not IPictures method || (progress.Position.Epoch % everyEpochs != 0 && !progress.IsAtEnd))
        {
            return;
        }

        using var scope = torch.NewDisposeScope();
        var columns = Columns(session, method);
        var (pixels, height, width, channels) = Draw(columns, session.Experiment.Data.Info);
        try
        {
            var file = Path.Combine(directory.Path, FileName);
            AtomicFile.Replace(file, stream => PngWriter.Write(stream, pixels, height, width, channels));
            tracked.LogArtifact(file, $"pictures/{FileName}");
            _images.Log(string.Join('-', columns.Select(column => column.Title)), pixels, height, width, channels, progress.Position.Step);
        }
        catch (Exception e) when (RunFile.IsOfTheDisk(e))
        {
            logger.LogWarning("The picture of the method at step {Step} is not stored with the run: {Reason}", progress.Position.Step, RunFile.Reason(e));
        }
    }

    // In the first epoch's order and under its key, so that images and masks stay the same.
    private static IReadOnlyList<PictureColumn> Columns(TrainingSession session, IPictures method)
    {
        var (experiment, progress) = (session.Experiment, session.Progress);
        var wasTraining = experiment.Module.training;
        experiment.Module.eval();
        try
        {
            using var noGrad = torch.no_grad();
            using var autocast = experiment.Placement.Autocast();
            using var generator = new Generator(0);
            var batch = experiment.ToDevice(session.Loader.Peek(epoch: 0, ViewPicture.MostImages));

            return method.Pictures(batch, new(progress.ScheduleStep, progress.ScheduleLength, Epoch: 0, generator));
        }
        finally
        {
            experiment.Module.train(wasTraining);
        }
    }

    private static (byte[] Pixels, int Height, int Width, int Channels) Draw(IReadOnlyList<PictureColumn> columns, DatasetInfo data) =>
        ViewPicture.Draw([.. columns.Select(column => View(column, data))], (int)columns[0].Images.shape[0], data);

    private static HostView View(PictureColumn column, DatasetInfo data)
    {
        var images = column.Images.to(torch.float32).cpu();   // [N, 1 or C, H, W]
        if (!column.IsNormalised)
        {
            images = (images - Channels(data.Mean)) / Channels(data.Std);
        }

        var (n, c, h, w) = (images.shape[0], data.Channels, images.shape[2], images.shape[3]);
        var view = new HostView((int)n, new(c, (int)h, (int)w));
        images.expand(n, c, h, w).contiguous().data<float>().ToArray().CopyTo(view.Pixels);   // [N, C, H, W]

        return view;
    }

    private static Tensor Channels(IReadOnlyList<double> values) => torch.tensor(values.Select(value => (float)value).ToArray()).view(1, -1, 1, 1);
}
