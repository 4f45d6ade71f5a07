using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.EndToEnd;

/// <summary>From a list of recipes to a table.</summary>
public sealed class LeaderboardTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void Leaderboard_TwoEntries_WritesTableAndChildRunsAndDoesNotTrainTwice()
    {
        var file = _place.Write("board.yaml", """
            title: Two settings
            common: {trainer: {epochs: 1}, evaluation: {online: null, protocols: [knn-lightly]}}
            entries:
              - recipe: a recipe.yaml
              - {recipe: a recipe.yaml, name: cold, set: {method.temperature: 0.05}, reference: true}
            """);

        var first = _place.Run("leaderboard", file, "--jobs", "2");

        Assert.Equal(0, first.ExitCode);
        var table = File.ReadAllText(Path.Combine(_place.Folder, "leaderboards", "board.md"));
        Assert.Equal(["| `mochi`", "| *cold*", "| *random weights*"], table.Split('\n')
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal) || line.StartsWith("| *", StringComparison.Ordinal))
            .Select(line => line[..line.IndexOf(" |", 2, StringComparison.Ordinal)]).OrderBy(line => line.Contains('*'))
            .ThenBy(line => line, StringComparer.Ordinal));
        var results = JsonNode.Parse(File.ReadAllText(Path.Combine(_place.Folder, "leaderboards", "board.json")))!["results"]!.AsArray();
        Assert.All(results, r => Assert.InRange((double)r!["accuracy"]!["knn-lightly"]!, 0, 1));
        Assert.All(results.Where(r => (string)r!["run_id"]! != ""), r => Assert.True((long)r!["peak_memory_bytes"]! > 0 && (double)r["seconds"]! > 0));
        Assert.Equal(2, Children());

        var second = _place.Run("leaderboard", file, "--jobs", "2");

        Assert.Equal(0, second.ExitCode);
        Assert.DoesNotContain("Training", second.Error, StringComparison.Ordinal);
        Assert.Equal(table, File.ReadAllText(Path.Combine(_place.Folder, "leaderboards", "board.md")));
        Assert.Equal(2, Children());
    }

    [Fact]
    public void Leaderboard_ResultIsGone_MeasuresTheFinishedRunAndTrainsNothing()
    {
        var file = _place.Write("board.yaml", """
            title: By layer
            random: false
            common: {trainer: {epochs: 1}, evaluation: {online: null, protocols: [linear-per-layer-small]}}
            entries:
              - recipe: a recipe.yaml
              - {recipe: a recipe.yaml, name: cold, set: {method.temperature: 0.05}}
            """);
        Assert.Equal(0, _place.Run("leaderboard", file).ExitCode);
        var (table, results) = Written();
        Assert.Contains("\n## linear-per-layer-small\n\n| | conv1 | layer1 | layer2 | layer3 | features |\n", table, StringComparison.Ordinal);
        Assert.All(results, result => Assert.Contains(
            (double)result!["accuracy"]!["linear-per-layer-small"]!,
            result["details"]!["linear-per-layer-small"]!["series"]!.AsArray()
                .Select(layer => (double)result["details"]!["linear-per-layer-small"]!["numbers"]![(string)layer!]!)));

        var work = Path.Combine(_place.Folder, "runs", "leaderboards", "board");
        File.Delete(Path.Combine(work, "cold-seed0.json"));
        WriteAsBefore(Path.Combine(work, "mochi-seed0.json"), "\"configuration\": ", "\"configuration\": \"of other settings\",");
        foreach (var recipe in Directory.EnumerateFiles(work, "recipe.yaml", SearchOption.AllDirectories))
        {
            WriteAsBefore(recipe, "longTail:", null);
        }

        var again = _place.Run("leaderboard", file);

        Assert.True(again.ExitCode == 0, again.ToString());
        Assert.Contains("Measuring cold, seed 0: run ", again.Error, StringComparison.Ordinal);
        Assert.Contains("Measuring mochi, seed 0: run ", again.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Training", again.Error, StringComparison.Ordinal);
        var (_, second) = Written();
        foreach (var key in new[] { "run_id", "accuracy", "details", "configuration" })
        {
            Assert.Equal(results.Select(result => result![key]!.ToJsonString()), second.Select(result => result![key]!.ToJsonString()));
        }

        Assert.All(second, result => Assert.True((double)result!["seconds"]! > 0 && (double)result["images_per_second"]! > 0));
        Assert.Equal(
            [0, (long)results.Single(result => (string)result!["name"]! == "mochi")!["peak_memory_bytes"]!],   // gone with its file, and kept in the other
            second.Select(result => (long)result!["peak_memory_bytes"]!));
    }

    // As an earlier version, which knew one option less, or one of other settings has left it.
    private static void WriteAsBefore(string file, string start, string? instead) => File.WriteAllLines(file, File.ReadAllLines(file)
        .Select(line => line.TrimStart().StartsWith(start, StringComparison.Ordinal) ? instead : line).OfType<string>());

    [Fact]
    public void Leaderboard_OneEntryFails_KeepsTheOthersAndSaysSo()
    {
        var file = _place.Write("board.yaml", """
            title: One asks for too many images
            random: false
            common: {trainer: {epochs: 1}, evaluation: {online: null, protocols: [knn-lightly]}}
            entries:
              - recipe: a recipe.yaml
              - {recipe: a recipe.yaml, name: huge, set: {trainer.batchSize: 4096}}
            """);

        var result = _place.Run("leaderboard", file);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("Not in the table, because their training failed: huge.", result.Error, StringComparison.Ordinal);
        Assert.Contains("| `mochi` |", File.ReadAllText(Path.Combine(_place.Folder, "leaderboards", "board.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void Leaderboard_TerminatedAndStartedAgain_CallsNothingFailedAndGoesOn()
    {
        var file = _place.Write("board.yaml", """
            title: Two settings
            random: false
            common: {trainer: {epochs: 2}, evaluation: {online: null, protocols: [knn-lightly]}}
            entries:
              - recipe: a recipe.yaml
              - {recipe: a recipe.yaml, name: cold, set: {method.temperature: 0.05}}
            """);
        ProgramResult stopped;
        using (var run = _place.Start("leaderboard", file))
        {
            run.WaitFor(FirstLog, "a training");
            stopped = run.Terminate();
        }

        Assert.True(stopped.ExitCode == 130, stopped.ToString());
        Assert.DoesNotContain("failed", stopped.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("exit code", stopped.Error, StringComparison.Ordinal);
        Assert.Contains("Stopped. The same command goes on", stopped.Error, StringComparison.Ordinal);
        Assert.Equal(RunStatus.Killed, _place.TrackedRuns()
            .Single(run => run.Tags.ContainsKey("parallax.kind") && run.Tags["parallax.kind"] == "leaderboard").Status);

        Assert.Equal(0, _place.Run("leaderboard", file).ExitCode);
        var table = File.ReadAllText(Path.Combine(_place.Folder, "leaderboards", "board.md"));
        Assert.Contains("| `mochi` |", table, StringComparison.Ordinal);
        Assert.Contains("| `cold` |", table, StringComparison.Ordinal);
    }

    [Fact]
    public void Leaderboard_Faults_AreAllToldBeforeAnythingIsTrained()
    {
        var file = _place.Write("board.yaml", """
            titel: Wrong
            entries:
              - recipe: no such recipe.yaml
              - {recipe: a recipe.yaml, set: {method.temprature: 0.1}}
              - {recipe: a recipe.yaml, name: mochi}
            """);

        var result = _place.Run("leaderboard", file);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("leaderboard.titel is not a known key. Did you mean 'title'?", result.Error, StringComparison.Ordinal);
        Assert.Contains("does not exist", result.Error, StringComparison.Ordinal);
        Assert.Contains("method.temprature is not a known key. Did you mean 'temperature'?", result.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_place.Folder));
    }

    private (string Table, JsonArray Results) Written()
    {
        var folder = Path.Combine(_place.Folder, "leaderboards");

        return (File.ReadAllText(Path.Combine(folder, "board.md")),
            JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "board.json")))!["results"]!.AsArray());
    }

    private string? FirstLog() =>
        Path.Combine(_place.Folder, "runs", "leaderboards", "board") is var work && Directory.Exists(work)
            ? Directory.EnumerateFiles(work, "*.log").FirstOrDefault() : null;

    // Trainings that name the leaderboard's run as their parent.
    private long Children()
    {
        using var connection = new SqliteConnection($"Data Source={_place.Database};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = """
            select count(*) from tags child join tags board on board.run_uuid = child.value and board.key = 'parallax.kind' and board.value = 'leaderboard'
            join tags backbone on backbone.run_uuid = child.run_uuid and backbone.key = 'backbone' where child.key = 'mlflow.parentRunId'
            """;

        return (long)command.ExecuteScalar()!;
    }
}
