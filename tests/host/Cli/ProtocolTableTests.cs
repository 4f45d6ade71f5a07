using System.Text.Json;
using Parallax.Contracts;
using Parallax.Host.Cli;
using Parallax.Host.Evaluation;
using Parallax.Host.Terminal;

namespace Parallax.Host.Tests.Cli;

public sealed class ProtocolTableTests
{
    private static readonly ProtocolResult _clusters = new("clusters", new(0.25, 0.25, new Dictionary<string, double> { ["ami"] = 0.123456, ["empty"] = 50000 })
    {
        Metric = "NMI",
    });

    private static readonly ProtocolResult _plain = new("plain", new(0.5, 0.75, new Dictionary<string, double>()));

    [Fact]
    public void Write_Details_StandBelowTheRowsWithTheirNames()
    {
        using var output = new StringWriter();

        ProtocolTable.Write(new(output, TextWriter.Null, isTerminal: false), new([_clusters, _plain], [new("gone", "No labels.")]));

        Assert.Equal(
        [
            "clusters\t25.00 %\t25.00 %\tNMI, nothing chosen; version 1, options \t",
            "plain\t50.00 %\t75.00 %\taccuracy, nothing chosen; version 1, options \t",
            "gone\tno number\tNo labels.",
            "  clusters: ami 0.1235, empty 50,000",
        ], output.ToString().TrimEnd().Split(Environment.NewLine));
    }

    [Fact]
    public void Write_TwoStreams_HaveATableOfTheirOwn()
    {
        using var output = new StringWriter();
        var streams = new Dictionary<string, double> { ["top5"] = 0.5, [TwoStreams.Second] = 0.25, [TwoStreams.Both] = 0.75 };

        ProtocolTable.Write(new(output, TextWriter.Null, isTerminal: false), new([new("clips", new(0.5, 0.5, streams))], []));

        Assert.EndsWith("  clips: top5 0.5", output.ToString().TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public void Json_Number_IsCalledAnAccuracyOnlyWhereItIsOne()
    {
        Assert.Equal("metric,value,best_value,details", Keys(_clusters));
        Assert.Equal("accuracy,best_accuracy,metric,value,best_value,details", Keys(_plain));

        var number = JsonSerializer.SerializeToElement(ProtocolNumber.Of(_plain), CliOutput.JsonOptions);
        Assert.Equal(("accuracy", 0.5, 0.75, 0.5, 0.75), (
            number.GetProperty("metric").GetString(), number.GetProperty("value").GetDouble(), number.GetProperty("best_value").GetDouble(),
            number.GetProperty("accuracy").GetDouble(), number.GetProperty("best_accuracy").GetDouble()));

        static string Keys(ProtocolResult result) => string.Join(
            ',', JsonSerializer.SerializeToElement(ProtocolNumber.Of(result), CliOutput.JsonOptions).EnumerateObject().Select(pair => pair.Name));
    }
}
