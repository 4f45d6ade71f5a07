using System.Text.Json;
using Parallax.Contracts;
using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.Tracking;

/// <summary>Runs that are part of others, sent in any order: the store's tree is that of the program.</summary>
public sealed class ParentRunReplayTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    // 0 is at the top, 1 and 2 below it, 3 and 4 below 1.
    private static readonly int?[] Parents = [null, 0, 0, 1, 1];
    private readonly TrackingWorkplace _place = new();
    private readonly FakeMlflowServer _server = new();

    public ParentRunReplayTests()
    {
        _place.Settings = _place.Settings with { Uri = _server.Address };
    }

    public void Dispose()
    {
        _server.Dispose();
        _place.Dispose();
    }

    [Fact]
    public async Task Sync_AllJournalsAtOnce_SendsParentsFirst()
    {
        for (var attempt = 0; attempt < 5; attempt++)   // identifiers are random
        {
            var ids = RecordTree();

            var results = await _place.Replay().SendAllAsync(null, None);

            Assert.Equal(ids.Count, results.Count);
            Assert.All(results, result => Assert.True(result.Problem is null && result.FormerId == result.LocalId));
            RequireTree(ids);
            Assert.DoesNotContain(_server.Runs.Values, r => ids.Contains(r.Tags.GetValueOrDefault("mlflow.parentRunId", "")));
            _server.Runs.Clear();
        }
    }

    [Fact]
    public async Task Sync_OneByOneInEveryOrder_RepairsTheTree()
    {
        foreach (var order in Permutations([0, 1, 2, 3, 4]))
        {
            var ids = RecordTree();

            foreach (var index in order)
            {
                var folder = Path.Combine(_place.Spool.Path, ids[index]);
                Assert.Null(Assert.Single(await _place.Replay().SendAsync([folder], SendMode.Sync, None)).Problem);
            }

            RequireTree(ids);
            _server.Runs.Clear();
        }
    }

    [Fact]
    public async Task Sync_StoppedAfterTheParentWasCreated_RepairsTheChildLater()
    {
        var ids = RecordTree();
        await _place.Replay().SendAsync([Path.Combine(_place.Spool.Path, ids[1])], SendMode.Sync, None);
        using var kill = new CancellationTokenSource();
        _server.Misbehave = (path, body) =>
        {
            if (path == "mlflow/runs/search" && body.Contains("parentRunId", StringComparison.Ordinal))
            {
                kill.Cancel();
                return Misbehaviour.LoseAnswer;
            }

            return null;
        };
        await Record.ExceptionAsync(() => _place.Replay().SendAllAsync(null, kill.Token));
        _server.Misbehave = (_, _) => null;

        await _place.Replay().SendAllAsync(null, None);

        RequireTree(ids);
    }

    [Fact]
    public async Task Start_ParentBoundLate_ChildrenAreBelowIt()
    {
        _server.Down();
        using var parent = _place.Start();
        RunDescription Child(string name) => new("other experiment", name, new Dictionary<string, string>()) { ParentRunId = parent.RunId };
        _place.Start(Child("before")).End(RunOutcome.Finished);
        _server.Up();
        parent.LogMetric("m", 1, 1);
        Assert.True(SpinWait.SpinUntil(() => _place.Spool.ResolveLocalId(parent.RunId) is not null, TimeSpan.FromSeconds(30)));
        _place.Start(Child("between")).End(RunOutcome.Finished);
        parent.End(RunOutcome.Finished);

        await _place.Replay().SendAllAsync(null, None);
        _place.Start(Child("after")).End(RunOutcome.Finished);

        var top = _server.Runs.Values.Single(r => r.Tags["client.run_key"] == parent.RunId);
        Assert.Equal(4, _server.Runs.Count);
        Assert.All(_server.Runs.Values.Where(r => r != top), r => Assert.Equal(top.Id, r.Tags["mlflow.parentRunId"]));
    }

    [Fact]
    public async Task Sync_ParentDiscarded_ChildIsSentAndKeepsTheNameOfItsParent()
    {
        var ids = RecordTree();
        Directory.Delete(Path.Combine(_place.Spool.Path, ids[1]), recursive: true);

        var results = await _place.Replay().SendAllAsync(null, None);

        Assert.All(results, result => Assert.Null(result.Problem));
        Assert.Equal([ids[1], ids[1]], _server.Runs.Values.Where(r => r.Tags["client.run_key"] == ids[3] || r.Tags["client.run_key"] == ids[4])
            .Select(r => r.Tags["mlflow.parentRunId"]));
    }

    private List<string> RecordTree()
    {
        var ids = Parents.Select(_ => Guid.NewGuid().ToString("N")).ToList();
        for (var i = 0; i < Parents.Length; i++)
        {
            using var journal = _place.Spool.Create(new JournalHeader(
                _server.Address, ids[i], i < 2 ? "pretraining" : "evaluation", $"run "
                    + $"{i}", i, "u", new Dictionary<string, string>(), null, Parents[i] is { } parent ? ids[parent] : null));
            journal.Append(Line(new JournalEvent(EventKind.Metric) { Key = "m", Number = i, Step = i, Time = i }));
            journal.Append(Line(new JournalEvent(EventKind.End) { Key = RunStatus.Finished, Time = i }));
        }

        return ids;
    }

    private static byte[] Line(JournalEvent e) => [.. JsonSerializer.SerializeToUtf8Bytes(e, JournalJson.Default.JournalEvent), (byte)'\n'];

    private void RequireTree(List<string> ids)
    {
        Assert.Equal(ids.Count, _server.Runs.Count);
        var runs = ids.Select(id => _server.Runs.Values.Single(r => r.Tags["client.run_key"] == id)).ToList();
        for (var i = 0; i < runs.Count; i++)
        {
            Assert.Equal(Parents[i] is { } parent ? runs[parent].Id : null, runs[i].Tags.GetValueOrDefault("mlflow.parentRunId"));
            Assert.Equal([((long)i, (double)i)], runs[i].Curve("m"));
            Assert.Equal("FINISHED", runs[i].Status);
        }

        Assert.Empty(_place.Spool.Journals());
    }

    private static IEnumerable<int[]> Permutations(int[] items) => items.Length <= 1
        ? [items]
        : items.SelectMany(first => Permutations([.. items.Where(i => i != first)]).Select(rest => (int[])[first, .. rest]));
}
