using System.CommandLine;
using Parallax.Host.Configuration;
using Parallax.Host.Experiments;
using Parallax.Host.Processes;
using Parallax.Host.Surveys;

namespace Parallax.Host.Cli;

/// <summary><c>parallax init</c>: a recipe for the user's own files, after a look at them.</summary>
internal sealed class InitCommand(
    Lazy<DatasetSearch> datasets, Lazy<RecipeReader> recipes, Lazy<PluginCatalog> catalog, GlobalOptions options, StopSignals signals,
    CliOutput output) : ICliCommand
{
    private const int UsualLooks = 2_000;
    private const string SchemaFile = "recipe.schema.json";

    public IReadOnlyList<string> Examples =>
    [
        "parallax init ~/images", "parallax init images.tar --out images.yaml", "parallax init DIR --set data.layout=flat", "parallax init DIR --all --json",
    ];

    public Command Build()
    {
        var path = new Argument<string>("FOLDER|TAR") { Description = "Images or videos, best as SPLIT/CLASS/FILE." };
        var file = new Option<string>("--out")
        {
            Description = "The recipe to write; never replaced.", HelpName = "FILE", DefaultValueFactory = _ => "recipe.yaml",
        };
        var name = new Option<string?>("--data") { Description = "The data set that shall read it, by its name; all are tried without.", HelpName = "NAME" };
        var overrides = new Option<string[]>("--set")
        {
            Description = "A setting of section data, for example data.layout=flat. May be given several times.", HelpName = "KEY=VALUE",
        };
        var all = new Option<bool>("--all") { Description = $"Read every file, in place of {UsualLooks:N0} of a split." };
        var json = new Option<bool>("--json") { Description = "Print what was found as JSON." };
        var command = new Command("init", "Look at images or videos and write a recipe that trains on them.") { path, file, name, overrides, all, json };
        command.SetAction(parsed => Write(
            new(Path.GetFullPath(parsed.GetRequiredValue(path)), parsed.GetRequiredValue(file), parsed.GetValue(name), parsed.GetValue(overrides) ?? []),
            parsed.GetValue(all) ? int.MaxValue : UsualLooks, parsed.GetValue(json)));

        return command;
    }

    private int Write(Request request, int looks, bool json)
    {
        if (request.Overrides.FirstOrDefault(text => !text.StartsWith("data.", StringComparison.Ordinal)) is { } foreign)
        {
            throw new ConfigurationException($"--set {foreign}: 'parallax init' takes keys of section data only. Change the recipe, or give it to "
                + "'parallax train'.");
        }

        RequireFree(request.File);
        RequireWritable(request.File);
        var found = datasets.Value.Find(request.Path, request.Dataset, request.Overrides, options.Verbose);
        using var train = found.Train;
        var survey = DatasetSurvey.Of(found, request.Path, looks, signals.Token);
        var text = new RecipeDraft(survey, request.Overrides, new Placement(new()).IsCuda).Write();
        recipes.Value.ReadText(text, request.File, []);
        RequireFree(request.File);   // a look at many images takes its time
        Save(request.File, text);
        if (json)
        {
            output.Json(new { Recipe = Path.GetFullPath(request.File), Data = survey });
            return ExitCodes.Done;
        }

        output.Table(["", ""], survey.Lines().Select(line => (string[])[line.Label, line.Text]));
        output.Line();
        output.Line($"Written: {request.File}, and {SchemaFile} beside it, by which editors complete and check it.");
        output.Line($"Next: {ShellCommand.Of(["train", request.File], options.PluginFolders)}");

        return ExitCodes.Done;
    }

    private static void RequireFree(string file)
    {
        if (Path.Exists(file))
        {
            throw new ConfigurationException($"{file} is there already and stays as it is. Give another name with --out, or remove it.");
        }
    }

    // In the nearest folder that is there: no folder is made before there is something to write.
    private static void RequireWritable(string file)
    {
        try
        {
            var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
            while (!Path.Exists(folder))
            {
                folder = Path.GetDirectoryName(folder)!;
            }

            var probe = Path.Combine(folder, $".{Path.GetRandomFileName()}");
            new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose).Dispose();
        }
        catch (Exception e) when (RunFile.IsOfTheDisk(e))
        {
            throw Unwritable(file, e);
        }
    }

    private void Save(string file, string text)
    {
        try
        {
            AtomicFile.Replace(file, text);
            var schema = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file))!, SchemaFile);
            AtomicFile.Replace(schema, RecipeSchema.Write(catalog.Value).ToJsonString(CliOutput.JsonOptions) + "\n");
        }
        catch (Exception e) when (RunFile.IsOfTheDisk(e))
        {
            throw Unwritable(file, e);
        }
    }

    private static ConfigurationException Unwritable(string file, Exception fault) =>
        new($"{file} cannot be written: {RunFile.Reason(fault)} Choose another place with --out.");

    private sealed record Request(string Path, string File, string? Dataset, IReadOnlyList<string> Overrides);
}
