namespace Parallax.Benchmarks.Gate;

/// <summary>The help of <c>parallax bench</c>.</summary>
internal static class GateHelp
{
    /// <summary>Whether a command line asks for it.</summary>
    public static bool IsWanted(IReadOnlyList<string> arguments) => arguments.Any(argument => argument is "--help" or "-h" or "-?");

    public const string Text =
        """
        parallax bench: measures how fast Parallax is, and whether it became slower.

        Look closely at one thing (BenchmarkDotNet, with all of its switches):
          parallax bench                               choose benchmark classes from a list
          parallax bench --filter '*Losses*'           run those whose name fits
          parallax bench --list flat                   print all names
          parallax bench --info                        print what BenchmarkDotNet knows about this machine

        Compare with the numbers in benchmarks/baseline.json:
          parallax bench --check                       counts (memory, operators, tensors), and times beside those of a peer
          parallax bench --check --counts              only the counts: no noise touches them, for continuous integration
          parallax bench --check --accept              write what was measured into the baseline; review the change with git diff

        Compare with another revision, built beside this one:
          parallax bench --against main                fails where this one is slower than there, beyond 5 % and the noise of the machine
            --dirty                                    measure changes that are not committed, too
            --allow-new                                measurements that only this revision has are told, and do not fail

        Test these comparisons themselves:
          parallax bench --self-test                   a slowdown of 10 % must fail, one more allocation must fail, equal programs must pass; minutes
          parallax bench --self-test --short           the part that takes seconds

        Options of --check and --against:
          --filter GLOB ...     only measurements whose name fits, for example 'losses/*' 'steps/byol'
          --rounds N            rounds of timing at first, 4 to 200 (default: 6); what is not clear gets up to eight times as many
          --json FILE           write all results as JSON
          --markdown FILE       append the table to a file, for example "$GITHUB_STEP_SUMMARY"
          --tracking URI        log a run for each measurement to an MLflow store (default: MLFLOW_TRACKING_URI, else none)
          --baseline FILE       the baseline of --check (default: benchmarks/baseline.json)

        Exit codes: 0 pass, 1 fail, 2 something in the command line or files that you can correct, 3 inconclusive: more rounds are needed,
        130 stopped.

        Other programs in here: 'step' (one training step, for benchmarks/peers/compare.py), 'losses' (a large loss beside its written-out form),
        'clustering' (k-means over many images), 'input' (images per second from the file to the batch), 'videos' (clips per
        second from the file to frames), 'collectives' (under mpirun).
        """;
}
