using Microsoft.Extensions.DependencyInjection;
using Parallax.Host.Configuration;
using Parallax.Host.Leaderboards;
using Parallax.Host.Terminal;
using Parallax.Host.Tests.Tracking;
using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.Leaderboards;

[Collection(GeneratorCollection.Name)]
public sealed class LeaderboardRunTests : IDisposable
{
    private readonly TrackingWorkplace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Execute_StoppedWhileRandomWeightsAreMeasured_EndsWithoutTheirNumbers()
    {
        Assert.SkipUnless(Directory.Exists(RepositoryFiles.Plugins), $"{RepositoryFiles.Plugins} is not there: build Framework.sln to run this test.");
        using var stop = new CancellationTokenSource();
        var plan = await ExecuteUntil("Measuring random weights, seed 0.", stop, earlierParent: null);

        Assert.True(stop.IsCancellationRequested);
        Assert.Empty(Directory.EnumerateFiles(plan.Work, "*.json"));
        using var store = _place.OpenDatabase();
        var parent = await store.FindRunAsync(File.ReadAllText(Path.Combine(plan.Work, "parent-run.txt")), CancellationToken.None);
        Assert.Equal(RunStatus.Killed, parent!.Status);
    }

    [Fact]
    public async Task Execute_StoreWithoutTheRunOfAnEarlierSitting_GoesOnInANewOne()
    {
        Assert.SkipUnless(Directory.Exists(RepositoryFiles.Plugins), $"{RepositoryFiles.Plugins} is not there: build Framework.sln to run this test.");
        const string lost = "9639e1a0a33042f2bfc664fc92e3ba1e";
        using var stop = new CancellationTokenSource();
        var plan = await ExecuteUntil($"Run {lost} is not in {_place.Settings.Uri}", stop, earlierParent: lost);

        var parent = await File.ReadAllTextAsync(Path.Combine(plan.Work, "parent-run.txt"), CancellationToken.None);
        Assert.NotEqual(lost, parent);
        using var store = _place.OpenDatabase();
        Assert.NotNull(await store.FindRunAsync(parent, CancellationToken.None));
    }

    private async Task<LeaderboardPlan> ExecuteUntil(string line, CancellationTokenSource stop, string? earlierParent)
    {
        using var told = new Listener(line, stop.Cancel);
        using var services = Composition.Create(new CliOutput(TextWriter.Null, told, isTerminal: false), new([RepositoryFiles.Plugins], []));
        var board = LeaderboardFile.Read(WriteBoard(), [], services.GetRequiredService<RecipeReader>());
        var plan = new LeaderboardPlan(_place.Folder, Path.Combine(_place.Folder, "work"), Jobs: 1);
        if (earlierParent is not null)
        {
            Directory.CreateDirectory(plan.Work);
            await File.WriteAllTextAsync(Path.Combine(plan.Work, "parent-run.txt"), earlierParent, CancellationToken.None);
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => services.GetRequiredService<LeaderboardRun>().ExecuteAsync(board, plan, stop.Token));

        return plan;
    }

    private string WriteBoard()
    {
        _place.WriteFile("a recipe.yaml", $$"""
            data: {name: shapes, count: 16, testCount: 16, size: 16, classes: 4}
            method: {name: simclr}
            backbone: {name: resnet20, width: 0.25}
            trainer: {epochs: 1, batchSize: 8, threads: 1, workers: 1, device: cpu}
            evaluation: {online: null, protocols: [knn-lightly]}
            tracking: {uri: "{{_place.Settings.Uri}}", spool: "{{_place.Settings.SpoolFolder}}", systemMetricsInterval: 0s}
            """);

        return _place.WriteFile("board.yaml", "{title: Stopped, entries: [{recipe: a recipe.yaml}]}");
    }

    // Does something when a line is written.
    private sealed class Listener(string line, Action heard) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value?.Contains(line, StringComparison.Ordinal) == true)
            {
                heard();
            }
        }
    }
}
