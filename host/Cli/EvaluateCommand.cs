using System.CommandLine;
using Parallax.Host.Configuration;
using Parallax.Host.Evaluation;
using Parallax.Host.Experiments;
using Parallax.Host.Processes;
using Parallax.Host.Tracking;
using Parallax.Host.Training;

namespace Parallax.Host.Cli;

/// <summary><c>parallax evaluate</c>: measure the backbone of a run or a checkpoint.</summary>
internal sealed class EvaluateCommand(
    Lazy<RecipeReader> recipes, Lazy<ExperimentFactory> experiments, Lazy<EvaluationService> evaluations, Lazy<DataReport> data, StopSignals signals,
    CliOutput output)
    : ICliCommand
{
    public IReadOnlyList<string> Examples =>
    [
        "parallax evaluate RUN_ID --protocol knn-10",
        "parallax evaluate runs/RUN_ID/checkpoints/best.safetensors --protocol knn-10,linear-sgd --json",
        "parallax evaluate RUN_ID --protocol finetune-clips --two-stream RUN_ID_OF_FLOW",
    ];

    public Command Build()
    {
        var target = new Argument<string>("RUN_ID|CHECKPOINT")
        {
            Description = ChosenCheckpoint.Description,
        };
        var protocols = new Option<string>("--protocol")
        {
            Description = "Protocol names, separated by commas; 'parallax list protocols' shows all.", Required = true, HelpName = "NAME[,NAME]",
        };
        var overrides = new Option<string[]>("--set")
        {
            Description = "Override a key of the run's recipe, for example data.path=DIR.", HelpName = "KEY=VALUE",
        };
        var directory = new Option<string>("--runs")
        {
            Description = "Output directory of the run.", DefaultValueFactory = _ => new TrainerOptions().OutputDirectory, HelpName = "DIR",
        };
        var random = new Option<bool>("--random") { Description = "Measure the untrained backbone of the run instead: what the numbers have to beat; or, with "
            + "--set backbone.weights=FILE, the weights of a file." };
        var second = new Option<string>("--two-stream")
        {
            Description = "A second run, or a checkpoint, of optical flow for example: protocols that train a classifier on clips tell how often the mean of "
                + "both networks' class probabilities is right.",
            HelpName = "RUN_ID|CHECKPOINT",
        };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("evaluate", "Measure a backbone with named protocols: on frozen features, by fine-tuning a copy, by texts.")
        {
            target, protocols, overrides, directory, random, second, json,
        };
        command.SetAction(parsed => Evaluate(
            (parsed.GetValue(target)!, parsed.GetValue(second)),
            parsed.GetValue(protocols)!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            parsed.GetValue(overrides) ?? [], parsed.GetValue(directory)!, parsed.GetValue(random), parsed.GetValue(json)));

        return command;
    }

    private int Evaluate((string First, string? Second) targets, string[] protocols, IReadOnlyList<string> overrides, string runs, bool random, bool json)
    {
        if (protocols.Length == 0)
        {
            throw new ConfigurationException("--protocol names no protocol. Give one or more, separated by commas; 'parallax list protocols' shows all.");
        }

        using var checkpoint = ChosenCheckpoint.Load(targets.First, runs, output.Error);
        using var second = targets.Second is { } other ? ChosenCheckpoint.Load(other, runs, output.Error) : null;
        string[] untrained = random ? ["backbone.weights=null", "backbone.weightsPrefix=null"] : [];   // what --set gives comes after them
        string[] changes = [.. untrained, .. overrides];
        var configuration = Read(checkpoint, changes);
        evaluations.Value.RequireKnown(configuration, protocols);
        using var experiment = Create(checkpoint, configuration, random);
        data.Value.Write(experiment.Data);
        var (soFar, isTold, areCombined) = (Measurement.Nothing, false, false);
        var telling = new Lock();
        using var note = signals.BeforeTheEnd(() => Tell(soFar, ExitCodes.Stopped));
        try
        {
            var measured = Measure(experiment, protocols, "", numbers => soFar = numbers);
            if (second is not null)
            {
                using var flow = Create(second, Read(second, changes), random);
                measured = TwoStreams.Of(measured, Measure(flow, protocols, " of the second run", _ => { }));
                areCombined = true;
            }

            return Tell(measured, ExitCode(measured));
        }
        catch (OperationCanceledException) when (soFar.Results.Count > 0)
        {
            return Tell(soFar, ExitCodes.Stopped);
        }

        int Tell(Measurement measured, int exitCode)
        {
            var isStopped = exitCode == ExitCodes.Stopped;
            using var time = signals.Within(StopSignals.ForTheRecord);
            using var alone = telling.EnterScope();   // a program that is ended tells on another thread; who comes second waits until all is written
            if ((isStopped && measured.Results.Count == 0) || isTold)
            {
                return exitCode;
            }

            isTold = true;
            if (isStopped)
            {
                var whose = second is null ? "" : " of the first run alone";
                output.Error(
                    $"Stopped: {measured.Results.Count} of {protocols.Length} protocols have a number{whose}; the same command measures all of them anew.");
            }

            Write(measured, new(configuration, checkpoint, areCombined ? second : null, random, experiment.Run.HasVideos), isStopped, json);

            return exitCode;
        }
    }

    private Measurement Measure(Experiment experiment, string[] protocols, string whose, Action<Measurement> onMeasured) => evaluations.Value.Measure(
        experiment, protocols, protocol => output.Error($"Measuring {protocol}{whose} ..."), onMeasured, signals.Token);

    private void Write(Measurement measured, Weights weights, bool isStopped, bool json)
    {
        var (checkpoint, random) = (weights.Checkpoint, weights.AreRandom);
        foreach (var note in random ? [] : measured.Notes)   // untrained weights have learned from nothing
        {
            output.Error(note);
        }

        var step = random ? 0 : checkpoint.State.Position.Step;
        if (json)
        {
            output.Json(new
            {
                checkpoint.State.RunId,
                Checkpoint = checkpoint.Path,
                Step = step,
                Stopped = isStopped,
                Results = measured.Results.ToDictionary(r => r.Protocol, ProtocolNumber.Of),
                Protocols = ProtocolRecord.Of(measured.Results),
                Failures = measured.Failures.ToDictionary(f => f.Protocol, f => f.Reason),
                LeftOut = measured.LeftOut,
                SecondLeftOut = measured.SecondLeftOut,
                Duplicates = measured.Duplicates,
                Weights = measured.Weights,
            });
        }
        else
        {
            ProtocolTable.Write(output, measured);
            ProtocolTable.WriteStreams(output, measured);
        }

        evaluations.Value.Track(
            weights.Configuration, measured, checkpoint.State.RunId, step, random ? "random-features" : LaterNumber.Evaluation, random ? null : checkpoint.Path,
            random ? null : weights.Second?.Path);
        if (!random && RunDirectory.Of(checkpoint.Path) is { } directory)
        {
            KeptConfusion.Keep(directory.Path, measured, step, weights.AreVideos, output.Error);
        }
    }

    private static int ExitCode(Measurement measured) => measured.Failures.Count == 0 ? ExitCodes.Done
        : measured.Failures.All(failure => failure.IsUserError) ? ExitCodes.UserError : ExitCodes.Crash;

    private ResolvedConfiguration Read(Checkpoint checkpoint, IReadOnlyList<string> overrides) =>
        recipes.Value.ReadText(checkpoint.Recipe, $"the recipe in {checkpoint.Path}", overrides);

    // Untrained weights have no constants of their own: images are normalised by those of the data.
    private Experiment Create(Checkpoint checkpoint, ResolvedConfiguration configuration, bool random) => random
        ? experiments.Value.Create(configuration, isTrained: false) : experiments.Value.Restored(configuration, checkpoint, output.Error);

    /// <summary>The weights that are measured.</summary>
    /// <param name="Configuration">Of their run, with what the command changes.</param>
    /// <param name="Checkpoint">Where they come from.</param>
    /// <param name="Second">The same of a second run.</param>
    /// <param name="AreRandom">Whether they are random in its place.</param>
    /// <param name="AreVideos">Whether they are measured on videos.</param>
    private sealed record Weights(ResolvedConfiguration Configuration, Checkpoint Checkpoint, Checkpoint? Second, bool AreRandom, bool AreVideos);
}
