using System.Text.RegularExpressions;

namespace Parallax.Host.Configuration;

/// <summary>Words what a plugin finds wrong for the section that it stands in.</summary>
internal static partial class SectionFaults
{
    /// <summary>Section of a network for images, whose plugins are backbones.</summary>
    public const string ImageModel = "imageModel";

    /// <summary>
    /// A fault with the key of the section in front. A backbone speaks of the section <c>backbone</c>, whichever it stands in: as an image model it means its
    /// own.
    /// </summary>
    /// <param name="section">Key of the section.</param>
    /// <param name="fault">What the plugin says.</param>
    public static string Of(string section, string fault)
    {
        var own = Own(section, fault);

        return own.StartsWith($"{section}.", StringComparison.Ordinal) ? own : $"{section}: {own}";
    }

    /// <summary>A fault with its keys as they are in the section, and nothing in front.</summary>
    /// <inheritdoc cref="Of" path="/param"/>
    public static string Own(string section, string fault) => section == ImageModel ? BackboneKeys().Replace(fault, $"{ImageModel}.") : fault;

    // A key, not the end of a sentence.
    [GeneratedRegex(@"\bbackbone\.(?=\w)")]
    private static partial Regex BackboneKeys();
}
