using System.CommandLine;

namespace Parallax.Host.Cli;

/// <summary><c>parallax list</c>: what can be named in a recipe.</summary>
internal sealed class ListCommand(Lazy<PluginCatalog> catalog, CliOutput output) : ICliCommand
{
    private static readonly PluginKind[] Kinds = [PluginKind.Method, PluginKind.Backbone, PluginKind.Augmentation, PluginKind.Dataset, PluginKind.Evaluator];

    public IReadOnlyList<string> Examples => ["parallax list", "parallax list methods", "parallax list datasets --json"];

    public Command Build()
    {
        var kind = new Argument<string?>("KIND")
        {
            Description = "methods, backbones, augmentations, datasets or protocols; all when left out.", Arity = ArgumentArity.ZeroOrOne,
        };
        kind.AcceptOnlyFromAmong([.. Kinds.Select(known => known.Plural())]);
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("list", "Show the plugins that recipes can name.") { kind, json };
        command.SetAction(parsed => List(parsed.GetValue(kind), parsed.GetValue(json)));

        return command;
    }

    private int List(string? kind, bool json)
    {
        var plugins = Kinds.Where(known => kind is null || known.Plural() == kind).SelectMany(catalog.Value.Of).ToList();
        if (json)
        {
            output.Json(plugins.Select(PluginSummary.Of));
        }
        else if (output.IsTerminal)
        {
            output.Table(
                ["kind", "name", "what it does", "paper"],
                plugins.Select(plugin => (string[])[plugin.Kind.Noun(), plugin.Name, Summary(plugin), Paper(plugin)]), whole: 2);
        }
        else
        {
            output.Table([], plugins.Select(plugin => (string[])[plugin.Kind.Noun(), plugin.Name, Summary(plugin), FullPaper(plugin)]));
        }

        foreach (var rejected in catalog.Value.Rejected)
        {
            output.Error($"rejected: {rejected.Name ?? rejected.File}: {rejected.Reason}");
        }

        return 0;
    }

    private static string Summary(PluginDescriptor plugin) =>
        plugin.FormerNames.Count == 0 ? plugin.Summary : $"{plugin.Summary} Formerly {string.Join(", ", plugin.FormerNames)}.".TrimStart();

    // Lines that are no table have room for the title.
    private static string FullPaper(PluginDescriptor plugin) => plugin.Paper.Title.Length == 0 ? "" : $"{plugin.Paper.Title}, {Paper(plugin)}";

    private static string Paper(PluginDescriptor plugin) => plugin.Paper.Year == 0 ? plugin.Family : $"{plugin.Paper.Venue} {plugin.Paper.Year}".Trim();
}
