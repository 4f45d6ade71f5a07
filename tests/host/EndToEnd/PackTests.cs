using System.Text.Json;
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
    public void Pack_BehindAPartOfTheFile_GivesTheWholeFile()
    {
        string[] pack = ["pack", _packed.Recipe, "--out", "images.pack"];
        var file = Path.Combine(_packed.Folder, "images.pack");
        Assert.Contains("84 samples (train 64, test 20)", _packed.Succeed(pack).Output, StringComparison.Ordinal);
        var whole = File.ReadAllBytes(file);
        File.Delete(file);
        File.WriteAllBytes($"{file}.partial", whole[..(whole.Length / 2)]);   // what a killed program leaves

        var again = _packed.Succeed([.. pack, "--json"]);

        Assert.Contains("samples that are packed already", again.Error, StringComparison.Ordinal);
        using var result = JsonDocument.Parse(again.Output);
        Assert.Equal([64, 20], result.RootElement.GetProperty("splits").EnumerateArray().Select(split => split.GetProperty("samples").GetInt32()));
        Assert.Equal(whole, File.ReadAllBytes(file));
        Assert.Contains("is whole: 84 samples", _packed.Succeed("pack", "--verify", "images.pack").Output, StringComparison.Ordinal);
        using var verified = JsonDocument.Parse(_packed.Succeed("pack", "--verify", "images.pack", "--json").Output);
        Assert.Equal(84, verified.RootElement.GetProperty("samples").GetInt32());
    }

    /// <summary>Pages of a mapped file are no managed memory, so this holds whatever the system drops.</summary>
    [Fact]
    public void Train_FromAPackLargerThanTheManagedHeap_Works()
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
    [InlineData("--verify a.pack --out x.pack --decoded", "--out, --decoded was given too")]
    [InlineData("RECIPE --verify a.pack", "RECIPE was given too")]
    [InlineData("--data shapes --out x.pack/", "--out x.pack/ is a folder")]
    [InlineData("--data packed --set data.path=a.pack --out x.pack", "which is packed already")]
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
