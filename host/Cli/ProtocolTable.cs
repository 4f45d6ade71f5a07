using Parallax.Host.Evaluation;

namespace Parallax.Host.Cli;

/// <summary>What protocols measured, for people: a row each, with the reason where there is no number.</summary>
internal static class ProtocolTable
{
    public static void Write(CliOutput output, Measurement measured)
    {
        if (measured.Results.Count + measured.Failures.Count == 0)
        {
            return;
        }

        var numbers = measured.Results.Select(r => (string[])[r.Protocol, Percent(r.Result.Accuracy), Percent(r.Result.BestAccuracy)]);
        output.Table(["protocol", "accuracy", "best"], [.. numbers, .. measured.Failures.Select(f => (string[])[f.Protocol, "no number", f.Reason])]);
    }

    private static string Percent(double fraction) => FormattableString.Invariant($"{fraction:P2}");
}
