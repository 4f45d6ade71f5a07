using System.Text.Json;
using Parallax.Host.Evaluation;
using Parallax.Host.Leaderboards;
using Parallax.Host.Terminal;

namespace Parallax.Host.Tests.Leaderboards;

public sealed class SeriesTablesTests
{
    [Fact]
    public void Write_Layers_StandInTheirOrderBesideEachOther()
    {
        EntryResult[] results =
        [
            Result("low", 0.2, new() { ["top5"] = 0.9, ["b"] = 0.25, ["a"] = 0.5 }, ["a", "b"]),
            Result("high", 0.4, new() { ["a"] = 0.4, ["b"] = 0.6 }, ["a", "b"]),
            Result("high", 0.4, new() { ["a"] = 0.6, ["b"] = 0.6 }, ["a", "b"]) with { Seed = 1 },
            Result("other", 0.3, new() { ["conv1"] = 0.125 }, ["conv1"]) with { Reference = true },
            Result("old", 0.1, [], []),
        ];

        Assert.Equal(
            """

            ## probe

            | | a | b |
            |---|---|---|
            | `high` | 50.0 ± 14.1 % | 60.0 ± 0.0 % |
            | `low` | 50.0 % | 25.0 % |

            | | conv1 |
            |---|---|
            | *other* | 12.5 % |

            """.ReplaceLineEndings("\n"), SeriesTables.Write(results, ["knn", "probe"]));
    }

    [Fact]
    public void Write_NoSeries_IsNothing() => Assert.Empty(SeriesTables.Write([Result("old", 0.1, [], []), Result("older", 0.1, null, [])], ["knn", "probe"]));

    [Fact]
    public void Deserialize_ResultOfAnEarlierVersion_HasNoDetails()
    {
        var json = """
            {"name": "a", "method": "hum", "seed": 0, "reference": false, "accuracy": {"knn": 0.5}, "seconds": 1, "images_per_second": 1,
             "peak_memory_bytes": 1, "run_id": "r", "configuration": "c", "left_out": null}
            """;

        Assert.Empty(JsonSerializer.Deserialize<EntryResult>(json, CliOutput.JsonOptions)!.Details);
    }

    [Fact]
    public void Details_OfAResult_AreKeptAsJson()
    {
        var result = Result("a", 0.5, new() { ["train_loss"] = double.NaN, ["layer1"] = 0.25 }, ["layer1"]);

        var again = JsonSerializer.Deserialize<EntryResult>(JsonSerializer.Serialize(result, CliOutput.JsonOptions), CliOutput.JsonOptions)!.Details["probe"];

        Assert.Equal(["layer1"], again.Series);
        Assert.Equal((double.NaN, 0.25), (again.Numbers["train_loss"], again.Numbers["layer1"]));
    }

    private static EntryResult Result(string name, double knn, Dictionary<string, double>? numbers, string[] series) =>
        new(name, name, 0, false, new Dictionary<string, double> { ["knn"] = knn }, 120, 1000, 3 << 20, "run", "hash")
        {
            Protocols = new Dictionary<string, ProtocolRecord> { ["probe"] = new("accuracy", "held-out", 1, "00aa") },
            Details = numbers is null ? new Dictionary<string, ProtocolDetails>() : new() { ["probe"] = new(numbers, series) },
        };
}
