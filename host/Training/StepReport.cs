namespace Parallax.Host.Training;

/// <summary>What is told about a logged step.</summary>
/// <param name="Step">Optimizer steps done.</param>
/// <param name="TotalSteps">Optimizer steps of the run.</param>
/// <param name="Epoch">Epoch of the step, from 0.</param>
/// <param name="Epochs">Epochs of the run.</param>
/// <param name="Loss">Mean over the batch.</param>
/// <param name="LearningRate">Learning rate of the step.</param>
/// <param name="Diagnostics">The method's own numbers.</param>
/// <param name="ImagesPerSecond">Images per second since the last report.</param>
/// <param name="Remaining">Estimated time to the end; null before it can be estimated.</param>
/// <param name="Split">Where the time went since the last report.</param>
/// <param name="Health">How the embeddings spread; null when the method shows none.</param>
internal sealed record StepReport(
    long Step, long TotalSteps, int Epoch, int Epochs, double Loss, double LearningRate, IReadOnlyList<(string Name, double Value)> Diagnostics,
    double ImagesPerSecond, TimeSpan? Remaining, TimeSplit Split, EmbeddingHealth? Health = null)
{
    /// <summary>Whether the images are videos.</summary>
    public bool AreVideos { get; init; }
}

/// <summary>Images per second since the last reading, and the time left at the average speed so far.</summary>
internal sealed class SpeedMeter
{
    private readonly TimeProvider _time;
    private readonly int _batchSize;
    private readonly long _totalSteps, _firstStep, _start;
    private long _lastTime, _lastStep;

    public SpeedMeter(TimeProvider time, int batchSize, long totalSteps, long firstStep)
    {
        (_time, _batchSize, _totalSteps, _firstStep, _start) = (time, batchSize, totalSteps, firstStep, time.GetTimestamp());
        (_lastTime, _lastStep) = (_start, firstStep);
    }

    public (double ImagesPerSecond, TimeSpan? Remaining) Read(long step)
    {
        var now = _time.GetTimestamp();
        var seconds = _time.GetElapsedTime(_lastTime, now).TotalSeconds;
        var speed = seconds > 0 ? (step - _lastStep) * _batchSize / seconds : 0;
        TimeSpan? remaining = step > _firstStep ? _time.GetElapsedTime(_start, now) * ((double)(_totalSteps - step) / (step - _firstStep)) : null;
        (_lastTime, _lastStep) = (now, step);

        return (speed, remaining);
    }
}

/// <summary>What the trainer calls during training: observers of the run, none of which it knows.</summary>
/// <param name="OnStep">A logged step.</param>
/// <param name="OnEpoch">An epoch is complete: evaluation, checkpoint.</param>
/// <param name="OnCheckpoint">A checkpoint is due.</param>
internal sealed record TrainerCallbacks(Action<StepReport> OnStep, Action<TrainingSession> OnEpoch, Action<TrainingSession> OnCheckpoint)
{
    /// <summary>Calls nothing.</summary>
    public static TrainerCallbacks None { get; } = new(_ => { }, _ => { }, _ => { });

    /// <summary>Looks at every step, logged or not; null where nobody does.</summary>
    public IStepObserver? Steps { get; init; }

    /// <summary>Is told of a loss that is no finite number, before it ends the run; says in a sentence what is kept of the run, or nothing.</summary>
    public Func<StepReport, string?> OnNonFinite { get; init; } = _ => null;
}
