using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Parallax.Host.Configuration;
using Parallax.Host.Data;
using Parallax.Host.Distributed;
using Parallax.Host.Evaluation;
using Parallax.Host.Processes;
using Parallax.Host.Tracking;
using Parallax.Host.Training;

namespace Parallax.Host.Cli;

/// <summary><c>parallax train</c>: pretrain as a recipe says.</summary>
internal sealed class TrainCommand(
    Lazy<RecipeReader> recipes, Lazy<PretrainingRun> pretraining, Lazy<LocalLaunch> launch, StopSignals signals, GlobalOptions options, CliOutput output)
    : ICliCommand
{
    private const int UsualProfile = 10, MostProfiled = 1_000;   // 1,000 steps of the demo are a trace of 250 MB

    public IReadOnlyList<string> Examples =>
    [
        "parallax train recipes/demo.yaml",
        "parallax train recipes/demo.yaml --set trainer.epochs=5 --set method.temperature=0.1",
        "parallax train recipes/demo.yaml --resume auto",
        "parallax train recipes/demo.yaml --resume RUN_ID --set trainer.epochs=40",
        "parallax train recipes/demo.yaml --nproc 2",
        "parallax train recipes/demo.yaml --profile 20",
    ];

    public Command Build()
    {
        var recipe = new Argument<string>("RECIPE") { Description = "YAML file, or METHOD/DATASET of the recipes folder." };
        var overrides = new Option<string[]>("--set")
        {
            Description = "Override a key of the recipe, for example trainer.epochs=20. May be given several times.", HelpName = "KEY=VALUE",
        };
        var resume = new Option<string?>("--resume") { Description = "auto: go on with the newest unfinished run of exactly this recipe; or the id or "
            + "folder of a run; or a checkpoint file.", HelpName = "auto|RUN_ID|FILE" };
        var processes = new Option<int>("--nproc")
        {
            Description = "Processes on this machine that train together, one per GPU; on several machines mpirun, srun --mpi=pmix or an MPIJob starts them.",
            HelpName = "N",
            DefaultValueFactory = _ => 1,
        };
        var profile = new Option<int>("--profile")
        {
            Description = "Observe so many steps (1 to 1,000; 10 without a number) after a few others: writes profile.json, which ui.perfetto.dev and "
                + "chrome://tracing open, into the folder of the run, and prints the ten operators that take most time. The run computes the same.",
            HelpName = "STEPS",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var json = new Option<bool>("--json") { Description = "Print the summary as JSON." };
        var command = new Command("train", "Pretrain a backbone.") { recipe, overrides, resume, processes, profile, json };
        command.SetAction(parsed => Start(
            new(parsed.GetValue(recipe)!, parsed.GetValue(overrides) ?? [], parsed.GetValue(resume), parsed.GetValue(processes), parsed.GetValue(json))
            {
                Profiled = parsed.GetResult(profile) is not { Implicit: false } asked ? 0 : asked.Tokens.Count == 0 ? UsualProfile : parsed.GetValue(profile),
            },
            [.. parsed.Tokens.Select(token => token.Value)]));

        return command;
    }

    private int Start(Request request, IReadOnlyList<string> arguments)
    {
        var (environment, processes) = (ProcessEnvironment.Read(), request.Processes);
        if (processes < 1)
        {
            throw new ConfigurationException($"--nproc is {processes}; expected the number of processes to start, at least 1.");
        }

        if (request.Profiled is < 0 or > MostProfiled || (request.Profiled == 0 && arguments.Contains("--profile")))
        {
            throw new ConfigurationException($"--profile is {request.Profiled}; expected the number of steps to observe, 1 to 1,000.");
        }

        if (!environment.IsRank && processes > 1)
        {
            using var time = signals.Within(StopSignals.ForAChild);
            options.Quiet = true;   // the first of the processes tells what there is to tell about the recipe
            var configuration = recipes.Value.Read(request.Recipe, request.Overrides);
            options.Quiet = false;

            return launch.Value.Run(configuration, processes, request.Resume, request.Recipe, arguments, signals.Token);
        }

        if (processes > 1 && processes != environment.Count)
        {
            throw new ConfigurationException($"--nproc is {processes}, but this is one of {environment.Count} processes already (OMPI_COMM_WORLD_SIZE or "
                + "SLURM_STEP_NUM_TASKS). Leave out --nproc: what started them says how many there are.");
        }

        return Train(request, environment);
    }

    private int Train(Request request, ProcessEnvironment environment)
    {
        options.Quiet = environment.Rank > 0;
        var configuration = recipes.Value.Read(request.Recipe, request.Overrides);
        if (environment is { IsLaunched: true, Rank: 0 })   // the others have no input
        {
            signals.StopWhenInputEnds();
        }

        if (output.IsTerminal && environment.Rank == 0)
        {
            string[] where = configuration.Tracking.Uri is { Length: > 0 } uri ? ["--uri", SecretScrubber.ScrubAddress(uri)] : [];
            output.Error($"In another terminal this shows the run in the browser: {ShellCommand.Of(["watch", .. where])}");
        }

        try
        {
            var summary = pretraining.Value.Execute(configuration, request.Resume, environment, signals.Token, request.Profiled);
            if (environment.Rank == 0)
            {
                Report(summary, request);
            }

            return summary.Completed || environment.Rank > 0 ? ExitCodes.Done : ExitCodes.Stopped;   // mpirun ends all when one ends with a code
        }
        catch (ConfigurationException e) when (e.Faults.Count == 0)
        {
            return ExitCodes.Done;   // the process that says what is wrong ends with the code
        }
        catch (ProcessGroupException e)
        {
            // where a process started this one, that one says how to go on
            output.Error($"Rank {environment.Rank} of {environment.Count} stopped: {e.Message}"
                + (environment.IsLaunched ? "" : " When all processes run again, the same command with --resume auto goes on from the newest checkpoint."));

            return ExitCodes.LostProcess;
        }
    }

    private void Report(TrainingSummary summary, Request request)
    {
        if (request.Json)
        {
            output.Json(new
            {
                summary.RunId,
                summary.Directory,
                summary.Completed,
                summary.ImagesPerSecond,
                summary.AreVideos,
                TrainingSeconds = summary.TrainingTime.TotalSeconds,
                PeakMemoryBytes = PeakMemory(),
                Results = summary.Measured.Results.ToDictionary(r => r.Protocol, r => r.Result.Accuracy),
                Protocols = ProtocolRecord.Of(summary.Measured.Results),
                Details = ProtocolDetails.Of(summary.Measured.Results),
                Failures = summary.Measured.Failures.ToDictionary(f => f.Protocol, f => f.Reason),
                LeftOut = summary.Measured.LeftOut,
                Duplicates = summary.Measured.Duplicates,
            });
        }
        else
        {
            Describe(summary, request);
        }
    }

    private static long PeakMemory()
    {
        using var process = Process.GetCurrentProcess();

        return process.PeakWorkingSet64;
    }

    private void Describe(TrainingSummary summary, Request request)
    {
        output.Line();
        if (!summary.Completed)
        {
            string[] processes = request.Processes > 1 ? ["--nproc", request.Processes.ToString(CultureInfo.InvariantCulture)] : [];
            output.Line($"Stopped. Go on with: {Command(["train", request.Recipe, "--resume", summary.RunId, .. processes])} (and the same --set options).");
            return;
        }

        if (summary.IsNothingLeft)
        {
            output.Line($"Run {summary.RunId} is finished, nothing is left to train. To go on, raise trainer.epochs (or trainer.maxSteps).");
            WriteNext(summary);
            return;
        }

        var speed = summary.ImagesPerSecond > 0 ? $": {SpeedText.Of(summary.ImagesPerSecond, summary.AreVideos)}" : "";   // 0: all was trained before
        output.Line($"Run {summary.RunId} is finished{speed}.");
        if (summary.Verdict is { } verdict)
        {
            output.Line($"Without labels it looks {verdict}");
        }

        ProtocolTable.Write(output, summary.Measured);
        output.Line($"Files: {summary.Directory}");
        WriteNext(summary);
    }

    // Protocols need classes; what else there is to see of a run does not.
    private void WriteNext(TrainingSummary summary)
    {
        output.Line(summary.HasClasses
            ? $"Next: {Command("evaluate", summary.RunId, "--protocol", "NAME")}   (parallax list protocols)"
            : $"Next: {Command("report", summary.RunId)}   (curves, nearest neighbours; protocols need images with classes)");
        output.Line($"      {Command("export", summary.RunId, "--register", "NAME")}   (a model in MLflow)");
    }

    private string Command(params string[] words) => ShellCommand.Of(words, options.PluginFolders);

    /// <summary>What the command line asks for.</summary>
    private sealed record Request(string Recipe, IReadOnlyList<string> Overrides, string? Resume, int Processes, bool Json)
    {
        /// <summary>Steps to observe; 0 for none.</summary>
        public int Profiled { get; init; }
    }
}
