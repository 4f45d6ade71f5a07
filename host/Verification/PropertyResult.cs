using System.Text.Json.Serialization;

namespace Parallax.Host.Verification;

/// <summary>Whether a property holds.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Outcome>))]
internal enum Outcome
{
    /// <summary>It does.</summary>
    [JsonStringEnumMemberName("holds")]
    Holds,

    /// <summary>It does not.</summary>
    [JsonStringEnumMemberName("fails")]
    Fails,

    /// <summary>It was not checked.</summary>
    [JsonStringEnumMemberName("not checked")]
    NotChecked,
}

/// <summary>A property of a recipe, and what was measured of it.</summary>
/// <param name="Property">Its name.</param>
/// <param name="Outcome">Whether it holds.</param>
/// <param name="Detail">What was compared and how far it may differ; where it fails, the module; where it was not checked, why.</param>
internal sealed record PropertyResult(string Property, Outcome Outcome, string Detail)
{
    /// <summary>The largest difference between losses, as a share of the loss; null where none were compared.</summary>
    public double? LossDifference { get; init; }

    /// <summary>The difference between all gradients as one vector, as a share of its norm; null where none were compared.</summary>
    public double? GradientDifference { get; init; }

    /// <summary>The largest difference of one gradient, as a share of its norm.</summary>
    public double? LargestGradientDifference { get; init; }

    /// <summary>The parameter of that gradient; null where all are the same bits.</summary>
    public string? Parameter { get; init; }

    public static PropertyResult NotChecked(string property, string reason) => new(property, Outcome.NotChecked, reason);

    /// <summary>Adds what gradients and losses were apart.</summary>
    /// <param name="loss">A share of the loss.</param>
    /// <param name="gradients">Together, and of each parameter.</param>
    public PropertyResult Measured(double loss, GradientDifference gradients) => this with
    {
        LossDifference = Finite(loss), GradientDifference = Finite(gradients.Together), LargestGradientDifference = Finite(gradients.Largest?.Share),
        Parameter = gradients.Largest is { Rank: > 0 } largest ? largest.Name : null,
    };

    // JSON has no other numbers; the detail tells of those.
    private static double? Finite(double? share) => share is { } value && double.IsFinite(value) ? value : null;
}
