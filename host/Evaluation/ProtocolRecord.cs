using System.Text.Json.Serialization;
using Parallax.Host.Configuration;

namespace Parallax.Host.Evaluation;

/// <summary>How a number came about, as files and JSON hold it beside the number.</summary>
/// <param name="Metric">What the number is: accuracy, mAP, NMI.</param>
/// <param name="ChosenBy">By which images the protocol chose what it depends on: nothing, last-epoch, held-out, cross-validation or test-set.</param>
/// <param name="Version">Version of the protocol.</param>
/// <param name="Options">Hash of name, version and options of the protocol.</param>
internal sealed record ProtocolRecord(string Metric, string ChosenBy, int Version, string Options)
{
    private static readonly string _testSet = EnumNames.Of(NumberChoice.TestSet);

    /// <summary>Which clips and crops of each video it saw (<see cref="Data.EvaluationViews.Description"/>); null for images, and for results of an earlier
    /// version.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Views { get; init; }

    /// <summary>Hash of the places of the labelled images, where the protocol learns from a share of them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ImagesHash { get; init; }

    /// <summary>The record of a result.</summary>
    public static ProtocolRecord Of(ProtocolResult measured) =>
        new(measured.Result.Metric, EnumNames.Of(measured.Result.ChosenBy), measured.Identity.Version, measured.Identity.Options)
        {
            Views = measured.Views, ImagesHash = measured.ImagesHash,
        };

    /// <summary>The records of results, by protocol.</summary>
    public static Dictionary<string, ProtocolRecord> Of(IEnumerable<ProtocolResult> measured) => measured.ToDictionary(one => one.Protocol, Of);

    /// <summary>What a heading says behind the name of the protocol: nothing for an accuracy that was not chosen on the test images.</summary>
    [JsonIgnore]
    public string Heading => (Metric == EvaluationResult.TopOne ? "" : $" ({Metric})") + (ChosenBy == _testSet ? " (chosen on the test images)" : "");
}
