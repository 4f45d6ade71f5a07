using System.Text;
using Parallax.Host.Tracking;

namespace Parallax.Host.Training;

/// <summary>What a finished run leaves behind beside its checkpoints: the backbone alone, and its curves as a picture.</summary>
internal static class RunArtifacts
{
    public static void Store(TrainingSession session, ITrackedRun tracked, RunDirectory directory, RunCurves curves, CheckpointStore checkpoints)
    {
        var backbone = Path.Combine(directory.Path, "backbone.safetensors");
        var metadata = new Dictionary<string, string>
        {
            ["backbone"] = session.Configuration.Backbone.Name,
            ["method"] = session.Configuration.Method.Name,
            ["run_id"] = tracked.RunId,
        };
        RunFile.Replace(backbone, stream => SafeTensors.Write(stream, ((Module)session.Method.Backbone).state_dict(), metadata));
        StorePicture(curves.ToSvg("train/loss"), "loss.svg", tracked, directory);
        StorePicture(curves.ToSvg("online/"), "accuracy.svg", tracked, directory);
        tracked.LogArtifact(backbone, "backbone.safetensors");
        if (session.Configuration.Tracking.LogCheckpoints && checkpoints.Latest is { } last)
        {
            tracked.LogArtifact(last, "checkpoints/last.safetensors");
        }
    }

    private static void StorePicture(string? svg, string name, ITrackedRun tracked, RunDirectory directory)
    {
        if (svg is null)
        {
            return;
        }

        var file = Path.Combine(directory.Path, name);
        RunFile.Replace(file, stream => stream.Write(Encoding.UTF8.GetBytes(svg)));
        tracked.LogArtifact(file, $"pictures/{name}");
    }
}
