using System.Text.Json;
using FsCheck.Xunit;
using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.Tracking;

/// <summary>A process may be killed while it writes or sends any byte.</summary>
public sealed class RunJournalTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly TrackingWorkplace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Replay_JournalCutAtAnyByte_ResumedRunEqualsAnUninterruptedOne()
    {
        var whole = await RecordAsync();
        for (var length = 0; length <= whole.Length; length++)
        {
            using var store = new MemoryStore();
            using (var killed = _place.Spool.Create(Header()))
            {
                killed.Append(whole.AsSpan(0, length));
            }

            using (var resumed = RunJournal.TryOpen(_place.Spool.Journals().Single())!)
            {
                resumed.AppendSession();
                resumed.Append(whole);   // what the process does again from its checkpoint at step 0
                await Sender(resumed, store).SendAsync(SendMode.Final, None);
                resumed.Delete();
            }

            Assert.Equal(Enumerable.Range(0, 10).Select(s => (long)s), store.Points.Select(p => p.Step));
            Assert.Equal("1", store.Params["a"]);
            Assert.Equal(RunStatus.Finished, store.Status);
        }
    }

    [Fact]
    public async Task Replay_SenderKilledAtAnyCall_SendsTheRestOnce()
    {
        var whole = await RecordAsync();
        for (var calls = 0; calls < 8; calls++)
        {
            using var store = new MemoryStore { CallsUntilFailure = calls };
            using var journal = _place.Spool.Create(Header());
            journal.Append(whole);
            var failed = await Record.ExceptionAsync(() => Sender(journal, store).SendAsync(SendMode.Final, None));
            store.CallsUntilFailure = int.MaxValue;

            await Sender(journal, store).SendAsync(SendMode.Final, None);
            journal.Delete();

            Assert.True(failed is null or StoreException);
            Assert.Equal(10, store.Points.Count);
            Assert.Equal(1, store.Creations);
            Assert.Equal(RunStatus.Finished, store.Status);
        }
    }

    [Fact]
    public void TryOpen_OwnedByAnother_IsNull()
    {
        using var journal = _place.Spool.Create(Header());

        Assert.Null(RunJournal.TryOpen(journal.Folder));
    }

    [Fact]
    public async Task Append_WhileAnotherThreadReads_KeepsEveryLine()
    {
        const int Lines = 5000;
        using var journal = _place.Spool.Create(Header());
        var reading = Task.Run(() =>
        {
            List<string> read = [];
            for (long offset = 0; read.Count < Lines;)
            {
                foreach (var line in journal.Read(offset, 1000))
                {
                    read.Add(System.Text.Encoding.UTF8.GetString(line));
                    offset += line.Length + 1;
                }
            }

            return read;
        });

        for (var i = 0; i < Lines; i++)
        {
            journal.Append(System.Text.Encoding.UTF8.GetBytes($"{{\"line\":{i}}}\n"));
        }

        Assert.Equal(Enumerable.Range(0, Lines).Select(i => $"{{\"line\":{i}}}"), await reading);
    }

    [Fact]
    public async Task Send_DamagedLine_IsPutAsideAndTheRestArrives()
    {
        var whole = await RecordAsync();
        using var store = new MemoryStore();
        using var journal = _place.Spool.Create(Header());
        journal.Append("{\"kind\":\"Metric\",\"key\":\"m\",\n"u8);
        journal.Append(whole);

        await Sender(journal, store).SendAsync(SendMode.Final, None);

        Assert.Equal(10, store.Points.Count);
        Assert.Single(_place.Logger.Warnings);
    }

    [Property]
    public void TryRead_AnyMetric_IsWhatWasWritten(string key, string? text, double value, long step, long time)
    {
        var written = new JournalEvent(EventKind.Metric) { Key = key ?? "", Text = text, Number = value, Step = step, Time = time };

        var line = JsonSerializer.SerializeToUtf8Bytes(written, JournalJson.Default.JournalEvent);

        Assert.Equal(written, JournalJson.TryRead(line));
        Assert.DoesNotContain((byte)'\n', line);   // a line ends an event
    }

    private static JournalHeader Header() =>
        new("sqlite:////nowhere", "0123456789abcdef0123456789abcdef", "e", "n", 1, "u", new Dictionary<string, string>(), null, null);

    private JournalSender Sender(RunJournal journal, ITrackingStore store) => new(journal, store, _place.Spool.ResolveLocalId, _place.Time, _place.Logger);

    private async Task<byte[]> RecordAsync()
    {
        var file = Path.Combine(_place.Folder, "recorded");
        using (var journal = RunJournal.Create(file, Header()))
        {
            var writer = new JournalWriter(1000, journal, TimeSpan.FromMilliseconds(1), _place.Time, _place.Logger) { Written = () => { } };
            writer.Add(new JournalEvent(EventKind.Param) { Key = "a", Text = "1" });
            for (var step = 0; step < 10; step++)
            {
                writer.Add(new JournalEvent(EventKind.Metric) { Key = "m", Number = step == 3 ? double.NaN : step / 3.0, Step = step, Time = 1000 + step });
            }

            writer.Add(new JournalEvent(EventKind.End) { Key = RunStatus.Finished, Time = 2000 });
            writer.Close();
            await writer.RunAsync();
        }

        return await File.ReadAllBytesAsync(Path.Combine(file, "events.jsonl"));
    }
}
