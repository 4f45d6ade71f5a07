using System.Buffers.Binary;
using System.Formats.Tar;
using System.IO.Compression;
using Parallax.Host.Images;
using Parallax.Host.Tests.Data;

namespace Parallax.Host.Tests.EndToEnd;

/// <summary>What a user can do wrong: exit code 2, one message that says what to change, and nothing written.</summary>
public sealed class UserErrorTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Theory]
    [InlineData("trainer.epoch=3", "trainer.epoch is not a known key. Did you mean 'epochs'?")]
    [InlineData("method.name=mochj", "method.name: There is no method 'mochj'. Did you mean 'mochi'?")]
    [InlineData("method.temperature=0", "method.temperature is 0; allowed: (0, 100].")]
    [InlineData("trainer.precision=bf61", "trainer.precision is 'bf61'; expected one of fp32, bf16, fp16. Did you mean 'bf16'?")]
    [InlineData("trainer.batchSize=4096", "trainer.batchSize is 4096, but 'embedded' has only 64 training images.")]
    [InlineData("method.queueSize=33", "The queue holds 33 keys and 8 enter at each step; expected a multiple")]
    [InlineData("trainer.outputDirectory=/proc/runs", "trainer.outputDirectory is '/proc/runs', where nothing can be written (/proc/runs)")]
    [InlineData("trainer.outputDirectory=~somebody/runs", "trainer.outputDirectory is '~somebody/runs'; '~' and '~/...' are your own home folder")]
    [InlineData("tracking.spool=$NO_SUCH_VARIABLE/spool", "tracking.spool is '$NO_SUCH_VARIABLE/spool', but the environment variable "
        + "NO_SUCH_VARIABLE is not set here.")]
    [InlineData("data.evaluationResize=8", "data.evaluationResize is 8, but evaluations crop 16 pixels from it (data.imageSize).")]
    [InlineData("evaluation.online=knn-lihgtly", "evaluation.online: There is no protocol 'knn-lihgtly'. Did you mean 'knn-lightly'?")]
    public void Train_WrongSetting_IsToldAtOnce(string setting, string expected) => AssertFault(expected, "train", _place.Recipe, "--set", setting);

    [Theory]
    [InlineData("train")]
    [InlineData("demo")]
    public void Train_NoLibtorchWhereTheVariableSays_IsToldBeforeAnythingIsWritten(string command)
    {
        var before = _place.Written();

        var result = _place.RunThrough(program => ("env", ["LIBTORCH=/nowhere", .. program]), command == "train" ? [command, _place.Recipe] : [command]);

        Assert.True(result.ExitCode == 2, result.ToString());
        Assert.StartsWith("LIBTORCH is /nowhere, but neither", result.ErrorLines[^1], StringComparison.Ordinal);
        Assert.Equal(before, _place.Written());
        Assert.False(Directory.Exists(Path.Combine(RepositoryFiles.Plugins, "..", "cpu")), "TorchSharp has copied libraries beside the program.");
    }

    [Fact]
    public void Train_OneViewForAMethodThatComparesViews_IsToldBeforeAnythingIsWritten()
    {
        var recipe = _place.Write("one view.yaml", $"{File.ReadAllText(_place.Recipe)}\nviews: [{{augmentations: [normalize]}}]\n");

        AssertFault("The section views gives 1 view per image, but the method compares 2 or more (its own: 2). Add views or 'repeat: 2'", "train", recipe);
    }

    [Fact]
    public void Train_SeveralFaults_AreAllTold()
    {
        var result = _place.Run("train", _place.Recipe, "--set", "trainer.epoch=3", "--set", "method.temperature=0", "--set", "backbone.name=resnet21");

        Assert.Equal(2, result.ExitCode);
        Assert.Equal(3, result.ErrorLines.Length);
    }

    [Theory]
    [InlineData("idx")]
    [InlineData("image-folder")]
    [InlineData("cifar-binary")]
    public void Train_MissingPath_NamesIt(string dataset) => AssertDataFault(dataset, _place.PathOf("no such place"), "no such place");

    [Theory]
    [InlineData("idx")]
    [InlineData("image-folder")]
    [InlineData("cifar-binary")]
    public void Train_EmptyFolder_NamesIt(string dataset)
    {
        Directory.CreateDirectory(_place.PathOf("nothing here"));

        AssertDataFault(dataset, _place.PathOf("nothing here"), "nothing here");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Train_TruncatedIdx_NamesTheFile(bool compressed)
    {
        var folder = _place.PathOf("digits");
        WriteIdx(folder, "train-labels-idx1-ubyte", 0x801, [64], compressed);
        WriteIdx(folder, "t10k-labels-idx1-ubyte", 0x801, [64], compressed);
        WriteIdx(folder, "t10k-images-idx3-ubyte", 0x803, [64, 16, 16], compressed);
        var cut = WriteIdx(folder, "train-images-idx3-ubyte", 0x803, [64, 16, 16], compressed);
        Cut(cut, share: 0.5);

        AssertDataFault("idx", folder, Path.GetFileName(cut));
    }

    [Fact]
    public void Train_TruncatedTestSplit_IsToldBeforeTrainingAndNotAfter()
    {
        var folder = _place.PathOf("digits");
        foreach (var split in new[] { "train", "t10k" })
        {
            WriteIdx(folder, $"{split}-labels-idx1-ubyte", 0x801, [64], compressed: false);
            WriteIdx(folder, $"{split}-images-idx3-ubyte", 0x803, [64, 16, 16], compressed: false);
        }

        Cut(Path.Combine(folder, "t10k-images-idx3-ubyte"), share: 0.5);

        AssertDataFault("idx", folder, "t10k-images-idx3-ubyte", "--set", "evaluation.protocols=[knn-lightly]");
    }

    [Fact]
    public void Train_TarCutShort_NamesTheFile()
    {
        var archive = _place.PathOf("images.tar");
        using (var writer = new TarWriter(File.Create(archive), TarEntryFormat.Ustar))
        {
            for (var i = 0; i < 40; i++)
            {
                using var png = new MemoryStream();
                PngWriter.Write(png, new byte[16 * 16 * 3], 16, 16, 3);
                png.Position = 0;
                writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, $"train/class{i % 2}/{i:00}.png") { DataStream = png });
            }
        }

        Cut(archive, share: 0.705);   // in the middle of an entry

        AssertDataFault("image-folder", archive, "images.tar");
    }

    [Fact]
    public void Train_CorruptImageAmongGoodOnes_IsSkippedCountedAndNamed()
    {
        var (folder, corrupt) = WriteImages();

        var result = _place.Succeed(["train", FolderRecipe(), "--set", $"data.path={folder}"]);

        Assert.Contains("Images that could not be read and were skipped: 1. One of them: ", result.Error, StringComparison.Ordinal);
        Assert.Contains(corrupt, result.Error, StringComparison.Ordinal);
        Assert.Equal(1.0, _place.TrackedRuns().Single().Metrics["data/skipped_samples"].Value);
    }

    [Fact]
    public void Train_CorruptImageAndOnErrorStop_EndsWithItsName()
    {
        var (folder, corrupt) = WriteImages();

        var result = _place.Run("train", FolderRecipe(), "--set", $"data.path={folder}", "--set", "data.onError=stop");

        Assert.True(result.ExitCode == 2, result.ToString());
        Assert.Contains(corrupt, result.ErrorLines[^1], StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        Assert.Equal("FAILED", _place.TrackedRuns().Single().Status);
    }

    [Fact]
    public void Evaluate_UnknownRun_SaysWhereItLooked() =>
        AssertFault($"No run 'abc' under '{Path.Combine(_place.Folder, "runs")}'.", "evaluate", "abc", "--protocol", "knn-lightly");

    private void AssertDataFault(string dataset, string path, string expected, params string[] more) =>
        AssertFault(expected, ["train", FileRecipe(dataset), "--set", $"data.path={path}", .. more]);

    private void AssertFault(string expected, params string[] arguments)
    {
        var before = _place.Written();

        var result = _place.Run(arguments);

        Assert.True(result.ExitCode == 2, result.ToString());
        Assert.Contains(expected, Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Assert.Empty(result.Output);
        Assert.Equal(before, _place.Written());
    }

    private string FileRecipe(string dataset) => _place.Write("files.yaml", $$"""
        data: {name: {{dataset}}, imageSize: 16}
        method: {name: simclr}
        backbone: {name: resnet20}
        trainer: {epochs: 1, batchSize: 8, threads: 1, workers: 1, device: cpu}
        """);

    private string FolderRecipe() => _place.Write("folder.yaml", """
        data: {name: image-folder, imageSize: 32}
        method: {name: simclr}
        backbone: {name: resnet20}
        trainer: {epochs: 1, batchSize: 8, threads: 1, workers: 2, device: cpu}
        tracking: {systemMetricsInterval: 0s}
        """);

    private static string WriteIdx(string folder, string name, int magic, int[] sizes, bool compressed)
    {
        Directory.CreateDirectory(folder);
        var bytes = new byte[4 + (4 * sizes.Length) + sizes.Aggregate(1, (product, size) => product * size)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, magic);
        for (var i = 0; i < sizes.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4 + (4 * i)), sizes[i]);
        }

        for (var i = 4 + (4 * sizes.Length); i < bytes.Length; i++)
        {
            bytes[i] = (byte)(sizes.Length == 1 ? i % 4 : i * 7919 % 251);   // labels of four classes, pixels that gzip cannot make tiny
        }

        var path = Path.Combine(folder, compressed ? name + ".gz" : name);
        using var file = File.Create(path);
        using Stream target = compressed ? new GZipStream(file, CompressionLevel.Fastest) : file;
        target.Write(bytes);

        return path;
    }

    private static void Cut(string path, double share)
    {
        using var file = File.OpenWrite(path);
        file.SetLength((long)(file.Length * share));
    }

    /// <summary>Twenty small photographs in two classes; the eighth is cut in half. Returns the folder and the path of that one.</summary>
    private (string Folder, string Corrupt) WriteImages()
    {
        using var archive = new TarReader(File.OpenRead(RealData.Require("cifar10.tar")));
        var folder = _place.PathOf("photographs");
        var corrupt = "";
        for (var i = 0; i < 20; i++)
        {
            using var photograph = new MemoryStream();
            archive.GetNextEntry()!.DataStream!.CopyTo(photograph);
            var path = Path.Combine(folder, "train", $"class{i % 2}", $"{i:00}.jpg");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, i == 7 ? photograph.ToArray()[..(int)(photograph.Length / 2)] : photograph.ToArray());
            corrupt = i == 7 ? path : corrupt;
        }

        return (folder, corrupt);
    }
}
