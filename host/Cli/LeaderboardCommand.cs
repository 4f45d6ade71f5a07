using System.CommandLine;
using Parallax.Host.Configuration;
using Parallax.Host.Leaderboards;
using Parallax.Host.Processes;
using Parallax.Host.Training;

namespace Parallax.Host.Cli;

/// <summary><c>parallax leaderboard</c>: train a list of recipes under one budget and write a table.</summary>
internal sealed class LeaderboardCommand(Lazy<RecipeReader> recipes, Lazy<LeaderboardRun> leaderboards, StopSignals signals, CliOutput output) : ICliCommand
{
    private const int SomeFailed = 1;

    public IReadOnlyList<string> Examples =>
    [
        "parallax leaderboard recipes/leaderboards/cifar10-small.yaml --set data.path=cifar10.tar",
        "parallax leaderboard recipes/leaderboards/cifar10-small.yaml --jobs 4 --output docs/leaderboards",
    ];

    public Command Build()
    {
        var file = new Argument<string>("FILE") { Description = "YAML file that lists recipes; recipes/leaderboards has some." };
        var overrides = new Option<string[]>("--set")
        {
            Description = "Override a key of every recipe, for example data.path=DIR. May be given several times.", HelpName = "KEY=VALUE",
        };
        var folder = new Option<string>("--output")
        {
            Description = "Folder that gets the table, as Markdown and JSON.", DefaultValueFactory = _ => "leaderboards", HelpName = "DIR",
        };
        var work = new Option<string?>("--work")
        {
            Description = "Folder of runs and logs; finished entries there are not trained again. Default: runs/leaderboards/NAME.", HelpName = "DIR",
        };
        var jobs = new Option<int>("--jobs")
        {
            Description = "Trainings at a time, each with trainer.threads threads.", DefaultValueFactory = _ => 1, HelpName = "N",
        };
        jobs.Validators.Add(value =>
        {
            if (value.GetValueOrDefault<int>() is < 1 or > 256)
            {
                value.AddError($"--jobs is {value.GetValueOrDefault<int>()}; expected 1 to 256.");
            }
        });
        var command = new Command("leaderboard", "Train a list of recipes under one budget, evaluate them alike, write a table.")
        {
            file, overrides, folder, work, jobs,
        };
        command.SetAction((parsed, _) => RunAsync(
            parsed.GetValue(file)!, parsed.GetValue(overrides) ?? [], parsed.GetValue(folder)!, parsed.GetValue(work), parsed.GetValue(jobs)));

        return command;
    }

    private async Task<int> RunAsync(string file, IReadOnlyList<string> overrides, string folder, string? work, int jobs)
    {
        var board = LeaderboardFile.Read(file, overrides, recipes.Value);
        var plan = new LeaderboardPlan(folder, work ?? Path.Combine(new TrainerOptions().OutputDirectory, "leaderboards", board.Stem), jobs);
        IReadOnlyList<string> failed;
        try
        {
            failed = await leaderboards.Value.ExecuteAsync(board, plan, signals.Token);
        }
        catch (OperationCanceledException)
        {
            output.Error("Stopped. The same command goes on: what is finished is kept, what had begun is resumed.");
            return ExitCodes.Stopped;
        }

        var table = Path.Combine(folder, $"{board.Stem}.md");
        output.Line(await File.ReadAllTextAsync(table));
        output.Line($"Files: {table}, {Path.ChangeExtension(table, ".json")}");
        if (failed.Count > 0)
        {
            output.Error($"Not in the table, because their training failed: {string.Join(", ", failed)}. Their logs are in {plan.Work}.");
        }

        return failed.Count == 0 ? ExitCodes.Done : SomeFailed;
    }
}
