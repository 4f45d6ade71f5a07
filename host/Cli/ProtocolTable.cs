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

        string[] headings = ["protocol", "accuracy", "best"];
        var numbers = measured.Results.Select(r => (string[])[r.Protocol, Percent(r.Result.Accuracy), Percent(r.Result.BestAccuracy), .. LeftOut(r)]);
        output.Table(
            measured.LeftOut is null ? headings : [.. headings, "images that cannot be read"],
            [.. numbers, .. measured.Failures.Select(f => (string[])[f.Protocol, "no number", f.Reason])]);
    }

    private static string[] LeftOut(ProtocolResult result) => result.LeftOut is { } images ? [images.ToString()] : [];

    private static string Percent(double fraction) => FormattableString.Invariant($"{fraction:P2}");
}
