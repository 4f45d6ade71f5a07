using System.Text.Json.Serialization;
using Parallax.Host.Evaluation;

namespace Parallax.Host.Cli;

/// <summary>What a protocol measured, as JSON shows it: the number, what it is, and the numbers beside it.</summary>
/// <param name="Metric">What the number is: accuracy, mAP, NMI.</param>
/// <param name="Value">The number.</param>
/// <param name="BestValue">Best over the protocol's own epochs on the test images; the same where it has none.</param>
/// <param name="Details">The numbers beside it.</param>
internal sealed record ProtocolNumber(string Metric, double Value, double BestValue, IReadOnlyDictionary<string, double> Details)
{
    /// <summary>The number where it is an accuracy, and nothing where it is not.</summary>
    [JsonPropertyOrder(-2)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Accuracy => Metric == EvaluationResult.TopOne ? Value : null;

    /// <summary>The best one, likewise.</summary>
    [JsonPropertyOrder(-1)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? BestAccuracy => Metric == EvaluationResult.TopOne ? BestValue : null;

    /// <summary>The number of a result.</summary>
    public static ProtocolNumber Of(ProtocolResult measured) => new(
        measured.Result.Metric, measured.Result.Accuracy, measured.Result.BestAccuracy, measured.Result.Details);
}
