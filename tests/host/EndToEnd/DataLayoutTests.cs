using System.Text.Json.Nodes;
using Parallax.Host.Images;
using Parallax.Host.Training;

namespace Parallax.Host.Tests.EndToEnd;

/// <summary>Folders as users have them: what the first line says, how many steps follow, what an evaluation leaves out.</summary>
public sealed class DataLayoutTests : IDisposable
{
    private const string Recipe = """
        data: {name: image-folder, imageSize: 16}
        method: {name: simclr, projectionDim: 16}
        backbone: {name: resnet20, width: 0.25}
        trainer: {epochs: 1, batchSize: 2, threads: 1, workers: 1, device: cpu, seed: 5}
        tracking: {systemMetricsInterval: 0s}
        """;

    private readonly Workplace _place = new();
    private readonly string _recipe, _data;

    public DataLayoutTests() => (_recipe, _data) = (_place.Write("folder.yaml", Recipe), _place.PathOf("images"));

    public void Dispose() => _place.Dispose();

    [Fact]
    public void Train_WrappedSplitsWithLooseImages_SaysSoAndTrainsOnTheRest()
    {
        WriteImages("data/ds/train/cat", 3, red: 200);
        WriteImages("data/ds/train/dog", 3, red: 20);
        WriteImages("data/ds/train", 2, red: 90);
        WriteImages("data/ds/test/cat", 2, red: 200);
        _place.Write("images/data/ds/train/cat/notes.txt", "none");
        Directory.CreateSymbolicLink(Path.Combine(_data, "data/ds/train/cat/up"), "..");

        var result = _place.Succeed("train", _recipe, "--set", $"data.path={_data}");

        Assert.Equal(
            $"Data: 6 images in 2 classes, training split of '{_data}' (train: 'data/ds/train'; test: 'data/ds/test', 2 images); "
            + "left out: 2 images beside the class folders of 'data/ds/train', 1 .txt (no format that is read, such as 'data/ds/train/cat/notes.txt'), "
            + "1 link back to a folder that is read already.",
            result.ErrorLines[0]);
        Assert.Contains("step 1/3 ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_WithoutClasses_NamesNoCommandThatNeedsThem()
    {
        WriteImages(".", 4, red: 200);

        var trained = _place.Succeed("train", _recipe, "--set", $"data.path={_data}", "--set", "trainer.maxSteps=1");

        var run = Path.GetFileName(_place.RunFolder()!);
        Assert.Contains($"Next: parallax report {run}   ", trained.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("parallax evaluate", trained.Output, StringComparison.Ordinal);
    }

    // The weights know the constants they were trained with: other images are told, and change nothing of that.
    [Fact]
    public void Train_ResumedOnOtherImages_NormalisesThemAsBefore()
    {
        WriteImages("train/cat", 4, red: 200);
        WriteImages("train/dog", 4, red: 20);
        string[] train = ["train", _recipe, "--set", $"data.path={_data}", "--set"];
        _place.Succeed([.. train, "trainer.epochs=1"]);
        var before = Constants();
        WriteImages("train/cat", 8, red: 250);

        var resumed = _place.Succeed([.. train, "trainer.epochs=2", "--resume", Path.GetFileName(_place.RunFolder()!)]);

        Assert.Contains("The data have changed: 8 images before, 12 now. The images of ", resumed.Error, StringComparison.Ordinal);
        Assert.Contains($"they are normalised by what the network was trained with, {before}.", resumed.Error, StringComparison.Ordinal);
        Assert.Equal(before, Constants());

        string Constants() =>
            new CheckpointStore(Path.Combine(_place.RunFolder()!, "checkpoints"), keep: 1).NewestState!.Data!.Constants!.ToString();
    }

    [Fact]
    public void Train_ClassCalledTrain_IsRefusedUntilTheLayoutIsSaid()
    {
        foreach (var name in new[] { "airplane", "train", "zebra" })
        {
            WriteImages(name, 2, red: (byte)(20 * name.Length));
        }

        var refused = _place.Run("train", _recipe, "--set", $"data.path={_data}");
        var flat = _place.Succeed("train", _recipe, "--set", $"data.path={_data}", "--set", "data.layout=flat");

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("can be read in two ways: 'train' beside 'airplane', 'zebra'", Assert.Single(refused.ErrorLines), StringComparison.Ordinal);
        Assert.StartsWith("Data: 6 images in 3 classes", flat.ErrorLines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Train_SourcesInBothSplits_AreCountedAndSaid()
    {
        WriteImages("train/cat", 12, red: 220);   // 00.png to 11.png
        WriteImages("train/dog", 12, red: 10);
        WriteImages("test/cat", 2, red: 200);
        WriteImages("test/dog", 14, red: 30);     // 12.png and 13.png are of no training source

        var trained = _place.Succeed(
            "train", _recipe, "--set", $"data.path={_data}", "--set", @"data.groupPattern=(\d+)\.png", "--set", "trainer.maxSteps=1",
            "--set", "evaluation.protocols=[knn-dino]", "--json");

        Assert.Contains("data.groupPattern: 24 images of 12 sources.", trained.Error, StringComparison.Ordinal);
        Assert.Contains("14 of 16 are of a source that training images have, too", trained.Error, StringComparison.Ordinal);
        Assert.Equal(14, (int)JsonNode.Parse(trained.Output)!["duplicates"]!["of_shared_sources"]!);
    }

    [Fact]
    public void Train_UnreadableTestImages_AreLeftOutAndCounted()
    {
        WriteImages("train/cat", 20, red: 220);
        WriteImages("train/dog", 20, red: 10);
        WriteImages("test/cat", 1, red: 10);   // looks like a dog: one of six is wrong
        WriteImages("test/dog", 5, red: 10);
        for (var i = 1; i < 5; i++)
        {
            _place.Write($"images/test/cat/{i:00}.png", "");
        }

        var trained = _place.Succeed(
            "train", _recipe, "--set", $"data.path={_data}", "--set", "trainer.maxSteps=1",
            "--set", "evaluation.protocols=[knn-dino]", "--set", "evaluation.online=knn-lightly");
        var run = _place.TrackedRuns().Single(r => !r.Tags.ContainsKey("parallax.kind"));
        var measured = JsonNode.Parse(_place.Succeed("evaluate", run.RunId, "--protocol", "knn-dino", "--json").Output)!;

        Assert.Contains("knn-dino\t83.33 %\t83.33 %\taccuracy, nothing chosen; version 2, options ", trained.Output, StringComparison.Ordinal);
        Assert.Contains("\t4 of 10 test images left out; 6 of 6 test images are training images, too", trained.Output, StringComparison.Ordinal);
        Assert.Equal((6, 6), ((int)measured["duplicates"]!["count"]!, (int)measured["duplicates"]!["test_images"]!));
        Assert.Contains("4 of 10 test images left out of the evaluation, because they cannot be read", trained.Error, StringComparison.Ordinal);
        Assert.Contains("knn-lightly accuracy 83.3 %", trained.Error, StringComparison.Ordinal);
        Assert.Equal((4, 10), ((int)measured["left_out"]!["test"]!, (int)measured["left_out"]!["test_images"]!));
        Assert.Equal(5.0 / 6, (double)measured["results"]!["knn-dino"]!["accuracy"]!, 1e-9);
        Assert.Equal(2, _place.TrackedRuns().Count(r => r.Metrics.TryGetValue("data/left_out_test_images", out var left) && left.Value == 4));
    }

    [Fact]
    public void Train_TestImagesThatAreTrainingImagesInAnotherFormat_AreFound()
    {
        WriteImages("train/cat", 4, red: 220);
        WriteImages("train/dog", 4, red: 10);
        WriteBitmap("test/cat/a.bmp", red: 220);   // the pixels of a training image
        WriteBitmap("test/cat/b.bmp", red: 221);
        WriteImages("test/dog", 1, red: 10);       // and one in the same format

        var trained = _place.Succeed(
            "train", _recipe, "--set", $"data.path={_data}", "--set", "trainer.maxSteps=1", "--set", "evaluation.protocols=[knn-1]", "--json");

        Assert.Contains("2 of 3 test images are training images, too: numbers of protocols that learn from training images are better than they are.",
            trained.Error, StringComparison.Ordinal);
        Assert.Equal(2, (int)JsonNode.Parse(trained.Output)!["duplicates"]!["count"]!);
    }

    private void WriteBitmap(string file, byte red)
    {
        const int Side = 16, Header = 54;
        var bytes = new byte[Header + (Side * Side * 3)];
        using var writer = new BinaryWriter(new MemoryStream(bytes));
        writer.Write("BM"u8);
        int[] sizes = [bytes.Length, 0, Header, 40, Side, Side, 1 | (24 << 16), 0, Side * Side * 3, 0, 0, 0, 0];
        Array.ForEach(sizes, writer.Write);
        for (var pixel = 0; pixel < Side * Side; pixel++)
        {
            writer.Write([40, 40, red]);   // blue, green, red
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_data, file))!);
        File.WriteAllBytes(Path.Combine(_data, file), bytes);
    }

    private void WriteImages(string folder, int count, byte red)
    {
        for (var i = 0; i < count; i++)
        {
            using var png = new MemoryStream();
            PngWriter.Write(png, [.. Enumerable.Range(0, 16 * 16 * 3).Select(sample => sample % 3 == 0 ? red : (byte)40)], 16, 16, 3);
            var path = Path.Combine(_data, folder, $"{i:00}.png");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, png.ToArray());
        }
    }
}
