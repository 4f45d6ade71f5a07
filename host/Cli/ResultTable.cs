using Parallax.Host.Evaluation;

namespace Parallax.Host.Cli;

/// <summary>What protocols measured, one row each.</summary>
internal static class ResultTable
{
    public static void Write(CliOutput output, IReadOnlyList<ProtocolResult> results)
    {
        string[] headings = ["protocol", "accuracy", "best"];
        output.Table(
            results.Any(result => result.LeftOut is not null) ? [.. headings, "images that cannot be read"] : headings,
            results.Select(result => (IReadOnlyList<string>)
            [
                result.Protocol, FormattableString.Invariant($"{result.Result.Accuracy:P2}"), FormattableString.Invariant($"{result.Result.BestAccuracy:P2}"),
                .. result.LeftOut is { } leftOut ? [leftOut.ToString()] : Array.Empty<string>(),
            ]));
    }
}
