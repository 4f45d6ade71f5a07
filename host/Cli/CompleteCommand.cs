using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using Parallax.Host.Configuration;
using Parallax.Host.Processes;
using Parallax.Host.Tracking;

namespace Parallax.Host.Cli;

/// <summary><c>parallax complete</c>: what a word of a command line can be, a line each, for the scripts of <see cref="CompletionCommand"/>.</summary>
/// <remarks>Names of arguments and options say what they take, as they do in the help: RECIPE a recipe, RUN_ID a run. What cannot be known, because a store or
/// a plugin cannot be read, completes to nothing: a line that is being typed is no place for a fault.</remarks>
internal sealed class CompleteCommand(Lazy<PluginCatalog> catalog, Lazy<Trackers> trackers, GlobalOptions options, CliOutput output) : ICliCommand
{
    private const int MostRuns = 50;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);   // of who presses a key

    public IReadOnlyList<string> Examples => ["parallax complete -- 'train sim'"];

    public Command Build()
    {
        var line = new Argument<string>("LINE") { Description = "What was typed behind the name of the program, up to the cursor." };
        var command = new Command("complete", "Print what the last word of a command line can be.") { line };
        command.Hidden = true;
        command.SetAction(parsed => Complete(parsed.RootCommandResult.Command, parsed.GetRequiredValue(line)));

        return command;
    }

    private int Complete(Command root, string line)
    {
        AddSources(root);
        var (parsed, word) = (root.Parse(line), line.Split(' ', '\t')[^1]);
        if (line.Contains("--plugins", StringComparison.Ordinal))
        {
            options.Read(parsed);   // what is completed may be the name of a plugin there
        }

        foreach (var label in parsed.GetCompletions(line.Length).Select(item => item.Label).Distinct())
        {
            // options only where one is begun, and not their other spellings: -h, /?
            if (label.StartsWith(word, StringComparison.Ordinal) && (label[0] is not ('-' or '/') || (word.Length > 0 && label.Length > 2)))
            {
                output.Line(label);
            }
        }

        return ExitCodes.Done;
    }

    private void AddSources(Command command)
    {
        foreach (var argument in command.Arguments)
        {
            if (Source(command.Name, argument.Name) is { } source)
            {
                argument.CompletionSources.Add(context => Known(context, source));
            }
        }

        foreach (var option in command.Options)
        {
            if (Source(command.Name, option.Name) is { } source)
            {
                option.CompletionSources.Add(context => Known(context, source));
            }
        }

        foreach (var inner in command.Subcommands)
        {
            AddSources(inner);
        }
    }

    private Func<CompletionContext, IEnumerable<string>>? Source(string command, string symbol) => (command, symbol) switch
    {
        (_, "RECIPE") => _ => RecipeFile.Shipped(),
        ("leaderboard", "FILE") => _ => RecipeFile.ShippedLeaderboards(),
        (_, "RUN_ID" or "RUN_ID|CHECKPOINT") => context => Runs(context.ParseResult),
        (_, "--resume") => context => Runs(context.ParseResult).Prepend("auto"),
        (_, "--data") => _ => Names(PluginKind.Dataset),
        (_, "--protocol") => context => Protocols(context.WordToComplete),
        (_, "--set") => _ => Settings(),
        ("describe", "NAME") => _ => catalog.Value.Plugins.Select(plugin => plugin.Name).Concat(HostSections.All.Keys),
        ("describe", "--kind") => _ => catalog.Value.Plugins.Select(plugin => plugin.Kind.Plural()),
        _ => null,
    };

    // A list that is half written: its last name is what is completed.
    private IEnumerable<string> Protocols(string word)
    {
        var head = word[..(word.LastIndexOf(',') + 1)];

        return Names(PluginKind.Evaluator).Select(name => head + name);
    }

    private IEnumerable<string> Settings()
    {
        var keys = HostSections.All.SelectMany(section => OptionKey.Of(section.Value).Select(key => $"{section.Key}.{key.Name}="));
        var plugins = HostSections.Plugins.SelectMany(section => Names(section.Value).Select(name => $"{section.Key}.name={name}"));

        return keys.Where(key => !key.EndsWith(".name=", StringComparison.Ordinal)).Concat(plugins);
    }

    private IEnumerable<string> Names(PluginKind kind) => catalog.Value.Of(kind).Select(plugin => plugin.Name);

    // Of the store that is named on the line already.
    private List<string> Runs(ParseResult parsed)
    {
        var uri = (parsed.GetResult("--uri") as OptionResult)?.GetValueOrDefault<string>();
        using var reader = trackers.Value.Read(new() { Uri = uri });
        using var deadline = new CancellationTokenSource(Patience);

        return [.. reader.ListAsync(null, MostRuns, deadline.Token).GetAwaiter().GetResult().Select(run => run.RunId)];
    }

    private static List<CompletionItem> Known(CompletionContext context, Func<CompletionContext, IEnumerable<string>> source)
    {
        try
        {
            return [.. source(context).Select(name => new CompletionItem(name))];
        }
        catch (Exception e) when (e is ConfigurationException or OperationCanceledException)
        {
            return [];
        }
    }
}
