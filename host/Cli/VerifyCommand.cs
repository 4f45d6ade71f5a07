using System.CommandLine;
using Parallax.Host.Configuration;
using Parallax.Host.Distributed;
using Parallax.Host.Processes;
using Parallax.Host.Verification;

namespace Parallax.Host.Cli;

/// <summary><c>parallax verify</c>: check that a recipe trains the same however it is run.</summary>
internal sealed class VerifyCommand(
    Lazy<RecipeReader> recipes, Lazy<RecipeVerification> verification, StopSignals signals, GlobalOptions options, CliOutput output)
    : ICliCommand
{
    private const int UsualSteps = 4, MostSteps = 1_000, UsualProcesses = 2;

    public IReadOnlyList<string> Examples =>
    [
        "parallax verify recipes/demo.yaml",
        "parallax verify recipes/demo.yaml --steps 8 --nproc 4",
        "parallax verify recipes/demo.yaml --set method.temperature=0.1 --json",
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
            Description = "Optimizer steps that are trained and compared, 2 to 1,000.", HelpName = "N", DefaultValueFactory = _ => UsualSteps,
        };
        var processes = new Option<int>("--nproc")
        {
            Description = "Processes that are compared with one, 2 or more.", HelpName = "N", DefaultValueFactory = _ => UsualProcesses,
        };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var into = new Option<string?>(VerificationRequest.Into) { Hidden = true };   // for the processes that are started
        var command = new Command("verify", "Check on a few batches that a recipe trains the same however it is run: in one process or several, accumulated, "
            + "killed and resumed, in bf16, twice. Writes no run. Ends with 1 when something differs.")
        {
            recipe, overrides, steps, processes, json, into,
        };
        command.SetAction(parsed => Verify(
            parsed.GetValue(recipe)!, parsed.GetValue(overrides) ?? [],
            new(parsed.GetValue(steps), parsed.GetValue(processes), [.. parsed.Tokens.Select(token => token.Value)]), parsed.GetValue(into),
            parsed.GetValue(json)));

        return command;
    }

    private int Verify(string recipe, IReadOnlyList<string> overrides, VerificationRequest request, string? into, bool json)
    {
        if (request.Steps is < 2 or > MostSteps)
        {
            throw new ConfigurationException($"--steps is {request.Steps}; expected the number of optimizer steps to compare, 2 to 1,000.");
        }

        if (request.Processes < 2)
        {
            throw new ConfigurationException($"--nproc is {request.Processes}; expected the number of processes to compare with one, 2 or more.");
        }

        using var time = signals.Within(StopSignals.ForAStep);
        var environment = ProcessEnvironment.Read();
        if (into is not null)
        {
            return Train(recipe, overrides, request.Steps, environment, into);
        }

        if (environment.IsRank)
        {
            throw new ConfigurationException($"This is one of {environment.Count} processes already, and verify starts those that it compares. Start it "
                + $"alone, with --nproc {environment.Count}.");
        }

        var certificate = verification.Value.Check(recipes.Value.Read(recipe, overrides), request, output.Error, signals.Token);
        if (json)
        {
            output.Json(new { certificate.Holds, certificate.Facts, certificate.Properties });
        }
        else
        {
            CertificateText.Write(output, certificate);
        }

        return certificate.Holds ? ExitCodes.Done : 1;
    }

    private int Train(string recipe, IReadOnlyList<string> overrides, int steps, ProcessEnvironment environment, string folder)
    {
        options.Quiet = true;
        var configuration = recipes.Value.Read(recipe, overrides);
        if (environment is { IsLaunched: true, Rank: 0 })   // the others have no input
        {
            signals.StopWhenInputEnds();
        }

        try
        {
            verification.Value.TrainAsOneOfSeveral(configuration, steps, environment, folder, signals.Token);

            return ExitCodes.Done;
        }
        catch (ConfigurationException e) when (e.Faults.Count == 0)
        {
            return ExitCodes.Done;   // the process that says what is wrong ends with the code
        }
    }
}
