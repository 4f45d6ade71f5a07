using System.Collections.Concurrent;
using System.Diagnostics;
using Parallax.Host.Data;

namespace Parallax.Host.Training;

/// <summary>Observes some steps of a run after it has warmed up: their phases, every operator, and every image that is made meanwhile.</summary>
/// <remarks>It only looks on: a run that is observed computes the same bits.</remarks>
internal sealed class StepProfile : IDisposable
{
    /// <summary>Categories of spans.</summary>
    public const string Step = "step", Operator = "operator";

    private const string OfPhase = "phase", OfImage = "image";
    private const int WarmUp = 5;

    private readonly Action<StepTrace> _write;
    private readonly int _steps;
    private readonly long _skipped;
    private readonly List<TraceSpan> _spans = [];
    private readonly ConcurrentQueue<TraceSpan> _images = new();
    private readonly ConcurrentDictionary<int, string> _threads = new();
    private OperatorRecorder? _recorder;
    private ActivityListener? _listener;
    private (Phase Phase, long Start)? _phase;
    private long _seen, _start;
    private int _taken;

    /// <param name="steps">Steps to observe, at least 1.</param>
    /// <param name="left">Steps that are left to train: the first five of them are not observed, if there are enough.</param>
    /// <param name="write">Receives what was observed, once.</param>
    public StepProfile(int steps, long left, Action<StepTrace> write)
    {
        (_steps, _write) = (steps, write);
        _skipped = Math.Clamp(left - steps, 0, WarmUp);
    }

    /// <summary>Before a step.</summary>
    public void BeginStep()
    {
        if (_seen++ == _skipped)
        {
            Start();
        }

        _start = Stopwatch.GetTimestamp();
    }

    /// <summary>Within a step: a phase begins and the one before ends.</summary>
    public void Enter(Phase phase)
    {
        Leave();
        _phase = (phase, Stopwatch.GetTimestamp());
    }

    /// <summary>After a step.</summary>
    /// <param name="number">Optimizer steps done.</param>
    public void EndStep(long number)
    {
        Leave();
        if (_recorder is null)
        {
            return;
        }

        _spans.Add(new(Step, $"step {number}", Environment.CurrentManagedThreadId, _start, Stopwatch.GetTimestamp()));
        if (++_taken == _steps)
        {
            Finish();
        }
    }

    /// <summary>Ends the observation; what there is of a run that ended earlier is written.</summary>
    public void Dispose() => Finish();

    private void Start()
    {
        _threads[Environment.CurrentManagedThreadId] = "steps";
        _listener = new()
        {
            ShouldListenTo = source => source.Name == TracedWriter.Source,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.PropagationData,
            ActivityStopped = AddImage,
        };
        ActivitySource.AddActivityListener(_listener);
        _recorder = OperatorRecorder.Start(keepEvents: true);
    }

    private void AddImage(Activity activity)
    {
        var (end, thread) = (Stopwatch.GetTimestamp(), Environment.CurrentManagedThreadId);
        _threads[thread] = Thread.CurrentThread.Name ?? "images";
        _images.Enqueue(new(OfImage, OfImage, thread, end - (long)(activity.Duration.TotalSeconds * Stopwatch.Frequency), end));
    }

    private void Leave()
    {
        if (_phase is var (phase, start) && _recorder is not null)
        {
            _spans.Add(new(OfPhase, phase.ToString().ToLowerInvariant(), Environment.CurrentManagedThreadId, start, Stopwatch.GetTimestamp()));
        }

        _phase = null;
    }

    private void Finish()
    {
        if (_recorder is not { } recorder)
        {
            return;
        }

        _recorder = null;
        recorder.Dispose();
        _listener?.Dispose();
        if (_taken > 0)
        {
            var operators = recorder.Events.Select(call => new TraceSpan(Operator, call.Name, call.Thread, call.Start, call.End));
            _write(new(_taken, [.. _spans, .. operators, .. _images], _threads.ToDictionary()));
        }
    }
}
