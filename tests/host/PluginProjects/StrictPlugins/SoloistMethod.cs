namespace StrictPlugins;

/// <summary>Options that a run can contradict.</summary>
public sealed record SoloistOptions : IRunRequirements
{
    /// <summary>Images that must be seen at a time.</summary>
    public int Seats { get; init; } = 1;

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => run.MicroBatchSize == Seats ? [] : [$"seats is {Seats}, but {run.MicroBatchSize} come at a time."];
}

/// <summary>A method that is never built where its options cannot work.</summary>
[Plugin("soloist", Options = typeof(SoloistOptions))]
public sealed class SoloistMethod : IMethod
{
    public SoloistMethod(SoloistOptions options) => throw new InvalidOperationException($"Built with {options.Seats} seats, against its own word.");

    public IBackbone Backbone => throw new NotSupportedException();

    public ViewPlan Views => throw new NotSupportedException();

    public StepOutput Step(Batch batch, StepContext context) => throw new NotSupportedException();
}

/// <summary>A method for backbones that work on tokens.</summary>
[Plugin("choir", Backbone = typeof(ITokenBackbone))]
public sealed class ChoirMethod : IMethod
{
    public ChoirMethod() => throw new InvalidOperationException("Built with a backbone that has no tokens.");

    public IBackbone Backbone => throw new NotSupportedException();

    public ViewPlan Views => throw new NotSupportedException();

    public StepOutput Step(Batch batch, StepContext context) => throw new NotSupportedException();
}
