using Microsoft.Extensions.Logging;
using Parallax.Host.Data;
using Parallax.Host.Evaluation;
using Parallax.Host.Tracking;

namespace Parallax.Host.Training;

/// <summary>
/// Logs what a method shows of the same few images (<see cref="IPictures"/>) as MLflow images by step, and keeps the newest in the run's folder: before the
/// first step, then every few epochs and at the end. Training is the same with and without it.
/// </summary>
/// <param name="tracked">Receives the pictures.</param>
/// <param name="directory">The run's folder.</param>
/// <param name="everyEpochs">Epochs from one picture to the next; 0 for none.</param>
/// <param name="showsAttention">Whether there are also pictures of what the backbone's class token attends to.</param>
/// <param name="logger">Told when a picture cannot be drawn or written; training goes on without it.</param>
internal sealed class MethodPictures(ITrackedRun tracked, RunDirectory directory, int everyEpochs, bool showsAttention, ILogger logger)
{
    /// <summary>The newest pictures of the method, and of what the class token attends to, in the run's folder.</summary>
    public const string FileName = "pictures.png", AttentionFileName = "attention.png";

    private readonly StepImages _images = new(tracked, directory.Record.RunId, directory.Started);

    /// <summary>Logs the pictures that are due.</summary>
    public void OnEpochEnd(TrainingSession session)
    {
        var (progress, method) = (session.Progress, session.Experiment.Method);
        if (everyEpochs == 0 || (progress.Position.Epoch % everyEpochs != 0 && !progress.IsAtEnd))
        {
            return;
        }

        if (method is IPictures showing)
        {
            Log(session, FileName, null, showing.Pictures);
        }

        if (showsAttention && method.Backbone is IAttentionMaps { HasClassToken: true } backbone)
        {
            Log(session, AttentionFileName, "attention", (batch, _) => AttentionColumns.Of(backbone, batch.Views[0]));
        }
    }

    private void Log(TrainingSession session, string fileName, string? slider, Func<Batch, StepContext, IReadOnlyList<PictureColumn>> show)
    {
        using var scope = torch.NewDisposeScope();
        var step = session.Progress.Position.Step;
        try
        {
            var columns = Columns(session, show);
            if (columns.Count == 0)
            {
                return;   // nothing to show, which is the method's choice
            }

            var (pixels, height, width, channels) = Draw(columns, session.Experiment.Data.Info);
            var file = Path.Combine(directory.Path, fileName);
            AtomicFile.Replace(file, stream => PngWriter.Write(stream, pixels, height, width, channels));
            tracked.LogArtifact(file, $"pictures/{fileName}");
            _images.Log(slider ?? string.Join('-', columns.Select(column => column.Title)), pixels, height, width, channels, step);
        }
        catch (Exception e) when (RunFile.IsOfTheDisk(e))
        {
            logger.LogWarning("The picture {File} at step {Step} is not stored with the run: {Reason}", fileName, step, RunFile.Reason(e));
        }
        catch (Exception e) when (ProtocolFailure.Covers(e))
        {
            logger.LogWarning(e, "The picture {File} at step {Step} cannot be drawn; training goes on without it.", fileName, step);
        }
    }

    // In the first epoch's order and under its key, so that images and masks stay the same.
    private static IReadOnlyList<PictureColumn> Columns(TrainingSession session, Func<Batch, StepContext, IReadOnlyList<PictureColumn>> show)
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

            return show(batch, new(progress.ScheduleStep, progress.ScheduleLength, Epoch: 0, generator));
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
