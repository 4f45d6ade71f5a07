using System.CommandLine;
using Parallax.Host.Configuration;

namespace Parallax.Host.Cli;

/// <summary><c>parallax describe</c>: what a plugin or a section of a recipe takes.</summary>
internal sealed class DescribeCommand(Lazy<PluginCatalog> catalog, CliOutput output) : ICliCommand
{
    public IReadOnlyList<string> Examples =>
        ["parallax describe trainer", "parallax describe knn-10 --json", "parallax describe --schema > recipe.schema.json",
            "parallax describe --markdown > docs/configuration.md"];

    public Command Build()
    {
        var name = new Argument<string?>("NAME") { Description = "Name of a plugin, or of a section of a recipe.", Arity = ArgumentArity.ZeroOrOne };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var kind = new Option<string?>("--kind") { Description = "Kind of plugin, where several share a name.", HelpName = "KIND" };
        var schema = new Option<bool>("--schema") { Description = "Print the JSON Schema of recipes, for editors." };
        var markdown = new Option<bool>("--markdown") { Description = "Print the configuration reference." };
        var methods = new Option<bool>("--methods") { Description = "Print the table of methods, papers and recipes that the README shows." };
        var pages = new Option<string?>("--pages")
        {
            Description = "Write a page per method into this folder; docs/methods of the repository holds them.", HelpName = "DIR",
        };
        var command = new Command("describe", "Show options, defaults, ranges and sources.") { name, kind, json, schema, markdown, methods, pages };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(schema))
            {
                output.Json(RecipeSchema.Write(catalog.Value));
            }
            else if (parsed.GetValue(markdown))
            {
                output.Out.Write(ConfigurationReference.Write(catalog.Value));
            }
            else if (parsed.GetValue(methods))
            {
                output.Out.Write(MethodTable.Write(catalog.Value, Path.Combine(AppContext.BaseDirectory, "recipes")));
            }
            else if (parsed.GetValue(pages) is { } folder)
            {
                WritePages(folder);
            }
            else
            {
                Describe(parsed.GetValue(name), parsed.GetValue(kind), parsed.GetValue(json));
            }

            return 0;
        });

        return command;
    }

    private void WritePages(string folder)
    {
        foreach (var method in catalog.Value.Of(PluginKind.Method))
        {
            AtomicFile.Replace(
                Path.Combine(folder, $"{method.Name}.md"),
                MethodPage.Write(method, Path.Combine(AppContext.BaseDirectory, "recipes"), Path.Combine(folder, "..", "leaderboards")));
        }
    }

    private void Describe(string? name, string? kind, bool json)
    {
        if (name is null)
        {
            throw new ConfigurationException("Which one? Give the name of a plugin ('parallax list' shows all) or of a section: "
                + string.Join(", ", HostSections.All.Keys) + ".");
        }

        if (HostSections.All.TryGetValue(name, out var section) && kind is null)
        {
            var (keys, summary) = (OptionReference.Of(section), XmlDocs.Of(section));
            Print(name, keys, json ? new { Section = name, Summary = summary, Options = keys } : null, summary);
            return;
        }

        var plugin = Find(name, kind);
        var options = plugin.OptionsType is { } type ? OptionReference.Of(type) : [];
        Print(name, options, json ? new { Plugin = PluginSummary.Of(plugin), Options = options } : null,
            [$"{plugin.Kind.Noun()} '{plugin.Name}': {plugin.Summary}", plugin.Paper.ToString(),
                plugin.Kind == PluginKind.Method ? $"Kind of pretext task: {plugin.TaskText}" : "", .. MovedOption.Lines(plugin),
                $"{plugin.TypeName} {plugin.Version} in {plugin.File}"]);
    }

    private PluginDescriptor Find(string name, string? kind)
    {
        var named = catalog.Value.Plugins.Where(plugin => plugin.Name == name && (kind is null || plugin.Kind.Noun() == kind || plugin.Kind.Plural() == kind))
            .ToList();
        if (named.Count == 1)
        {
            return named[0];
        }

        if (named.Count > 1)
        {
            throw new ConfigurationException($"'{name}' is the name of a {string.Join(" and of a ", named.Select(plugin => plugin.Kind.Noun()))}. Add "
                + $"--kind, for example --kind {named[0].Kind.Plural()}.");
        }

        var known = catalog.Value.Plugins.Select(plugin => plugin.Name).Concat(HostSections.All.Keys).Distinct();

        throw new ConfigurationException(catalog.Value.Rejected.FirstOrDefault(plugin => plugin.Name == name) is { } rejected
            ? $"'{name}' cannot be used. {rejected.Reason} File: {rejected.File}."
            : PluginCatalog.Renamed(name, catalog.Value.Plugins) ?? $"There is no plugin or section '{name}'.{NearestName.Hint(name, known)}");
    }

    private void Print(string name, IReadOnlyList<OptionReference> options, object? json, params string[] head)
    {
        if (json is not null)
        {
            output.Json(json);
            return;
        }

        foreach (var line in head.Where(line => line.Length > 0))
        {
            output.Line(line);
        }

        if (options.Count == 0)
        {
            output.Line($"'{name}' has no options.");
            return;
        }

        output.Line();
        output.Table(["option", "default", "allowed", "meaning"],
            options.Select(option => (string[])[option.Key, option.Default, option.Allowed, option.Summary]));
    }
}
