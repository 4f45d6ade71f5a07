using System.Text.Json.Serialization;

namespace Parallax.Host.Cli;

/// <summary>One line of <c>parallax doctor</c>.</summary>
/// <param name="Subject">What was looked at.</param>
/// <param name="State">How it is.</param>
/// <param name="Detail">What was found, and what to do where it is not well.</param>
internal sealed record Finding(string Subject, FindingState State, string Detail);

/// <summary>How something is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FindingState>))]
internal enum FindingState
{
    /// <summary>As it should be.</summary>
    [JsonStringEnumMemberName("ok")]
    Ok,

    /// <summary>Works, but could be better, or something is left out.</summary>
    [JsonStringEnumMemberName("warning")]
    Warning,

    /// <summary>Does not work.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}
