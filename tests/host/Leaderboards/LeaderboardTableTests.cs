using Parallax.Host.Evaluation;
using Parallax.Host.Leaderboards;

namespace Parallax.Host.Tests.Leaderboards;

public sealed class LeaderboardTableTests
{
    private readonly LeaderboardOptions _options = new() { Title = "Small", Note = "A note." };

    [Fact]
    public void Write_SeveralRows_SortsByTheFirstProtocolWithReferencesLast()
    {
        EntryResult[] results = [Result("low", 0.2), Result("labels", 0.9, reference: true), Result("high", 0.5)];

        var table = LeaderboardTable.Write(_options, results, ["knn", "linear"], ["One machine."]);

        Assert.Equal(
            """
            # Small

            A note.

            - One machine.

            | | knn | linear | training | images/s | peak memory |
            |---|---|---|---|---|---|
            | `high` | 50.0 % | – | 2.0 min | 1,000 | 3 MiB |
            | `low` | 20.0 % | – | 2.0 min | 1,000 | 3 MiB |
            | *labels* | 90.0 % | – | 2.0 min | 1,000 | 3 MiB |

            """.ReplaceLineEndings("\n"), table);
    }

    [Fact]
    public void Write_ImagesLeftOut_AreToldInTheRow()
    {
        EntryResult[] results = [Result("a", 0.5), Result("a", 0.5, seed: 1) with { LeftOut = new(0, 40, 4, 10) }];

        var table = LeaderboardTable.Write(_options, results, ["knn"], []);

        Assert.Contains("| `a` (4 of 10 test images left out: unreadable) | 50.0 ± 0.0 % |", table, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_Clips_SaysWhichViewsWereMeasuredAndSlowSpeeds()
    {
        EntryResult Of(string name, double knn, string views) => Result(name, knn) with
        {
            AreVideos = true, ImagesPerSecond = 0.42, LeftOut = new(0, 40, 4, 10) { AreVideos = true },
            Protocols = new Dictionary<string, ProtocolRecord> { ["knn"] = new("accuracy", "nothing", 1, "00aa") { Views = views } },
        };

        var table = LeaderboardTable.Write(_options, [Of("a", 0.5, "10 clips x 3 crops, even"), Of("b", 0.4, "1 clip x 1 crop, even")], ["knn"], []);

        Assert.Contains("- Protocols (version, hash of options, what chose, views of a video): knn (1, 00aa, nothing, 10 clips x 3 crops, even); "
            + "knn (1, 00aa, nothing, 1 clip x 1 crop, even).\n", table, StringComparison.Ordinal);
        Assert.Contains("| training | videos/s |", table, StringComparison.Ordinal);
        Assert.Contains("| `a` (4 of 10 test videos left out: unreadable) | 50.0 % | 2.0 min | 0.42 |", table, StringComparison.Ordinal);
        Assert.Contains("| 40.0 % (1 clip x 1 crop, even) | 2.0 min | 0.42 |", table, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_OtherImagesByTheSeedAndRowsWithoutClips_RepeatNoHeading()
    {
        EntryResult Of(string name, long seed, string? views, string hash) => Result(name, 0.5, seed: seed) with
        {
            Protocols = new Dictionary<string, ProtocolRecord> { ["knn"] = new("mAP", "nothing", 1, "00aa") { Views = views, ImagesHash = hash } },
        };

        var table = LeaderboardTable.Write(
            _options, [Of("a", 0, "1 clip x 1 crop, even", "1"), Of("a", 1, "1 clip x 1 crop, even", "2"), Of("b", 0, null, "3")], ["knn"], []);

        Assert.Contains(": knn (1, 00aa, nothing, 1 clip x 1 crop, even); knn (1, 00aa, nothing).\n", table, StringComparison.Ordinal);
        Assert.Contains("| `a` | 50.0 ± 0.0 % |", table, StringComparison.Ordinal);
        Assert.Contains("| `b` | 50.0 % (single images) |", table, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_OtherMetricsAndChoicesOnTheTestImages_StandInTheHeadings()
    {
        var result = Result("a", 0.5) with
        {
            Accuracy = new Dictionary<string, double> { ["knn"] = 0.5, ["svm"] = 0.4 },
            Protocols = new Dictionary<string, ProtocolRecord>
            {
                ["knn"] = new("accuracy", "nothing", 1, "00aa"), ["svm"] = new("mAP", "test-set", 2, "00bb"),
            },
        };

        var table = LeaderboardTable.Write(_options, [result], ["knn", "svm"], []);

        Assert.Contains("| | knn | svm (mAP) (chosen on the test images) | training |", table, StringComparison.Ordinal);
        Assert.Contains(
            "- Protocols (version, hash of options, what chose): knn (1, 00aa, nothing); svm (2, 00bb, test-set).\n", table, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_EntryWithOptionsOfItsOwn_IsMarkedInItsCell()
    {
        EntryResult[] results = [Of("a", 0.5, "cross-validation", "00aa"), Of("b", 0.4, "test-set", "00bb"), Of("c", 0.3, "cross-validation", "00aa")];

        var table = LeaderboardTable.Write(_options, results, ["knn"], []);

        Assert.Contains("| | knn | training |", table, StringComparison.Ordinal);
        Assert.Contains("| `a` | 50.0 % | 2.0 min |", table, StringComparison.Ordinal);
        Assert.Contains("| `b` | 40.0 % (chosen on the test images) | 2.0 min |", table, StringComparison.Ordinal);
        Assert.Contains("| `c` | 30.0 % | 2.0 min |", table, StringComparison.Ordinal);
        Assert.Contains("what chose): knn (1, 00aa, cross-validation); knn (1, 00bb, test-set).\n", table, StringComparison.Ordinal);
        Assert.Contains("| `a` | 50.0 % (accuracy, cross-validation) |", LeaderboardTable.Write(_options, [results[1], results[0]], ["knn"], []),
            StringComparison.Ordinal);

        static EntryResult Of(string name, double accuracy, string chosenBy, string hash) => Result(name, accuracy) with
        {
            Protocols = new Dictionary<string, ProtocolRecord> { ["knn"] = new("accuracy", chosenBy, 1, hash) },
        };
    }

    [Fact]
    public void Write_TestImagesThatAreTrainingImages_AreToldInTheRow()
    {
        EntryResult[] results = [Result("a", 0.5) with { Duplicates = new(3, 10) }, Result("b", 0.4) with { Duplicates = new(0, 10) }];

        var table = LeaderboardTable.Write(_options, results, ["knn"], []);

        Assert.Contains("| `a` (3 of 10 test images are training images, too) | 50.0 % |", table, StringComparison.Ordinal);
        Assert.Contains("| `b` | 40.0 % |", table, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_ThreeSeeds_GivesMeanAndSampleDeviation()
    {
        EntryResult[] results = [Result("a", 0.4), Result("a", 0.5, seed: 1), Result("a", 0.6, seed: 2)];

        Assert.Contains("| `a` | 50.0 ± 10.0 % |", LeaderboardTable.Write(_options, results, ["knn"], []), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_NeverTrained_ShowsNoCost()
    {
        var random = Result("random weights", 0.3, reference: true) with { Seconds = 0, ImagesPerSecond = 0, PeakMemoryBytes = 0 };

        Assert.Contains("| *random weights* | 30.0 % | – | – | – |", LeaderboardTable.Write(_options, [random], ["knn"], []), StringComparison.Ordinal);
        Assert.Contains(   // measured anew, its file gone
            "| `a` | 50.0 % | 2.0 min | 1,000 | – |", LeaderboardTable.Write(_options, [Result("a", 0.5) with { PeakMemoryBytes = 0 }], ["knn"], []),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Write_SeedOfUnknownCost_IsNotCounted()
    {
        EntryResult[] results = [Result("a", 0.5) with { Seconds = 0, ImagesPerSecond = 0, PeakMemoryBytes = 0 }, Result("a", 0.5, seed: 1)];

        Assert.Contains("| `a` | 50.0 ± 0.0 % | 2.0 min | 1,000 | 3 MiB |", LeaderboardTable.Write(_options, results, ["knn"], []), StringComparison.Ordinal);
    }

    private static EntryResult Result(string name, double knn, long seed = 0, bool reference = false) =>
        new(name, name, seed, reference, new Dictionary<string, double> { ["knn"] = knn }, Seconds: 120, ImagesPerSecond: 1000, PeakMemoryBytes: 3 << 20,
            "run", "hash");
}
