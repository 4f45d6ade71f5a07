using System.Text.Json;
using System.Text.Json.Serialization;

namespace Parallax.Host.Tracking;

/// <summary>The text form of journals: compact, invariant, with NaN and infinities as strings.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    IgnoreReadOnlyProperties = true,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(JournalEvent))]
[JsonSerializable(typeof(JournalHeader))]
[JsonSerializable(typeof(JournalState))]
[JsonSerializable(typeof(RefusedItem))]
internal sealed partial class JournalJson : JsonSerializerContext
{
    /// <summary>Reads one line; null when it is none of ours.</summary>
    public static JournalEvent? TryRead(ReadOnlySpan<byte> line)
    {
        try
        {
            var found = JsonSerializer.Deserialize(line, Default.JournalEvent);
            return found is ({ Kind: Tracking.EventKind.Metric } and ({ Number: null } or { Key: null })) or { Kind: Tracking.EventKind.Model, Model: null }
                ? null : found;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
