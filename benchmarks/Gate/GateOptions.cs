using System.CommandLine;
using Parallax.Contracts;

namespace Parallax.Benchmarks.Gate;

/// <summary>What the gate is asked for.</summary>
internal sealed record GateOptions
{
    /// <summary>Compare with the committed baseline.</summary>
    public bool Check { get; init; }

    /// <summary>Compare with this revision; null for none.</summary>
    public string? Against { get; init; }

    /// <summary>Test the gate on itself.</summary>
    public bool SelfTest { get; init; }

    /// <summary>Of the check: only the numbers that no noise touches.</summary>
    public bool Counts { get; init; }

    /// <summary>Of the check: write what was measured into the baseline.</summary>
    public bool Accept { get; init; }

    /// <summary>Of the self-test: the part that takes seconds.</summary>
    public bool Short { get; init; }

    /// <summary>Of the comparison with a revision: measure changes that are not committed, too.</summary>
    public bool Dirty { get; init; }

    /// <summary>Of the comparison with a revision: measurements that it does not have do not fail.</summary>
    public bool AllowNew { get; init; }

    /// <summary>Names with <c>*</c> and <c>?</c>; empty: all measurements.</summary>
    public IReadOnlyList<string> Filters { get; init; } = [];

    /// <summary>Rounds at first.</summary>
    public int Rounds { get; init; } = 6;

    /// <summary>The baseline.</summary>
    public string Baseline { get; init; } = Repository.UsualBaseline;

    /// <summary>File for the results as JSON; null for none.</summary>
    public string? Json { get; init; }

    /// <summary>File that the table is appended to; null for none.</summary>
    public string? Markdown { get; init; }

    /// <summary>Address of the tracking store; null for <c>MLFLOW_TRACKING_URI</c>, and none without it.</summary>
    public string? Tracking { get; init; }

    /// <summary>Whether a command line is one for the gate; the others are BenchmarkDotNet's.</summary>
    public static bool IsFor(IReadOnlyList<string> arguments) =>
        arguments.Any(argument => argument.Split('=')[0] is "--check" or "--against" or "--self-test");

    /// <summary>Reads a command line.</summary>
    /// <exception cref="ConfigurationException">It is not one.</exception>
    public static GateOptions Parse(IReadOnlyList<string> arguments)
    {
        Option<bool> check = new("--check"), selfTest = new("--self-test"), counts = new("--counts"), accept = new("--accept"), isShort = new("--short");
        Option<bool> dirty = new("--dirty"), allowNew = new("--allow-new");
        Option<string?> against = new("--against"), json = new("--json"), markdown = new("--markdown"), tracking = new("--tracking");
        Option<string> baseline = new("--baseline") { DefaultValueFactory = _ => Repository.UsualBaseline };
        Option<int> rounds = new("--rounds") { DefaultValueFactory = _ => new GateOptions().Rounds };
        Option<string[]> filters = new("--filter") { AllowMultipleArgumentsPerToken = true };
        var command = new Command("bench")
        {
            check, selfTest, counts, accept, isShort, dirty, allowNew, against, json, markdown, tracking, baseline, rounds, filters,
        };
        var parsed = command.Parse([.. arguments]);
        if (parsed.Errors.Count > 0)
        {
            throw new ConfigurationException([.. parsed.Errors.Select(error => $"{error.Message} 'parallax bench --help' shows what there is.")]);
        }

        return new GateOptions
        {
            Check = parsed.GetValue(check), Against = parsed.GetValue(against), SelfTest = parsed.GetValue(selfTest),
            Counts = parsed.GetValue(counts), Accept = parsed.GetValue(accept), Short = parsed.GetValue(isShort), Dirty = parsed.GetValue(dirty),
            AllowNew = parsed.GetValue(allowNew),
            Filters = parsed.GetValue(filters) ?? [], Rounds = parsed.GetValue(rounds), Baseline = parsed.GetValue(baseline)!,
            Json = parsed.GetValue(json), Markdown = parsed.GetValue(markdown), Tracking = parsed.GetValue(tracking),
        }.Checked();
    }

    private GateOptions Checked()
    {
        const int fewest = 4, most = 200;
        List<string> faults = [];
        Require(new[] { Check, Against is not null, SelfTest }.Count(asked => asked) == 1, "--check, --against and --self-test are three things: take one.");
        Require(Check || !Counts, "--counts goes with --check: only there are counts compared.");
        Require(Check || !Accept, "--accept goes with --check: it writes the baseline that --check compares with.");
        Require(SelfTest || !Short, "--short goes with --self-test.");
        Require(Against is not null || !Dirty, "--dirty goes with --against.");
        Require(Against is not null || !AllowNew, "--allow-new goes with --against.");
        Require(Rounds is >= fewest and <= most, $"--rounds is {Rounds}; expected {fewest} to {most}.");
        if (faults.Count > 0)
        {
            throw new ConfigurationException(faults);
        }

        return this;

        void Require(bool holds, string fault)
        {
            if (!holds)
            {
                faults.Add(fault);
            }
        }
    }
}
