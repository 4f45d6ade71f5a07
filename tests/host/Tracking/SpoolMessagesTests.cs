using System.Text.Json;
using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.Tracking;

/// <summary>When the spool reports, when it tries again, and what it says is left.</summary>
public sealed class SpoolMessagesTests : IDisposable
{
    private static readonly StoreException Away = new(StoreFailure.Unavailable, "away");
    private readonly TrackingWorkplace _place = new();
    private readonly Clock _clock = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void Outage_Repeated_IsToldOnceAndOnceWhenItIsOver()
    {
        using var journal = _place.Spool.Create(Header());
        var report = new OutageReport(journal, isThere: true, _clock, _place.Logger);

        for (var attempt = 0; attempt < 12; attempt++)
        {
            report.Failed(Away);
            _clock.Pass(TimeSpan.FromSeconds(30));
        }

        report.Worked();
        report.Worked();

        Assert.Single(_place.Logger.Warnings);
        Assert.Equal(2, _place.Logger.Lines.Count);
    }

    [Fact]
    public void Outage_SoonAfterAnother_IsToldOnlyWhenItLasts()
    {
        using var journal = _place.Spool.Create(Header());
        var report = new OutageReport(journal, isThere: true, _clock, _place.Logger);
        report.Failed(Away);
        report.Worked();

        for (var gap = 0; gap < 5; gap++)
        {
            report.Failed(Away);
            _clock.Pass(TimeSpan.FromSeconds(59));
            report.Failed(Away);
            report.Worked();
        }

        Assert.Equal(2, _place.Logger.Lines.Count);
        report.Failed(Away);
        _clock.Pass(TimeSpan.FromSeconds(60));
        report.Failed(Away);
        report.Worked();
        Assert.Equal(4, _place.Logger.Lines.Count);

        _clock.Pass(TimeSpan.FromMinutes(10));
        report.Failed(Away);
        Assert.Equal(5, _place.Logger.Lines.Count);
    }

    [Fact]
    public void Outage_FromTheStart_IsNotToldAgain()
    {
        using var journal = _place.Spool.Create(Header());
        var report = new OutageReport(journal, isThere: false, _clock, _place.Logger);

        report.Failed(Away);
        Assert.Empty(_place.Logger.Lines);

        report.Worked();
        Assert.Contains("works again", Assert.Single(_place.Logger.Lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, true, "Training goes on; what is logged")]
    [InlineData("parent", true, "The program goes on; what is logged")]
    [InlineData(null, false, "What is logged")]
    public void Outage_WhileWritingOrNot_SaysWhatGoesOn(string? parent, bool isWritten, string expected)
    {
        using var journal = _place.Spool.Create(Header() with { ParentRunId = parent });

        new OutageReport(journal, isThere: true, _clock, _place.Logger) { IsWritten = isWritten }.Failed(Away);

        Assert.Contains(expected, Assert.Single(_place.Logger.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void RefusedRetry_WhileTheRunGoesOn_WaitsTenSecondsAndTwiceAsLongEachTime()
    {
        var retry = new RefusedRetry(_clock);
        var waits = new List<double>();
        for (var attempt = 0; attempt < 9; attempt++)
        {
            var start = _clock.GetUtcNow();
            while (!retry.IsDue(SendMode.Live))
            {
                _clock.Pass(TimeSpan.FromSeconds(1));
            }

            waits.Add((_clock.GetUtcNow() - start).TotalSeconds);
            retry.Note(isAllSent: attempt == 7);
        }

        Assert.Equal([10, 20, 40, 80, 160, 320, 600, 600, 10], waits);
        Assert.True(retry.IsDue(SendMode.Final) && retry.IsDue(SendMode.Sync) && retry.IsDue(SendMode.Background));
    }

    [Fact]
    public void KeptItems_WaitingAndRefused_AreCounted()
    {
        using var journal = _place.Spool.Create(Header());
        Append(journal, new JournalEvent(EventKind.Metric) { Key = "sent", Number = 1 });
        journal.Acknowledge(new JournalState { Offset = journal.Pending });
        Assert.Equal("the end of the run", KeptItems.Read(journal.Folder).ToString());

        Append(journal, new JournalEvent(EventKind.Metric) { Key = "m", Number = 1 });
        Append(journal, new JournalEvent(EventKind.End) { Key = RunStatus.Finished });
        Assert.Equal("1 value", KeptItems.Read(journal.Folder).ToString());

        journal.Refused.Add([new RefusedItem(StoreFailure.Rejected, "too large",
            new JournalEvent(EventKind.Artifact) { Key = "a.bin", Text = journal.AddFile(_place.WriteFile("f", new string('x', 2000))) }, null)]);
        journal.Refused.Add([new RefusedItem(StoreFailure.Rejected, "too large", new JournalEvent(EventKind.Tag) { Key = "t", Text = "v" }, null)]);
        var kept = KeptItems.Read(journal.Folder);
        Assert.Equal("2 values and 1 file (a.bin; 2 kB)", kept.ToString());
        Assert.Equal(["too large"], kept.Reasons);
    }

    [Fact]
    public void ReadLast_AnyLines_IsTheLastOne()
    {
        using var journal = _place.Spool.Create(Header());
        Assert.Null(journal.ReadLast());

        journal.Append("a\n"u8);
        Assert.Equal("a"u8.ToArray(), journal.ReadLast());
        journal.Append("\n"u8);
        Assert.Equal([], journal.ReadLast()!);
        journal.Append("bc\n"u8);
        Assert.Equal("bc"u8.ToArray(), journal.ReadLast());
        journal.Append([.. new byte[5000], (byte)'\n']);
        Assert.Null(journal.ReadLast());
        journal.Append("d\n"u8);
        Assert.Equal("d"u8.ToArray(), journal.ReadLast());
    }

    private static void Append(RunJournal journal, JournalEvent e) =>
        journal.Append([.. JsonSerializer.SerializeToUtf8Bytes(e, JournalJson.Default.JournalEvent), (byte)'\n']);

    private static JournalHeader Header() =>
        new("sqlite:////nowhere", Guid.NewGuid().ToString("N"), "e", "n", 1, "u", new Dictionary<string, string>(), null, null);

    private sealed class Clock : TimeProvider
    {
        private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public void Pass(TimeSpan time) => _now += time;

        public override DateTimeOffset GetUtcNow() => _now;
    }
}
