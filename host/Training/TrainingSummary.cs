using Parallax.Host.Evaluation;

namespace Parallax.Host.Training;

/// <summary>How a run ended, for the command line.</summary>
/// <param name="RunId">Identifier in the tracking store.</param>
/// <param name="Directory">Its folder.</param>
/// <param name="Completed">False when it was stopped before the end.</param>
/// <param name="ImagesPerSecond">Mean over the whole training.</param>
/// <param name="TrainingTime">Time of the whole training without the final protocols; of a resumed run, what it takes at this process's speed, and zero when
/// nothing was left to train.</param>
/// <param name="Measured">What the final protocols measured, and which of them have no number.</param>
internal sealed record TrainingSummary(string RunId, string Directory, bool Completed, double ImagesPerSecond, TimeSpan TrainingTime, Measurement Measured)
{
    /// <summary>Whether the run had been finished before and was left as it is.</summary>
    public bool IsNothingLeft { get; init; }

    /// <summary>Whether the images are videos.</summary>
    public bool AreVideos { get; init; }

    /// <summary>Whether the images have classes, which protocols need.</summary>
    public bool HasClasses { get; init; }

    /// <summary>What the training did, as far as it can be told without labels; null when nothing can be said.</summary>
    public Verdict? Verdict { get; init; }
}
