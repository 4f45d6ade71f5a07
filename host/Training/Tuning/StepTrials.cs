using Microsoft.Extensions.Logging.Abstractions;
using Parallax.Host.Configuration;
using Parallax.Host.Data;
using Parallax.Host.Distributed;
using Parallax.Host.Experiments;

namespace Parallax.Host.Training;

/// <summary>Measures steps of a recipe on an experiment of its own, which is dropped afterwards: nothing of it reaches the run.</summary>
internal sealed class StepTrials : IDisposable
{
    private const int FewestSteps = 2, MostSteps = 20;
    private static readonly TimeSpan Enough = TimeSpan.FromMilliseconds(500);

    private readonly Experiment _experiment;
    private readonly OptimizerDriver _optimizer;
    private readonly TimeProvider _time;
    private readonly CancellationToken _stop;
    private TrainingSession? _session;
    private Trainer? _trainer;
    private IEnumerator<HostBatch>? _batches;
    private int _workers;
    private TimeSpan _waiting;

    /// <param name="experiment">Made for this; stays the caller's.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stop">Asks to stop.</param>
    public StepTrials(Experiment experiment, TimeProvider time, CancellationToken stop)
    {
        (_experiment, _time, _stop) = (experiment, time, stop);
        _optimizer = new(experiment.Method, experiment.Configuration, experiment.Run, experiment.Run.TotalSteps, experiment.Placement);
        experiment.Module.train();
    }

    /// <summary>Trains a step that does not count, then a few that do.</summary>
    /// <exception cref="OperationCanceledException">It is to stop: what was measured says nothing.</exception>
    public Trial Measure(int threads, int workers)
    {
        _stop.ThrowIfCancellationRequested();
        Use(workers);
        CpuThreads.Set(threads);
        Train();
        _waiting = TimeSpan.Zero;
        var (start, steps) = (_time.GetTimestamp(), 0);
        while (steps < FewestSteps || (steps < MostSteps && _time.GetElapsedTime(start) < Enough))
        {
            Train();
            steps++;
        }

        return new(threads, workers, (long)steps * _experiment.Run.BatchSize, _time.GetElapsedTime(start), _waiting);
    }

    public void Dispose()
    {
        Close();
        _optimizer.Dispose();
    }

    private void Train()
    {
        using var result = _trainer!.TrainStep(_batches!);
        result.ReadLoss();   // a GPU has then done what it was asked for
        _stop.ThrowIfCancellationRequested();
    }

    private void Use(int workers)
    {
        if (workers == _workers)
        {
            return;
        }

        Close();
        var settings = LoaderSetup.ForTraining(_experiment.Configuration, World.Alone) with { Workers = workers, Epochs = long.MaxValue };
        _session = new(_experiment, new(_experiment.Learned, _experiment.Views, settings, NullLogger.Instance), _optimizer);
        (_trainer, _batches, _workers) = (new(_session, TrainerCallbacks.None, _time), Batches(_session.Loader).GetEnumerator(), workers);
        for (var made = 0; made <= LoaderSetup.Prefetch; made++)   // those that were made ahead while nobody trained
        {
            Train();
        }
    }

    // One epoch after the other: a small data set may have fewer batches than are measured.
    private IEnumerable<HostBatch> Batches(BatchLoader loader)
    {
        for (var epoch = 0L; ; epoch++)
        {
            using var batches = loader.Epoch(epoch).GetEnumerator();
            while (Next(batches))
            {
                yield return batches.Current;
            }
        }
    }

    private bool Next(IEnumerator<HostBatch> batches)
    {
        var start = _time.GetTimestamp();
        var isThere = batches.MoveNext();
        _waiting += _time.GetElapsedTime(start);

        return isThere;
    }

    private void Close()
    {
        _batches?.Dispose();
        _session?.Loader.Dispose();
        _session?.Randomness.Dispose();
    }
}
