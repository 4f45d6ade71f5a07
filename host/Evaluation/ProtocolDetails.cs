using System.Text.Json.Serialization;

namespace Parallax.Host.Evaluation;

/// <summary>The numbers beside that of a protocol, as files and JSON hold them.</summary>
/// <param name="Numbers">All of them, by name.</param>
/// <param name="Series">Names of those that are one number by layer or by images of each class, in order; empty where there are none.</param>
internal sealed record ProtocolDetails(
    [property: JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)] IReadOnlyDictionary<string, double> Numbers,
    IReadOnlyList<string> Series)
{
    /// <summary>The numbers beside those of results, by protocol.</summary>
    public static Dictionary<string, ProtocolDetails> Of(IEnumerable<ProtocolResult> measured) =>
        measured.ToDictionary(one => one.Protocol, one => new ProtocolDetails(one.Result.Details, one.Result.Series));
}
