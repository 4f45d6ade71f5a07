using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.Tracking;

public sealed class StepImagesTests : IDisposable
{
    private readonly TrackingWorkplace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void Shrink_TwoByFour_IsTheMeanOfSquares()
    {
        byte[] pixels = [0, 4, 10, 10, 4, 8, 20, 20];

        var (small, height, width) = StepImages.Shrink(pixels, 2, 4, 1, 2);

        Assert.Equal((1, 2), (height, width));
        Assert.Equal([4, 15], small);
    }

    [Fact]
    public async Task Log_PictureOfAStepTwice_WritesBothFilesOnceAndTheTag()
    {
        var run = _place.Start();

        for (var again = 0; again < 2; again++)
        {
            var images = new StepImages(run, "key of the run", DateTimeOffset.FromUnixTimeMilliseconds(1_767_225_600_000));   // as of a resumed run
            images.Log("train/views", new byte[300 * 2 * 3], 300, 2, 3, 7);
        }

        run.End(RunOutcome.Finished);

        using var store = _place.OpenDatabase();
        var stored = (await store.FindRunAsync(run.RunId, CancellationToken.None))!;
        var files = Directory.GetFiles(Path.Combine(new Uri(stored.ArtifactUri).LocalPath, "images")).Select(Path.GetFileName).Order(StringComparer.Ordinal)
            .ToList();
        Assert.Equal("True", stored.Tags["mlflow.loggedImages"]);
        Assert.Equal(2, files.Count);
        Assert.Matches("^train~views\\+step\\+7\\+timestamp\\+1767225600000\\+[0-9a-f-]{36}\\+compressed\\.png$", files[0]);
        Assert.Equal(files[0]!.Replace("+compressed", "", StringComparison.Ordinal), files[1]);
    }

    [Fact]
    public void Log_OtherStepSliderOrRun_IsAnotherFile()
    {
        var (names, run) = (new HashSet<string>(), new RecordingRun());

        foreach (var (key, slider, step) in new[] { ("a", "x", 1), ("b", "x", 1), ("a", "y", 1), ("a", "x", 2) })
        {
            new StepImages(run, key, DateTimeOffset.UnixEpoch).Log(slider, new byte[3], 1, 1, 3, step);
        }

        names.UnionWith(run.Artifacts.Keys.Select(path => path.Split('+')[5]));
        Assert.Equal(8, run.Artifacts.Count);
        Assert.Equal(4, names.Select(n => n.Replace(".png", "", StringComparison.Ordinal)).Distinct().Count());
    }
}
