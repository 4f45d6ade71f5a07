using Parallax.Host.Evaluation;
using Parallax.Host.Reports;

namespace Parallax.Host.Cli;

/// <summary>What protocols measured, for people: a row each, with the reason where there is no number.</summary>
internal static class ProtocolTable
{
    private static readonly string[] _streams = [TwoStreams.Second, TwoStreams.Both];   // have a table of their own

    public static void Write(CliOutput output, Measurement measured)
    {
        if (measured.Results.Count + measured.Failures.Count == 0)
        {
            return;
        }

        string[] headings = ["protocol", "number", "best epoch on the test images", "what it is", "data"];
        output.Table(headings, [.. measured.Results.Select(Row), .. measured.Failures.Select(f => (string[])[f.Protocol, "no number", f.Reason])]);
        foreach (var (protocol, result) in measured.Results)
        {
            if (result.Details.Where(detail => !_streams.Contains(detail.Key)).ToList() is { Count: > 0 } details)
            {
                output.Line($"  {protocol}: {string.Join(", ", details.Select(detail => $"{detail.Key} {NumberText.Of(detail.Value)}"))}");
            }
        }
    }

    /// <summary>The accuracies of two streams, where there are any.</summary>
    public static void WriteStreams(CliOutput output, Measurement measured)
    {
        var rows = from one in measured.Results
                   where one.Result.Details.ContainsKey(TwoStreams.Both)
                   select (string[])[one.Protocol, Percent(one.Result.Accuracy), .. _streams.Select(
                       name => Percent(one.Result.Details[name]))];
        if (rows.ToList() is { Count: > 0 } streams)
        {
            output.Table(["protocol", "first run", "second run", "mean of both"], streams);
        }
    }

    private static string[] Row(ProtocolResult measured)
    {
        var (result, identity) = (measured.Result, measured.Identity);

        return
        [
            measured.Protocol, Percent(result.Accuracy), Percent(result.BestAccuracy),
            $"{result.Metric}, {Rule(result.ChosenBy)}; version {identity.Version}, options {identity.Options}"
                + (measured.Views is { } views ? $"; {views}" : ""),
            string.Join("; ", new object?[] { measured.LeftOut, SecondRun(measured.SecondLeftOut), measured.Duplicates }.OfType<object>()),
        ];
    }

    private static string? SecondRun(LeftOutImages? leftOut) => leftOut is null ? null : $"second run: {leftOut}";

    private static string Rule(NumberChoice choice) => choice switch
    {
        NumberChoice.Nothing => "nothing chosen",
        NumberChoice.LastEpoch => "of the last epoch",
        NumberChoice.HeldOut => "chosen on held-out training images",
        NumberChoice.CrossValidation => "chosen by cross-validation",
        _ => "chosen on the test images",
    };

    private static string Percent(double fraction) => FormattableString.Invariant($"{fraction:P2}");
}
