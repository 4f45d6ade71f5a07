using Parallax.Host.Tracking;

namespace Parallax.Host.Evaluation;

/// <summary>The data that numbers were measured on.</summary>
/// <param name="Train">The labelled images that a protocol learns from, or compares with.</param>
/// <param name="Test">The held-out images that are counted.</param>
internal sealed record EvaluationInputs(DatasetInfo Train, DatasetInfo Test)
{
    /// <summary>Names both as inputs of a run, in MLflow's words for what they are for.</summary>
    public void Log(ITrackedRun run)
    {
        run.LogDataset(Train, "training");
        LogTest(run);
    }

    /// <summary>Names the held-out images only: a training has named its own.</summary>
    public void LogTest(ITrackedRun run) => run.LogDataset(Test, "testing");
}
