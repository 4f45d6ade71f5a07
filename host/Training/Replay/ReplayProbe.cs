using Parallax.Host.Data;

namespace Parallax.Host.Training;

/// <summary>Compares repeated steps with those of the run, and looks into the last of them.</summary>
/// <param name="session">What is trained again.</param>
/// <param name="record">What the run left about its last steps; null when nothing can be compared.</param>
/// <param name="target">The step to look into.</param>
/// <param name="reached">Called when it is over.</param>
internal sealed class ReplayProbe(TrainingSession session, BlackBoxRecord? record, long target, Action reached) : IStepObserver, IDisposable
{
    private readonly List<string> _batches = [];
    private readonly Dictionary<long, StepRecord> _recorded = record?.Steps.ToDictionary(step => step.Step) ?? [];
    private ModuleWatch? _watch;
    private FirstNonFinite? _before;
    private double? _loss;
    private bool _isOver;
    private int _compared;
    private string? _difference;

    /// <summary>Whether the step has begun.</summary>
    public bool HasBegun => _watch is not null;

    private long Step => session.Progress.Position.Step;

    private Module Module => session.Experiment.Module;

    /// <inheritdoc/>
    public void BeginStep()
    {
        _batches.Clear();
        CompareWeights();
        if (Step == target - 1)
        {
            _before = FirstNonFinite.InWeights(Module, target);
            _watch = new(Module);
        }
    }

    /// <inheritdoc/>
    public void OnBatch(HostBatch batch)
    {
        _batches.Add(Checksums.Of(batch));
        if (_recorded.TryGetValue(Step + 1, out var step) && step.Batches.Count >= _batches.Count && step.Batches[_batches.Count - 1] != _batches[^1])
        {
            Differ($"The batch of step {Step + 1} is not that of the run: its images, or how they are augmented, have changed. Use the data and the "
                + "program as they were.");
        }
    }

    /// <inheritdoc/>
    public void EndStep(double? loss)
    {
        _compared += _recorded.ContainsKey(Step) ? 1 : 0;
        if (_recorded.TryGetValue(Step, out var step) && step.Loss is { } before && loss is { } now && !now.Equals(before))
        {
            Differ(FormattableString.Invariant($"The loss of step {Step} is {now:R}, and was {before:R} in the run, from the same images. ")
                + "Other numbers of threads, another processor, device or version round differently.");
        }

        if (Step != target)
        {
            return;
        }

        (_loss, _isOver) = (loss, true);
        CompareWeights();
        reached();
    }

    /// <summary>What there is to say about the step.</summary>
    /// <param name="checkpoint">Where the repetition began; null for the first step.</param>
    /// <param name="from">Steps that were done there.</param>
    /// <param name="error">What ended the step; null when it came to its end.</param>
    public ReplayedStep Describe(string? checkpoint, long from, string? error)
    {
        if (error is not null && !_isOver && _recorded.ContainsKey(target))
        {
            CompareEnd(error);
        }

        return new(
            session.Experiment.Configuration.Method.Name, target, checkpoint, from, _loss, _compared, _difference, error,
            _before ?? FirstNonFinite.Find(_watch!.Calls, _loss, Module.named_parameters()), ModuleRow.Of(_watch!.Calls));
    }

    public void Dispose() => _watch?.Dispose();

    // Of the run's steps only the last can have ended without a loss; on a GPU others were not read.
    private void CompareEnd(string error)
    {
        if (_recorded[target].Loss is not null || target < record!.Steps[^1].Step)
        {
            Differ($"Step {target} came to its end in the run, and ended here with: {error}");
        }
        else
        {
            _compared++;   // it ended early there, too, from the same images
        }
    }

    private void CompareWeights()
    {
        if (record?.Weights is { } weights && record.WeightsStep == Step && Checksums.OfParameters(Module) != weights)
        {
            Differ($"The weights after step {Step} are not those of the run, though nothing before differed that was recorded.");
        }
    }

    private void Differ(string text) => _difference ??= text;
}
