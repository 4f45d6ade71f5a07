using System.CommandLine;
using Parallax.Host.Configuration;
using Parallax.Host.Planning;
using Parallax.Host.Processes;

namespace Parallax.Host.Cli;

/// <summary><c>parallax plan</c>: what a run will take, before it begins.</summary>
internal sealed class PlanCommand(Lazy<RecipeReader> recipes, Lazy<RunPlanner> planner, StopSignals signals, CliOutput output) : ICliCommand
{
    private const int UsualSteps = 10, MostSteps = 10_000, UsualScan = 10_000;

    public IReadOnlyList<string> Examples =>
    [
        "parallax plan recipes/demo.yaml",
        "parallax plan recipes/demo.yaml --set trainer.batchSize=512 --scan 0",
        "parallax plan recipes/demo.yaml --steps 50 --json",
    ];

    public Command Build()
    {
        var recipe = new Argument<string>("RECIPE") { Description = "YAML file, or METHOD/DATASET of the recipes folder." };
        var overrides = new Option<string[]>("--set")
        {
            Description = "Override a key of the recipe, for example data.path=DIR. May be given several times.", HelpName = "KEY=VALUE",
        };
        var steps = new Option<int>("--steps")
        {
            Description = "Optimizer steps that are measured, 1 to 10,000.", HelpName = "N", DefaultValueFactory = _ => UsualSteps,
        };
        var scan = new Option<int>("--scan")
        {
            Description = "Images of each split that are looked at, chosen at random once; 0 looks at all.", HelpName = "N",
            DefaultValueFactory = _ => UsualScan,
        };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("plan", "Measure what a run will take: memory, time, disk, what limits it and what to change; and look at the data. Writes "
            + "no run.")
        {
            recipe, overrides, steps, scan, json,
        };
        command.SetAction(parsed => Plan(
            parsed.GetValue(recipe)!, parsed.GetValue(overrides) ?? [], parsed.GetValue(steps), parsed.GetValue(scan), parsed.GetValue(json)));

        return command;
    }

    private int Plan(string recipe, IReadOnlyList<string> overrides, int steps, int scan, bool json)
    {
        if (steps is < 1 or > MostSteps)
        {
            throw new ConfigurationException($"--steps is {steps}; expected the number of optimizer steps to measure, 1 to 10,000.");
        }

        if (scan < 0)
        {
            throw new ConfigurationException($"--scan is {scan}; expected the number of images to look at, or 0 for all.");
        }

        using var time = signals.Within(StopSignals.ForAStep);
        var plan = planner.Value.Plan(recipes.Value.Read(recipe, overrides), steps, scan, output.Error, signals.Token);
        if (json)
        {
            output.Json(plan);
        }
        else
        {
            PlanText.Write(output, plan);
        }

        return ExitCodes.Done;
    }
}
