using System.CommandLine;
using System.Diagnostics;
using Parallax.Host.Configuration;
using Parallax.Host.Training;

namespace Parallax.Host.Cli;

/// <summary><c>parallax train</c>: pretrain as a recipe says.</summary>
internal sealed class TrainCommand(Lazy<RecipeReader> recipes, Lazy<PretrainingRun> pretraining, CliOutput output) : ICliCommand
{
    private const int Stopped = 130;

    public IReadOnlyList<string> Examples =>
    [
        "parallax train recipes/demo.yaml",
        "parallax train recipes/demo.yaml --set trainer.epochs=5 --set method.temperature=0.1",
        "parallax train recipes/demo.yaml --resume auto",
    ];

    public Command Build()
    {
        var recipe = new Argument<string>("RECIPE") { Description = "YAML file; the recipes folder has many." };
        var overrides = new Option<string[]>("--set") { Description = "Override a key of the recipe, for example trainer.epochs=20. May be given several times.", HelpName = "KEY=VALUE" };
        var resume = new Option<string?>("--resume") { Description = "auto: go on with the newest unfinished run of exactly this recipe; or the id of a run.", HelpName = "auto|RUN_ID" };
        var json = new Option<bool>("--json") { Description = "Print the summary as JSON." };
        var command = new Command("train", "Pretrain a backbone.") { recipe, overrides, resume, json };
        command.SetAction(parsed => Train(parsed.GetValue(recipe)!, parsed.GetValue(overrides) ?? [], parsed.GetValue(resume), parsed.GetValue(json)));

        return command;
    }

    private int Train(string recipe, IReadOnlyList<string> overrides, string? resume, bool json)
    {
        var configuration = recipes.Value.Read(recipe, overrides);
        var directory = Resume(configuration, resume);
        using var signals = new StopSignals();
        var summary = pretraining.Value.Execute(configuration, directory, signals.Token);
        if (json)
        {
            output.Json(new
            {
                summary.RunId,
                summary.Directory,
                summary.Completed,
                summary.ImagesPerSecond,
                TrainingSeconds = summary.TrainingTime.TotalSeconds,
                PeakMemoryBytes = PeakMemory(),
                Results = summary.Results.ToDictionary(r => r.Protocol, r => r.Result.Accuracy),
            });
        }
        else
        {
            Describe(summary, recipe);
        }

        return summary.Completed ? 0 : Stopped;
    }

    private RunDirectory? Resume(ResolvedConfiguration configuration, string? resume)
    {
        var root = configuration.Trainer.OutputDirectory;
        if (resume is null)
        {
            return null;
        }

        if (resume != "auto")
        {
            var directory = RunDirectory.Open(root, resume);
            RequireSameKind(directory, configuration);

            return directory;
        }

        var found = RunDirectory.FindResumable(root, RunDirectory.RecipeOf(configuration));
        if (found is null)
        {
            output.Error($"No unfinished run of this recipe under '{root}': starting a new one.");
        }

        return found;
    }

    // Weights of another method, backbone or data set would be refused tensor by tensor, after the tracked run was reopened.
    private void RequireSameKind(RunDirectory directory, ResolvedConfiguration now)
    {
        var before = recipes.Value.Read(directory.RecipePath, []);
        List<string> faults =
        [
            .. new[] { ("method.name", before.Method.Name, now.Method.Name), ("backbone.name", before.Backbone.Name, now.Backbone.Name), ("data.name", before.Dataset.Name, now.Dataset.Name) }
                .Where(pair => pair.Item2 != pair.Item3)
                .Select(pair => $"{pair.Item1} is '{pair.Item3}', but run {directory.Record.RunId} was started with '{pair.Item2}'. Resume it with its own recipe: {directory.RecipePath}"),
        ];
        if (faults.Count > 0)
        {
            throw new ConfigurationException(faults);
        }
    }

    private static long PeakMemory()
    {
        using var process = Process.GetCurrentProcess();

        return process.PeakWorkingSet64;
    }

    private void Describe(TrainingSummary summary, string recipe)
    {
        output.Line();
        if (!summary.Completed)
        {
            output.Line($"Stopped. Go on with: parallax train {recipe} --resume {summary.RunId} (and the same --set options).");
            return;
        }

        output.Line(FormattableString.Invariant($"Run {summary.RunId} is finished: {summary.ImagesPerSecond:N0} images/s."));
        if (summary.Results.Count > 0)
        {
            output.Table(["protocol", "accuracy", "best"], summary.Results.Select(r => (IReadOnlyList<string>)
            [
                r.Protocol, FormattableString.Invariant($"{r.Result.Accuracy:P2}"), FormattableString.Invariant($"{r.Result.BestAccuracy:P2}"),
            ]));
        }

        output.Line($"Files: {summary.Directory}");
        output.Line($"Next: parallax evaluate {summary.RunId} --protocol NAME   (parallax list protocols)");
    }
}
