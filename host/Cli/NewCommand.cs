using System.CommandLine;
using System.Text.RegularExpressions;
using Parallax.Host.Scaffolding;

namespace Parallax.Host.Cli;

/// <summary><c>parallax new</c>: writes the project of a plugin.</summary>
internal sealed partial class NewCommand(Lazy<PluginCatalog> catalog, CliOutput output) : ICliCommand
{
    public IReadOnlyList<string> Examples => ["parallax new method my-method", "parallax new dataset my-images --output ~/plugins/my-images"];

    public Command Build()
    {
        var kind = new Argument<string>("KIND") { Description = "What to write." };
        kind.AcceptOnlyFromAmong([.. Scaffold.Kinds.Keys]);
        var name = new Argument<string>("NAME") { Description = "Name in recipes, kebab-case." };
        var folder = new Option<string?>("--output") { Description = "Folder of the project; NAME in the current folder when left out.", HelpName = "DIR" };
        var command = new Command("new", "Write the project of a plugin: source, test, README.") { kind, name, folder };
        command.SetAction(parsed => Write(parsed.GetRequiredValue(kind), parsed.GetRequiredValue(name), parsed.GetValue(folder)));

        return command;
    }

    private int Write(string kind, string name, string? folder)
    {
        if (!KebabCase().IsMatch(name) || name == "null")   // which YAML takes for nothing
        {
            throw new ConfigurationException($"'{name}' is no plugin name. Names are kebab-case: lower-case letters, digits and single dashes, a "
                + $"letter first, and not 'null'; for example my-{kind}.");
        }

        var target = Path.GetFullPath(folder ?? name);
        if (catalog.Value.Plugins.FirstOrDefault(plugin =>
            plugin.Name == name && plugin.Kind.ToString().Equals(kind, StringComparison.OrdinalIgnoreCase)) is { } taken)
        {
            throw new ConfigurationException($"There is a {taken.Kind.Noun()} '{name}' already, in {taken.File}. Choose another name.");
        }

        foreach (var file in Scaffold.Write(kind, name, target))
        {
            output.Line(Path.Combine(target, file));
        }

        output.Line();
        if (Scaffold.SafeClassName(kind, name) is var className && className != Scaffold.ClassName(name))
        {
            output.Line($"The class is called {className}: {Scaffold.ClassName(name)} is a name that the code needs otherwise.");
        }

        output.Line($"Next: cd {ShellCommand.Word(target)} && dotnet run --project tests && dotnet build src -c Release && parallax list --plugins plugin");
        output.Line("README.md says how to train with it.");

        return 0;
    }

    [GeneratedRegex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
    private static partial Regex KebabCase();
}
