using System.CommandLine;
using System.Globalization;
using Parallax.Host.Configuration;
using Parallax.Host.Experiments;
using Parallax.Host.Export;
using Parallax.Host.Processes;
using Parallax.Host.Training;

namespace Parallax.Host.Cli;

/// <summary><c>parallax export</c>: the backbone of a run as a file for other programs.</summary>
internal sealed class ExportCommand(
    Lazy<RecipeReader> recipes, Lazy<ExperimentFactory> experiments, Lazy<BackboneExport> export, StopSignals signals, CliOutput output) : ICliCommand
{
    public IReadOnlyList<string> Examples =>
    [
        "parallax export RUN_ID --format torchvision",
        "parallax export RUN_ID --format onnx --out backbone.onnx",
        "parallax export runs/RUN_ID/checkpoints/best.safetensors --format timm --force --json",
    ];

    public Command Build()
    {
        var target = new Argument<string>("RUN_ID|CHECKPOINT") { Description = ChosenCheckpoint.Description };
        var format = new Option<string>("--format")
        {
            Description = "safetensors (own names), onnx, or a library whose names the backbone has: torchvision, timm.", Required = true, HelpName = "FORMAT",
        };
        var file = new Option<string?>("--out") { Description = "The file to make. [default: BACKBONE-FORMAT in the current folder]", HelpName = "FILE" };
        var force = new Option<bool>("--force") { Description = "Replace a file that exists." };
        var overrides = new Option<string[]>("--set")
        {
            Description = "Override a key of the run's recipe, for example data.path=DIR.", HelpName = "KEY=VALUE",
        };
        var directory = new Option<string>("--runs")
        {
            Description = "Output directory of the run.", DefaultValueFactory = _ => new TrainerOptions().OutputDirectory, HelpName = "DIR",
        };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("export", "Write the backbone of a run for other programs, and prove that the file gives the same features.")
        {
            target, format, file, force, overrides, directory, json,
        };
        command.SetAction(parsed =>
        {
            using var checkpoint = ChosenCheckpoint.Load(parsed.GetValue(target)!, parsed.GetValue(directory)!, output.Error);

            return Export(checkpoint, parsed.GetValue(format)!, parsed.GetValue(file), parsed.GetValue(force), parsed.GetValue(overrides) ?? [],
                parsed.GetValue(json));
        });

        return command;
    }

    private int Export(Checkpoint checkpoint, string format, string? file, bool replaces, IReadOnlyList<string> overrides, bool json)
    {
        var source = $"the recipe in {checkpoint.Path}";
        var recipe = RunDirectory.RecipeOf(recipes.Value.ReadText(checkpoint.Recipe, source, overrides));
        var configuration = recipes.Value.ReadText(checkpoint.Recipe, source, [.. overrides, "trainer.device=cpu", "trainer.precision=fp32"]);
        using var experiment = experiments.Value.Create(configuration, isRestored: true);
        experiment.Restore(checkpoint);
        var origin = ExportMetadata.Origin(checkpoint.State.RunId, checkpoint.State.Position.Step, recipe);
        var result = export.Value.Write(experiment, format, file, replaces, origin, signals.Token);
        if (result.FeatureSpread < BackboneExport.LeastSpread)
        {
            output.Error(FormattableString.Invariant($"The features hardly vary between the samples (standard deviation {result.FeatureSpread:G3} at most): ")
                + "that the file gives the same proves little. The backbone may have collapsed; './parallax evaluate' shows it.");
        }

        if (json)
        {
            output.Json(result);
        }
        else
        {
            var what = experiment.TestClips.Clip is null ? "images" : "clips";
            output.Line(string.Create(CultureInfo.InvariantCulture,
                $"{result.File}: {result.Backbone} as {result.Format}, {result.Bytes / 1048576.0:N1} MB. Read back, features of {result.Compared} {what} of "
                    + $"the data set differ by {result.LargestDifference:G3} at most."));
        }

        return ExitCodes.Done;
    }
}
