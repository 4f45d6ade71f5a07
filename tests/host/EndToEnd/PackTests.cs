using Parallax.Contracts;
using Parallax.Host.Packing;
using Parallax.Host.Tests.Data;
using Parallax.Host.Training;

namespace Parallax.Host.Tests.EndToEnd;

/// <summary>Training from a packed file, by the program as it is built.</summary>
public sealed class PackTests : IDisposable
{
    private readonly Workplace _original = new(), _packed = new();

    public void Dispose()
    {
        _original.Dispose();
        _packed.Dispose();
    }

    [Fact]
    public void Train_FromAPackKilledAndResumed_IsTheRunFromTheOriginal()
    {
        _original.Succeed("train", _original.Recipe);
        var packed = _packed.Succeed("pack", _packed.Recipe, "--out", "images.pack");
        Assert.Contains("84 samples", packed.Output, StringComparison.Ordinal);
        Assert.Contains("--set data.name=packed --set data.path=images.pack", packed.Output, StringComparison.Ordinal);
        string[] train = ["train", _packed.Recipe, "--set", "data.name=packed", "--set", "data.path=images.pack"];
        using (var first = _packed.Start(train))
        {
            first.WaitFor(() => Newest(_packed), "a checkpoint");
            first.Kill();
        }

        var resumed = _packed.Succeed([.. train, "--resume", "auto"]);

        Assert.Contains("Resuming at step ", resumed.Error, StringComparison.Ordinal);
        var (one, other) = (Assert.Single(_original.TrackedRuns()), Assert.Single(_packed.TrackedRuns()));
        foreach (var metric in new[] { "train/loss", "online/knn-lightly" })
        {
            Assert.Equal(_original.Curve(one.RunId, metric), _packed.Curve(other.RunId, metric));
        }

        Assert.Equal(
            File.ReadAllBytes(Path.Combine(_original.RunFolder()!, "backbone.safetensors"))[^4096..],
            File.ReadAllBytes(Path.Combine(_packed.RunFolder()!, "backbone.safetensors"))[^4096..]);
    }

    [Fact]
    public void Pack_InterruptedAndRepeated_GivesAWholeFile()
    {
        string[] pack = ["pack", _packed.Recipe, "--set", "data.count=60000", "--out", "images.pack"];
        var part = Path.Combine(_packed.Folder, "images.pack.partial");
        using (var first = _packed.Start(pack))
        {
            first.WaitFor(() => File.Exists(part) && new FileInfo(part).Length > 2_000_000 ? part : null, "a part of the file");
            first.Kill();
        }

        var again = _packed.Succeed(pack);

        Assert.Contains("samples that are packed already", again.Error, StringComparison.Ordinal);
        Assert.Contains("is whole: 60,020 samples", _packed.Succeed("pack", "--verify", "images.pack").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_FromAPackLargerThanTheMemory_Works()
    {
        const string most = "6000000";   // hexadecimal bytes of the managed heap: 96 MiB
        var pack = _packed.PathOf("large.pack");
        var packed = Packer.Pack(new Large(), pack, new(IsDecoded: true, ShorterSide: 330), _ => { }, CancellationToken.None);
        Assert.True(packed.Bytes > 2 * Convert.ToInt64(most, 16));

        var result = _packed.RunThrough(
            program => ("env", [$"DOTNET_GCHeapHardLimit={most}", .. program]),
            "train", _packed.Recipe, "--set", "data.name=packed", "--set", $"data.path={pack}", "--set", "data.imageSize=16", "--set", "trainer.epochs=2");

        Assert.True(result.ExitCode == 0, result.ToString());
    }

    [Theory]
    [InlineData("RECIPE", "--out is missing")]
    [InlineData("--out x.pack", "Give a recipe, or --data NAME")]
    [InlineData("RECIPE --data shapes --out x.pack", "Give a recipe, or --data NAME")]
    [InlineData("RECIPE --out x.pack --size 9", "Add --decoded")]
    [InlineData("RECIPE --out x.pack --decoded --size 0", "expected the pixels of the shorter side")]
    [InlineData("--data shaped --out x.pack", "shapes")]
    [InlineData("--data shapes --set data.count=0 --out x.pack", "data.count")]
    [InlineData("--verify nothing.pack", "There is no file 'nothing.pack'")]
    [InlineData("--verify RECIPE", "is no packed file")]
    public void Pack_WrongCommand_SaysWhatToChange(string arguments, string message)
    {
        var result = _packed.Run(["pack", .. arguments.Split(' ').Select(argument => argument == "RECIPE" ? _packed.Recipe : argument)]);

        Assert.True(result.ExitCode == 2, result.ToString());
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(_packed.Written(), path => path.Contains("x.pack", StringComparison.Ordinal));
    }

    private sealed class Large : IDatasetSource
    {
        public IImageDataset Open(DatasetSplit split) => new FakeDataset(330) { Size = new(330, 330), Split = split };
    }

    private static string? Newest(Workplace place) =>
        place.RunFolder() is { } run ? new CheckpointStore(Path.Combine(run, "checkpoints"), keep: 1).Latest : null;
}
