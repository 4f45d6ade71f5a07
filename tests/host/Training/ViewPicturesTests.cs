using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Parallax.Host.Data;
using Parallax.Host.Images;
using Parallax.Host.Tests.Tracking;
using Parallax.Host.Training;

namespace Parallax.Host.Tests.Training;

/// <summary>The views as MLflow images by step.</summary>
[Collection(GeneratorCollection.Name)]
public sealed class ViewPicturesTests : IDisposable
{
    private readonly TrainingBench _bench = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("view pictures ");

    public void Dispose()
    {
        _bench.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData(1, new long[] { 0, 4, 8, 12, 16 })]
    [InlineData(2, new long[] { 0, 8, 16 })]
    [InlineData(10, new long[] { 0 })]
    [InlineData(0, new long[0])]
    public void OnEpochStart_FiveEpochs_LogsThoseThatAreDue(int every, long[] expected)
    {
        var run = Train(every);

        Assert.Equal(expected, Pictures(run).Select(picture => picture.Step));
        Assert.Equal(expected.Length * 2, run.Artifacts.Count);
        Assert.All(run.Artifacts.Keys, path => Assert.Matches(@"^images/views\+step\+\d+\+timestamp\+1767225600000\+[0-9a-f-]{36}(\+compressed)?\.png$", path));
        Assert.Equal(expected.Length > 0, run.Tags.ContainsKey("mlflow.loggedImages"));
    }

    [Fact]
    public void OnEpochStart_Picture_ShowsTheBatchThatIsTrained()
    {
        var seen = new List<byte[]>();
        var run = Train(1, seen);

        var pictures = Pictures(run).Select(picture => picture.File).ToList();
        Assert.Equal(5, seen.Count);
        for (var epoch = 0; epoch < seen.Count; epoch++)
        {
            Assert.Equal(Pixels(seen[epoch]), Pixels(pictures[epoch]));
        }

        Assert.NotEqual(Pixels(pictures[0]), Pixels(pictures[1]));   // another order of the images
    }

    [Fact]
    public void OnEpochStart_Resumed_GivesTheSameFilesAgain()
    {
        var whole = Train(2);

        var twice = Train(2);

        Assert.Equal(whole.Artifacts.Keys.Order(StringComparer.Ordinal), twice.Artifacts.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Peek_BetweenAndWithinEpochs_LeavesTheBatchesAsTheyAre()
    {
        using var untouched = _bench.Session(TrainingBench.Method());
        using var peeked = _bench.Session(TrainingBench.Method());

        var expected = Batches(untouched.Loader, (_, _) => { });
        var actual = Batches(peeked.Loader, (loader, epoch) => loader.Peek(epoch, 8));

        Assert.Equal(2 * 4, expected.Count);
        Assert.Equal(expected.Select(b => b.Indices), actual.Select(b => b.Indices));
        Assert.Equal(expected.Select(b => b.Pixels), actual.Select(b => b.Pixels));
    }

    [Theory]
    [InlineData(8, 4)]
    [InlineData(3, 3)]
    public void Peek_FirstImages_AreThoseOfTheBatch(int images, int expected)
    {
        using var session = _bench.Session(TrainingBench.Method());

        var peeked = session.Loader.Peek(1, images);
        using var batches = session.Loader.Epoch(1).GetEnumerator();   // a batch is valid only while it is not given back
        batches.MoveNext();
        var batch = batches.Current;

        Assert.Equal(expected, peeked.Size);
        Assert.Equal(batch.Indices[..expected].ToArray(), peeked.Indices.ToArray());
        Assert.Equal(batch.Views[0].Pixels[..(expected * batch.Views[0].Shape.Length)].ToArray(), peeked.Views[0].Pixels.ToArray());
    }

    private static List<(long Step, byte[] File)> Pictures(RecordingRun run) =>
    [
        .. run.Artifacts.Where(a => !a.Key.Contains("+compressed", StringComparison.Ordinal))
            .Select(a => (long.Parse(a.Key.Split('+')[2], CultureInfo.InvariantCulture), a.Value)).OrderBy(a => a.Item1),
    ];

    // Five epochs of four steps.
    private RecordingRun Train(int every, List<byte[]>? firstBatches = null)
    {
        using var session = _bench.Session(TrainingBench.Method(), "trainer.epochs=5");
        var directory = RunDirectory.Create(_folder.FullName, "the run", "recipe", DateTimeOffset.FromUnixTimeMilliseconds(1_767_225_600_000));
        var run = new RecordingRun();
        var pictures = new ViewPictures(run, directory, every, NullLogger.Instance);
        pictures.OnEpochStart(session);
        Remember(session, firstBatches);
        new Trainer(session, new(
            _ => { },
            s =>
            {
                pictures.OnEpochStart(s);
                if (s.Progress.Position.Step < s.Progress.TotalSteps)
                {
                    Remember(s, firstBatches);
                }
            },
            _ => { }), TimeProvider.System).Run(CancellationToken.None);
        return run;
    }

    private static List<(long[] Indices, float[] Pixels)> Batches(BatchLoader loader, Action<BatchLoader, long> beside)
    {
        List<(long[], float[])> all = [];
        for (var epoch = 0; epoch < 2; epoch++)
        {
            beside(loader, epoch);
            foreach (var batch in loader.Epoch(epoch))
            {
                all.Add((batch.Indices.ToArray(), [.. batch.Views[0].Pixels]));
                beside(loader, epoch);
            }
        }

        return all;
    }

    private static void Remember(TrainingSession session, List<byte[]>? batches)
    {
        if (batches is null)
        {
            return;
        }

        using var file = new MemoryStream();
        // valid until it is given back
        using var left = session.Loader.Epoch(session.Progress.Position.Epoch, session.Progress.Position.Samples).GetEnumerator();
        left.MoveNext();
        ViewPicture.Write(file, left.Current, session.Experiment.Data.Info);
        batches.Add(file.ToArray());
    }

    private static float[] Pixels(byte[] png)
    {
        var picture = new ImageBuffer();
        new ImageDecoder().Decode(png, picture);
        return picture.Pixels.ToArray();
    }
}
