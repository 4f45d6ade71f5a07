using System.CommandLine;
using System.Globalization;
using Parallax.Host.Configuration;
using Parallax.Host.Processes;
using Parallax.Host.Training;

namespace Parallax.Host.Cli;

/// <summary><c>parallax replay</c>: train a step of a run again and look into it.</summary>
internal sealed class ReplayCommand(Lazy<ReplayRun> replays, StopSignals signals, CliOutput output) : ICliCommand
{
    public IReadOnlyList<string> Examples =>
    [
        "parallax replay RUN_ID", "parallax replay RUN_ID --step 120", "parallax replay RUN_ID --step 120 --set data.path=DIR --json",
    ];

    public Command Build()
    {
        var run = new Argument<string>("RUN") { Description = "A run below the output directory, by its id or the beginning of it, or the folder of a run." };
        var step = new Option<long?>("--step") { Description = "The step, from 1; without it the one at which the run failed.", HelpName = "N" };
        var overrides = new Option<string[]>("--set")
        {
            Description = "Override a key of the run's recipe, for example data.path=DIR.", HelpName = "KEY=VALUE",
        };
        var directory = new Option<string>("--runs")
        {
            Description = "Output directory of the run.", DefaultValueFactory = _ => new TrainerOptions().OutputDirectory, HelpName = "DIR",
        };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("replay", "Train a step of a run again, compare it with the run, and name the module that left the finite numbers.")
        {
            run, step, overrides, directory, json,
        };
        command.SetAction(parsed => Replay(
            RunDirectory.Open(parsed.GetValue(directory)!, parsed.GetValue(run)!), parsed.GetValue(step), parsed.GetValue(overrides) ?? [],
            parsed.GetValue(json)));

        return command;
    }

    private int Replay(RunDirectory directory, long? step, IReadOnlyList<string> overrides, bool json)
    {
        var replayed = replays.Value.Execute(directory, step, overrides, signals.Token);
        if (json)
        {
            output.Json(replayed);
        }
        else
        {
            Describe(replayed, directory);
        }

        if (replayed.Difference is not { } difference)
        {
            return ExitCodes.Done;
        }

        output.Error(difference);

        return ExitCodes.UserError;
    }

    private void Describe(ReplayedStep step, RunDirectory directory)
    {
        output.Table(
            ["module", "type", "calls", "mean", "std", "max |x|", "not finite", "gradient norm"],
            step.Modules.Select(row => (string[])
            [
                row.Module, row.Type, row.Calls.ToString(CultureInfo.InvariantCulture), OrNone(row.Mean), OrNone(row.Deviation), OrNone(row.Largest),
                row.NonFiniteShare.ToString("P1", CultureInfo.InvariantCulture), row.GradientNorm is { } norm ? Number(norm) : "",
            ]), isNamed: true);
        output.Line($"Step {step.Step} of run {directory.Record.RunId}: {(step.Loss is { } loss ? $"loss {Number(loss)}" : "no loss")}.");
        if (step.Error is not null)
        {
            output.Line($"It ended with: {step.Error}");
        }

        if (step.Difference is null)
        {
            output.Line(step.Compared > 0
                ? $"The same bits as in the run: batches, weights and losses of all recorded steps that were trained again ({step.Compared})."
                : "The run recorded nothing to compare with: it keeps its last steps when it fails.");
        }

        output.Line($"First to leave the finite numbers: {step.First?.Text ?? "none."}");
    }

    private static string OrNone(double? value) => value is { } number ? Number(number) : "-";

    private static string Number(double value) => value.ToString("G4", CultureInfo.InvariantCulture);
}
