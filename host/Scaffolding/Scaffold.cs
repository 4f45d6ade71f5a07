using System.Reflection;
using System.Security;

namespace Parallax.Host.Scaffolding;

/// <summary>Writes a plugin project of its own: source, test and README, outside the tree.</summary>
internal static class Scaffold
{
    private const string Common = "common", Suffix = ".txt";

    /// <summary>Kinds that can be written, with the line that uses the result.</summary>
    public static IReadOnlyDictionary<string, string> Kinds { get; } = new Dictionary<string, string>
    {
        ["method"] = "parallax train RECIPE --plugins plugin --set method.name=__name__",
        ["backbone"] = "parallax train RECIPE --plugins plugin --set backbone.name=__name__",
        ["augmentation"] = "parallax train RECIPE --plugins plugin --set 'views=[{repeat: 2, augmentations: [{random-resized-crop: {size: 32}}, __name__, "
            + "normalize]}]'",
        ["dataset"] = "parallax train RECIPE --plugins plugin --set data.name=__name__ --set data.path=FOLDER --set data.imageSize=32",
    };

    /// <summary>Writes the project.</summary>
    /// <param name="kind">One of <see cref="Kinds"/>.</param>
    /// <param name="name">Name in recipes, kebab-case.</param>
    /// <param name="folder">Where to; must not exist or be empty.</param>
    /// <returns>Files written, relative to the folder.</returns>
    /// <exception cref="ConfigurationException">The folder has something in it, or cannot be written.</exception>
    public static IReadOnlyList<string> Write(string kind, string name, string folder)
    {
        if (File.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()))
        {
            throw new ConfigurationException($"{folder} exists already and is not empty. Choose another place with --output, or remove it.");
        }

        (string Mark, string Value)[] values =
        [
            ("__Use__", Kinds[kind]), ("__name__", name), ("__Class__", SafeClassName(kind, name)), ("__Kind__", kind), ("__Host__", AppContext.BaseDirectory),
        ];
        string Fill(string text, bool xml = false) => values.Aggregate(
            text, (filled, value) => filled.Replace(value.Mark, xml ? SecurityElement.Escape(value.Value) : value.Value, StringComparison.Ordinal));

        var written = new List<string>();
        foreach (var (path, text) in Templates(kind))
        {
            var file = Path.Combine(folder, Fill(path));
            try
            {
                AtomicFile.Replace(file, Fill(text, xml: file.EndsWith(".props", StringComparison.Ordinal)));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new ConfigurationException($"{file} cannot be written: {e.Message} Choose another place with --output.");
            }

            written.Add(Fill(path));
        }

        return written;
    }

    /// <summary>PascalCase of a kebab-case name.</summary>
    public static string ClassName(string name) => string.Concat(name.Split('-').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));

    /// <summary>The same, with the kind behind it where that alone would hide a name that the code needs: <c>LinearMethod</c> for <c>linear</c>.</summary>
    /// <param name="kind">One of <see cref="Kinds"/>.</param>
    /// <param name="name">Name in recipes, kebab-case.</param>
    public static string SafeClassName(string kind, string name)
    {
        var texts = Templates(kind).Select(template => template.Text).ToList();
        var className = ClassName(name);
        while (NamesInScope.Hold(className, texts))
        {
            className += ClassName(kind);
        }

        return className;
    }

    private static IEnumerable<(string Path, string Text)> Templates(string kind)
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var resource in assembly.GetManifestResourceNames().Order(StringComparer.Ordinal))
        {
            var folder = resource.Split('/')[0];
            if ((folder == Common || folder == kind) && resource.EndsWith(Suffix, StringComparison.Ordinal))
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
                yield return (resource[(folder.Length + 1)..^Suffix.Length], reader.ReadToEnd());
            }
        }
    }
}
