namespace FragilePlugins;

/// <summary>Options of <see cref="RestlessMethod"/>.</summary>
public sealed record RestlessOptions
{
    /// <summary>Which of the trainings of this process break in their first step, from 1.</summary>
    public IReadOnlyList<int> Breaks { get; init; } = [];
}

/// <summary>Draws features to zero; some of the trainings of a process have a loss that is no number.</summary>
[Plugin("restless", Options = typeof(RestlessOptions))]
public sealed class RestlessMethod : Module, IMethod
{
    private static int _trainings;
    private readonly IBackbone backbone;
    private readonly RestlessOptions _options;

    /// <summary>Makes it.</summary>
    public RestlessMethod(IBackbone backbone, RestlessOptions options)
        : base(nameof(RestlessMethod))
    {
        (this.backbone, _options) = (backbone, options);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => ViewPlan.Same(1, new([]));

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var breaks = context.Step == 0 && _options.Breaks.Contains(Interlocked.Increment(ref _trainings));
        var loss = backbone.call(batch.Views[0]).to(float32).square().mean();   // []

        return new(breaks ? loss * double.NaN : loss);
    }
}
