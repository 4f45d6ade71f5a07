using System.Collections.Concurrent;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace Parallax.Host.Configuration;

/// <summary>Summaries from the documentation file beside an assembly.</summary>
internal static partial class XmlDocs
{
    private static readonly ConcurrentDictionary<Assembly, IReadOnlyDictionary<string, string>> Files = new();

    /// <summary>Summary of a class; empty when there is none.</summary>
    public static string Of(Type type) => Summary(type.Assembly, $"T:{Name(type)}");

    /// <summary>Summary of a property; empty when there is none.</summary>
    public static string Of(PropertyInfo property) => Summary(property.DeclaringType!.Assembly, $"P:{Name(property.DeclaringType)}.{property.Name}");

    /// <summary>Remarks of a class as paragraphs of Markdown; none when there are none.</summary>
    public static IEnumerable<string> Remarks(Type type)
    {
        var remarks = Elements(type.Assembly).FirstOrDefault(member => (string?)member.Attribute("name") == $"T:{Name(type)}")?.Element("remarks");

        return remarks is null ? []
            : remarks.Elements("para").Any() ? remarks.Elements("para").Select(para => Text(para, markdown: true) + "\n\n")
            : [Text(remarks, markdown: true) + "\n\n"];
    }

    private static string Name(Type type) => type.FullName!.Replace('+', '.');

    private static string Summary(Assembly assembly, string member) => Files.GetOrAdd(assembly, Load).GetValueOrDefault(member, "");

    private static Dictionary<string, string> Load(Assembly assembly)
    {
        var members = Elements(assembly).ToDictionary(member => (string)member.Attribute("name")!);

        return (from member in members
                let summary = Summary(member.Value, members)
                where summary is not null
                select KeyValuePair.Create(member.Key, Text(summary))).ToDictionary();
    }

    // Its own, or that of the member that it names by <inheritdoc cref="..."/>, which may name another in turn; a circle ends without one.
    private static XElement? Summary(XElement member, Dictionary<string, XElement> members)
    {
        for (var left = members.Count; left > 0; left--)
        {
            if (member.Element("summary") is { } summary)
            {
                return summary;
            }

            if ((string?)member.Element("inheritdoc")?.Attribute("cref") is not { } name || !members.TryGetValue(name, out var next))
            {
                return null;
            }

            member = next;
        }

        return null;
    }

    private static IEnumerable<XElement> Elements(Assembly assembly)
    {
        var file = Path.ChangeExtension(assembly.Location, ".xml");
        if (!File.Exists(file))
        {
            return [];   // documentation is optional for plugins
        }

        try
        {
            return XDocument.Load(file).Descendants("member");
        }
        catch (XmlException)
        {
            return [];   // a damaged documentation file must not stop anything
        }
    }

    private static string Text(XElement element, bool markdown = false)
    {
        var parts = element.DescendantNodes().Select(node => node switch
        {
            XText { Parent.Name.LocalName: "c" } code when markdown => $"`{code.Value}`",
            XText text => text.Value,
            XElement { IsEmpty: true } empty => Reference((empty.Attribute("cref") ?? empty.Attribute("name") ?? empty.Attribute("langword"))?.Value ?? ""),
            _ => "",
        });

        return Space().Replace(string.Concat(parts), " ").Trim();
    }

    // "M:Space.Type.Member(Arguments)" is Type.Member; anything else its last name.
    private static string Reference(string id)
    {
        var names = id.Split('(')[0].Split('.', ':');

        return id.StartsWith("M:", StringComparison.Ordinal) ? $"{names[^2]}.{names[^1]}" : names[^1];
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
