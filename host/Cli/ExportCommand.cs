using System.CommandLine;
using System.Globalization;
using Parallax.Host.Configuration;
using Parallax.Host.Experiments;
using Parallax.Host.Export;
using Parallax.Host.Processes;
using Parallax.Host.Tracking;
using Parallax.Host.Training;

namespace Parallax.Host.Cli;

/// <summary><c>parallax export</c>: the backbone of a run as a file for other programs, or as a model in MLflow.</summary>
internal sealed class ExportCommand(
    Lazy<RecipeReader> recipes, Lazy<ExperimentFactory> experiments, Lazy<BackboneExport> export, Lazy<ModelExport> models, Lazy<Trackers> trackers,
    StopSignals signals, CliOutput output) : ICliCommand
{
    private static readonly string[] Libraries = ["torchvision", "timm"];   // which of them a network has, its backbone says

    public IReadOnlyList<string> Examples =>
    [
        "parallax export RUN_ID --format torchvision",
        "parallax export RUN_ID --format onnx --out backbone.onnx",
        "parallax export runs/RUN_ID/checkpoints/best.safetensors --format timm --force --json",
        "parallax export RUN_ID --register my-backbone --alias champion",
    ];

    public Command Build()
    {
        var target = new Argument<string>("RUN_ID|CHECKPOINT") { Description = ChosenCheckpoint.Description };
        var format = new Option<string?>("--format")
        {
            Description = $"Write a file: {WeightFile.OwnNames} (own names), {OnnxFile.FormatName}, or in the names of a library that the backbone has: "
                + $"{string.Join(", ", Libraries)}.",
            HelpName = "FORMAT",
        };
        format.CompletionSources.Add([WeightFile.OwnNames, OnnxFile.FormatName, .. Libraries]);
        var file = new Option<string?>("--out") { Description = "The file to make. [default: BACKBONE-FORMAT in the current folder]", HelpName = "FILE" };
        var force = new Option<bool>("--force") { Description = "Replace a file that exists." };
        var log = new Option<bool>("--log") { Description = "Log the backbone as an MLflow model of the run, as a training with tracking.logModel does." };
        var name = new Option<string?>("--register") { Description = "The same, and make it a version of this model in MLflow's registry.", HelpName = "NAME" };
        var alias = new Option<string?>("--alias") { Description = "The alias that the version gets, for example champion.", HelpName = "ALIAS" };
        var overrides = new Option<string[]>("--set")
        {
            Description = "Override a key of the run's recipe, for example data.path=DIR.", HelpName = "KEY=VALUE",
        };
        var directory = new Option<string>("--runs")
        {
            Description = "Output directory of the run.", DefaultValueFactory = _ => new TrainerOptions().OutputDirectory, HelpName = "DIR",
        };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("export", "Write the backbone of a run for other programs, or log it as a model, and prove that it gives the same features.")
        {
            target, format, file, force, log, name, alias, overrides, directory, json,
        };
        command.SetAction(parsed =>
        {
            var wanted = new Wanted(
                parsed.GetValue(format), parsed.GetValue(file), parsed.GetValue(force), parsed.GetValue(log), parsed.GetValue(name), parsed.GetValue(alias),
                parsed.GetValue(json));
            Require(wanted);
            using var checkpoint = ChosenCheckpoint.Load(parsed.GetValue(target)!, parsed.GetValue(directory)!, output.Error);

            return Export(checkpoint, wanted, parsed.GetValue(overrides) ?? []);
        });

        return command;
    }

    private static void Require(Wanted wanted)
    {
        ModelNames.Require(wanted.Name, wanted.Alias);
        const string choice = "Give --format FORMAT for a file, or --log or --register NAME for a model in MLflow.";
        if (wanted.Format is null && !wanted.IsModel)
        {
            throw new ConfigurationException($"Nothing says what to make of the backbone. {choice}");
        }

        if (wanted.Format is not null && wanted.IsModel)
        {
            throw new ConfigurationException($"--format is '{wanted.Format}', and a model is asked for too: they are made one at a time. {choice}");
        }

        if (wanted.IsModel && (wanted.File is not null || wanted.Replaces))
        {
            throw new ConfigurationException(
                "--out and --force are for files, and a model goes to MLflow. Leave them out, or give --format FORMAT for a file.");
        }
    }

    private int Export(Checkpoint checkpoint, Wanted wanted, IReadOnlyList<string> overrides)
    {
        var source = $"the recipe in {checkpoint.Path}";
        var recipe = RunDirectory.RecipeOf(recipes.Value.ReadText(checkpoint.Recipe, source, overrides));
        var configuration = recipes.Value.ReadText(checkpoint.Recipe, source, [.. overrides, "trainer.device=cpu", "trainer.precision=fp32"]);
        using var experiment = experiments.Value.Restored(configuration, checkpoint, output.Error);
        var what = experiment.TestClips.Clip is null ? "images" : "clips";

        return wanted.Format is { } format ? WriteFile(experiment, format, wanted, checkpoint.State, recipe, what)
            : LogModel(experiment, wanted, checkpoint.State, recipe, what);
    }

    private int WriteFile(Experiment experiment, string format, Wanted wanted, CheckpointState state, string recipe, string what)
    {
        var result = export.Value.Write(
            experiment, format, wanted.File, wanted.Replaces, ExportMetadata.Origin(state.RunId, state.Position.Step, recipe),
            signals.Token);
        TellSpread(result.FeatureSpread);
        if (wanted.Json)
        {
            output.Json(result);
        }
        else
        {
            output.Line(string.Create(CultureInfo.InvariantCulture,
                $"{result.File}: {result.Backbone} as {result.Format}, {SizeText.Of(result.Bytes)}. Read back, features of {result.Compared} {what} of "
                    + $"the data set differ by {result.LargestDifference:G3} at most."));
        }

        return ExitCodes.Done;
    }

    private int LogModel(Experiment experiment, Wanted wanted, CheckpointState state, string recipe, string what)
    {
        var log = trackers.Value.Models(experiment.Configuration.Tracking);
        var temporary = Directory.CreateTempSubdirectory("parallax-model-");
        UnfinishedFiles.Add(temporary.FullName);
        try
        {
            var model = models.Value.Write(
                experiment, Path.Combine(temporary.FullName, ModelFile.FolderName), state.RunId, state.Position.Step, recipe, BackboneExport.Compared,
                signals.Token);
            TellSpread(model.FeatureSpread);
            var entry = model.Entry with { RegisteredName = wanted.Name, Alias = wanted.Alias };
            var logged = log.Log(state.RunId, entry, model.Path);

            return Tell(logged, model, entry, state.RunId, wanted.Json, what);
        }
        finally
        {
            temporary.Delete(recursive: true);
            UnfinishedFiles.Forget(temporary.FullName);
        }
    }

    private int Tell(LoggedVersion logged, ModelFolder model, ModelEntry entry, string runId, bool json, string what)
    {
        if (logged.Problem is { } problem)
        {
            output.Error($"The model is not in {logged.Store} yet: {problem.TrimEnd('.')}. It is kept on disk; the next run there tries again, 'parallax runs "
                + "sync' does it now, 'parallax runs discard' gives it up.");

            return ExitCodes.UserError;
        }

        if (entry.RegisteredName is { } name && logged.Version is null)
        {
            output.Error($"The model of run {runId} is in {logged.Store}, but the registry there shows no version of '{name}'. Give the same command again: it "
                + "makes the version, or tells the number of the one that is there.");

            return ExitCodes.UserError;
        }

        if (json)
        {
            output.Json(new
            {
                logged.Store, RunId = runId, entry.Step, Model = entry.Name, logged.Version?.Name, logged.Version?.Version, entry.Alias, model.Compared,
                model.LargestDifference, model.FeatureSpread,
            });
        }
        else
        {
            var alias = entry.Alias is { } given ? $", alias {given}" : "";
            output.Line(string.Create(CultureInfo.InvariantCulture,
                $"{(logged.Version is { } version ? $"{version.Name}, version {version.Version}{alias}: " : "")}{entry.Name} of run {runId}, "
                    + $"{SizeText.Of(entry.Bytes)}, in {logged.Store}. Read back, features of {model.Compared} {what} of the data set differ by "
                    + $"{model.LargestDifference:G3} at most."));
        }

        return ExitCodes.Done;
    }

    private void TellSpread(double spread)
    {
        if (spread < BackboneExport.LeastSpread)
        {
            output.Error(FormattableString.Invariant($"The features hardly vary between the samples (standard deviation {spread:G3} at most): ")
                + "that the file gives the same proves little. The backbone may have collapsed; 'parallax evaluate' shows it.");
        }
    }

    /// <summary>What the command line asks for.</summary>
    private sealed record Wanted(string? Format, string? File, bool Replaces, bool Log, string? Name, string? Alias, bool Json)
    {
        public bool IsModel => Log || Name is not null;
    }
}
