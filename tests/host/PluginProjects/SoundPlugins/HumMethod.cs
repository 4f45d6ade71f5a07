using System.ComponentModel.DataAnnotations;

namespace SoundPlugins;

/// <summary>Options of <see cref="HumMethod"/>.</summary>
public sealed record HumOptions
{
    /// <summary>Divisor of the logits. Ours: 0.2.</summary>
    [Range(0.0, 10.0, MinimumIsExclusive = true)]
    public double Temperature { get; init; } = 0.2;

    /// <summary>Stored tones.</summary>
    [Range(1, int.MaxValue)]
    public int QueueSize { get; init; } = 64;

    /// <summary>How long a tone lasts.</summary>
    public TimeSpan Length { get; init; } = TimeSpan.FromSeconds(1);
}

/// <summary>A method for the tests of discovery and configuration; it is never run.</summary>
[Plugin("hum", Options = typeof(HumOptions), Summary = "Hums.", FormerNames = ["murmur", "buzz"],
    Taxonomy = "cross-modal: audio and video", PseudoLabel = "pair relation")]
[Moved("pitch", "high", "whistle"), Moved("pitch", "low", "hum")]
public sealed class HumMethod(IBackbone backbone) : IMethod
{
    public IBackbone Backbone => backbone;

    public ViewPlan Views => ViewPlan.Same(2, new([new AugmentationSpec("echo", ("count", 3))]));

    public StepOutput Step(Batch batch, StepContext context) => throw new NotSupportedException("It only hums.");
}

/// <summary>A method without options.</summary>
[Plugin("whistle")]
public sealed class WhistleMethod(IBackbone backbone) : IMethod
{
    public IBackbone Backbone => backbone;

    public ViewPlan Views => ViewPlan.Same(1, new([]));

    public StepOutput Step(Batch batch, StepContext context) => throw new NotSupportedException("It only whistles.");
}

/// <summary>A protocol for the tests of configuration.</summary>
[Plugin("applause", Options = typeof(ApplauseOptions))]
public sealed class ApplauseEvaluator(ApplauseOptions options) : IEvaluator
{
    public EvaluationResult Evaluate(FeatureSet train, FeatureSet test, long seed, IProgress<double>? progress = null) =>
        new(options.Hands, options.Hands, new Dictionary<string, double>());
}

/// <summary>Options of <see cref="ApplauseEvaluator"/>.</summary>
public sealed record ApplauseOptions
{
    /// <summary>Number of hands.</summary>
    public int Hands { get; init; } = 2;
}
