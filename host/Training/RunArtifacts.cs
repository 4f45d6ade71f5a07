using System.Text;
using Parallax.Host.Evaluation;
using Parallax.Host.Experiments;
using Parallax.Host.Tracking;

namespace Parallax.Host.Training;

/// <summary>What a finished run leaves behind beside its checkpoints: the backbone alone, its curves as a picture, and what probes confuse.</summary>
internal static class RunArtifacts
{
    public static void Store(Experiment experiment, OpenRun run, RunCurves curves)
    {
        var (tracked, directory) = (run.Tracked, run.Directory);
        var backbone = Path.Combine(directory.Path, BackboneWeights.FileName);
        var metadata = new Dictionary<string, string>
        {
            ["backbone"] = experiment.Configuration.Backbone.Name,
            ["method"] = experiment.Configuration.Method.Name,
            ["run_id"] = tracked.RunId,
        };
        RunFile.Replace(backbone, stream => SafeTensors.Write(stream, ((Module)experiment.Method.Backbone).state_dict(), metadata));
        StorePicture(curves.ToSvg("train/loss"), "loss.svg", tracked, directory);
        StorePicture(curves.ToSvg("online/"), "accuracy.svg", tracked, directory);
        tracked.LogArtifact(backbone, BackboneWeights.FileName);
        if (experiment.Configuration.Tracking.LogCheckpoints && run.Checkpoints.Latest is { } last)
        {
            tracked.LogArtifact(last, "checkpoints/last.safetensors");
        }
    }

    /// <summary>Which classes the probes of the last evaluation took for which.</summary>
    public static void StoreConfusion(TrainingSession session, OpenRun run, Measurement measured, Action<string> report)
    {
        if (KeptConfusion.Keep(run.Directory.Path, measured, session.Progress.Position.Step, session.Experiment.Run.HasVideos, report) is { } file)
        {
            run.Tracked.LogArtifact(file, KeptConfusion.FileName);
        }
    }

    private static void StorePicture(string? svg, string name, ITrackedRun tracked, RunDirectory directory)
    {
        if (svg is null)
        {
            return;
        }

        var file = Path.Combine(directory.Path, name);
        RunFile.Replace(file, svg);
        tracked.LogArtifact(file, $"pictures/{name}");
    }
}
