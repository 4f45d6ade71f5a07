using System.ComponentModel.DataAnnotations;

namespace FragilePlugins;

/// <summary>What breaks in the step.</summary>
public enum Breakage
{
    /// <summary>The root of a negative number: the loss is no number.</summary>
    Forward,

    /// <summary>The root of zero, whose slope is infinite: the loss is a number, the weights after it are not.</summary>
    Backward,

    /// <summary>An exception.</summary>
    Error,
}

/// <summary>Options of <see cref="FragileMethod"/>.</summary>
public sealed record FragileOptions
{
    /// <summary>The step that breaks, from 1.</summary>
    [Range(1L, long.MaxValue)]
    public long Step { get; init; } = 7;

    /// <summary>How.</summary>
    public Breakage Breaks { get; init; } = Breakage.Forward;

    /// <summary>The process of several that breaks; null for every one, and for one that is alone.</summary>
    public int? Rank { get; init; }
}

/// <summary>Draws the roots of what it sees to one, until it breaks on purpose.</summary>
[Plugin("fragile", Options = typeof(FragileOptions))]
public sealed class FragileMethod : Module, IMethod
{
    private readonly IBackbone backbone;
    private readonly Head head;
    private readonly FragileOptions _options;

    /// <summary>Makes it.</summary>
    public FragileMethod(IBackbone backbone, FragileOptions options)
        : base(nameof(FragileMethod))
    {
        (this.backbone, head, _options) = (backbone, new(backbone.FeatureDim), options);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => ViewPlan.Same(1, new([]));

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        head.Breaks = context.Step == _options.Step - 1 && IsConcerned(context.Processes) ? _options.Breaks : null;
        var z = head.call(backbone.call(batch.Views[0]));   // [N, 4]

        return new((z - 1).square().mean());
    }

    private bool IsConcerned(IProcesses processes)
    {
        using var ranks = arange(processes.Count);

        return _options.Rank is not { } rank || (processes.Count > 1 && processes.Own(ranks).item<long>() == rank);
    }
}

/// <summary>Two layers with a root between them.</summary>
internal sealed class Head : Module<Tensor, Tensor>
{
    private readonly Linear first, last = Linear(8, 4);
    private readonly Root root = new();

    public Head(long features)
        : base(nameof(Head))
    {
        first = Linear(features, 8);
        RegisterComponents();
    }

    public Breakage? Breaks
    {
        set => root.Breaks = value;
    }

    public override Tensor forward(Tensor input) => last.call(root.call(first.call(input)));
}

/// <summary>The root of the squares, which are above zero.</summary>
internal sealed class Root() : Module<Tensor, Tensor>(nameof(Root))
{
    public Breakage? Breaks { get; set; }

    public override Tensor forward(Tensor input) => Breaks switch
    {
        Breakage.Forward => (-1 - input.square()).sqrt(),
        Breakage.Backward => (input * 0).sqrt(),
        Breakage.Error => throw new InvalidOperationException("It broke on purpose."),
        _ => (input.square() + 0.1).sqrt(),
    };
}
