using System.Reflection;
using System.Text.RegularExpressions;

namespace Parallax.Host.Scaffolding;

/// <summary>Names that mean something already where a scaffolded class will stand: a class of the same name would hide them.</summary>
internal static partial class NamesInScope
{
    private static readonly string[] ImplicitNamespaces =
    [
        "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading", "System.Threading.Tasks",
        "TorchSharp", "TorchSharp.Modules", "Parallax.Torch", "Parallax.Contracts",
    ];

    private static readonly Type[] StaticUsings = [typeof(torch), typeof(torch.nn), typeof(torch.nn.functional)];

    // A type of each assembly that scaffolded code uses without naming it.
    private static readonly Type[] OneOfEach =
        [typeof(object), typeof(Enumerable), typeof(HttpClient), typeof(Uri), typeof(Console), typeof(torch), typeof(TorchLibrary), typeof(PluginAttribute)];

    // Folders of namespaces that code begins with, and the alias that projects give to torch.nn.functional.
    private static readonly string[] Roots = ["System", "Microsoft", "TorchSharp", "Parallax", "Xunit", "F"];

    private static readonly Lazy<HashSet<string>> OfLibraries = new(() =>
    [
        .. Roots,
        .. OneOfEach.Select(type => type.Assembly).Distinct().SelectMany(assembly => assembly.GetExportedTypes())
            .Where(type => ImplicitNamespaces.Contains(type.Namespace)).Select(type => Plain(type.Name)),
        .. StaticUsings.SelectMany(type => type.GetMembers(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Select(member => Plain(member.Name)),
    ]);

    private static readonly Lazy<HashSet<string>> Assemblies = new(() => new(
        ((string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "").Split(Path.PathSeparator).Select(file => Path.GetFileNameWithoutExtension(file)),
        StringComparer.OrdinalIgnoreCase));

    /// <summary>Whether a class cannot be called so.</summary>
    /// <param name="name">Name of the class, and of its assembly.</param>
    /// <param name="templates">What will be written, before names are filled in: every word of it may be one that the code needs.</param>
    public static bool Hold(string name, IEnumerable<string> templates)
    {
        var words = templates.SelectMany(text => Word().Matches(text).Select(match => match.Value)).ToHashSet();
        string[] declared = [name, $"{name}Options", $"{name}Tests", $"{name}Plugin", $"Images{name}"];

        return Assemblies.Value.Contains(name) || declared.Any(one =>
            words.Contains(one) || OfLibraries.Value.Contains(one)
            || (one.EndsWith(nameof(Attribute), StringComparison.Ordinal) && words.Contains(one[..^nameof(Attribute).Length])));
    }

    private static string Plain(string name) => name.Split('`')[0];

    [GeneratedRegex(@"[A-Za-z_]\w*")]
    private static partial Regex Word();
}
