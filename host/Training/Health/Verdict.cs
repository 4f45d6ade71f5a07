using System.Text.Json.Serialization;

namespace Parallax.Host.Training;

/// <summary>What a training does, as far as it can be told without labels.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TrainingState>))]
internal enum TrainingState
{
    /// <summary>The loss falls, or the embeddings spread over more directions.</summary>
    Learning,

    /// <summary>Neither does.</summary>
    Saturated,

    /// <summary>The embeddings are one point, one line, or lie in a few directions.</summary>
    Collapsed,

    /// <summary>The loss grows, beyond what moving targets or a filling queue explain.</summary>
    Diverging,
}

/// <summary>What a training does, why that is said, and what to do about it.</summary>
/// <param name="State">What it does.</param>
/// <param name="Cause">The signs, with their numbers.</param>
/// <param name="Advice">What to change; empty when there is nothing.</param>
internal sealed record Verdict(TrainingState State, string Cause, string Advice)
{
    /// <summary>What to change where the loss grows.</summary>
    public const string OfDivergence = "Lower optimizer.baseLearningRate, raise schedule.warmupEpochs, or set trainer.clipGradNorm.";

    /// <summary>The state in a word, as it is tracked.</summary>
    [JsonIgnore]
    public string Word => State.ToString().ToLowerInvariant();

    /// <summary>All of it in a line.</summary>
    public override string ToString() => $"{Word}: {Cause}.{(Advice.Length == 0 ? "" : $" {Advice}")}";
}
