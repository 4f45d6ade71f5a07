using System.Text.Json.Nodes;
using Parallax.Host.Images;
using Parallax.Host.Tests.Data;

namespace Parallax.Host.Tests.EndToEnd;

/// <summary>From a folder of files to features, as somebody does it who has never seen a recipe.</summary>
public sealed class InitTests : IDisposable
{
    private readonly Workplace _place = new();
    private readonly string _data;

    public InitTests() => _data = _place.PathOf("my 'images'");

    public void Dispose() => _place.Dispose();

    [Fact]
    public void Init_FolderWithSplits_WritesARecipeThatTrains()
    {
        WriteImages("train/cat", 20);
        WriteImages("train/dog", 10);
        WriteImages("test/cat", 5);
        WriteImages("test/dog", 5);
        File.WriteAllBytes(Path.Combine(_data, "train/cat/00.png"), [1, 2, 3]);

        var written = _place.Succeed("init", _data);
        var trained = _place.Succeed("train", "recipe.yaml", "--set", "trainer.maxSteps=2");

        Assert.Contains("train\t30 images in 2 classes\n", written.Output, StringComparison.Ordinal);
        Assert.Contains("size\t16x16 (width x height), all 29 that were looked at\n", written.Output, StringComparison.Ordinal);
        Assert.Contains("balance\tuneven: cat 20, dog 10\n", written.Output, StringComparison.Ordinal);
        Assert.Contains("broken\t1 of 40 images that were read: ", written.Output, StringComparison.Ordinal);
        Assert.Contains("Next: parallax train recipe.yaml\n", written.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_place.Folder, "recipe.schema.json")));
        Assert.Contains("knn-lightly\t", trained.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Init_RecipeIsThere_LeavesItAlone()
    {
        WriteImages("cat", 20);
        var recipe = _place.Write("work here/recipe.yaml", "mine");

        var result = _place.Run("init", _data);

        Assert.Equal(2, result.ExitCode);
        Assert.Equal(["recipe.yaml is there already and stays as it is. Give another name with --out, or remove it."], result.ErrorLines);
        Assert.Equal("mine", File.ReadAllText(recipe));
    }

    [Fact]
    public void Init_LayoutThatCanBeReadInTwoWays_IsRefusedUntilItIsSaid()
    {
        WriteImages("train", 20);
        WriteImages("zebra", 20);

        var refused = _place.Run("init", _data);
        var flat = JsonNode.Parse(_place.Succeed("init", _data, "--set", "data.layout=flat", "--json").Output)!;

        Assert.Equal(2, refused.ExitCode);
        Assert.StartsWith($"{_data} is no data set that can be read.", refused.ErrorLines[0], StringComparison.Ordinal);
        Assert.Contains(refused.ErrorLines, line => line.Contains("can be read in two ways: 'train' beside 'zebra'", StringComparison.Ordinal));
        Assert.Equal(["train", "zebra"], flat["data"]!["train"]!["classes"]!.AsArray().Select(one => (string)one!["name"]!));
        Assert.Contains("layout: flat\n", File.ReadAllText(Path.Combine(_place.Folder, "recipe.yaml")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nowhere", "nowhere does not exist. Give a folder, or an uncompressed tar, with images or videos.")]
    [InlineData(".", " is no data set that can be read. Expected for example SPLIT/CLASS/FILE with images or videos")]
    public void Init_NothingThere_IsExplainedAndWritesNothing(string path, string expected)
    {
        var result = _place.Run("init", path);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(expected, result.ErrorLines[0], StringComparison.Ordinal);
        Assert.DoesNotContain("permissions", result.Error, StringComparison.Ordinal);   // of a folder that is no pack
        Assert.Empty(Directory.EnumerateFileSystemEntries(_place.Folder));
    }

    [Theory]
    [InlineData(new[] { "a.pdf" }, new string[0], "cifar-binary, class-captions, idx, image-folder, image-labels, image-text, packed, video-folder")]
    [InlineData(new[] { "train/a.CSV", "b.pdf" }, new[] { "As image-labels: ", "As image-text: ", "As video-folder: " },
        "cifar-binary, class-captions, idx, image-folder, packed")]
    public void Init_FolderOfOtherFiles_ExplainsOnlyTheDataSetsThatReadSuchFiles(string[] files, string[] explained, string others)
    {
        foreach (var file in files)
        {
            _place.Write($"my 'images'/{file}", "1,2");
        }

        var (few, all) = (_place.Run("init", _data), _place.Run("init", _data, "--verbose"));

        Assert.Equal((2, 2), (few.ExitCode, all.ExitCode));
        Assert.Equal([.. explained, $"No file there (of the first 10,000) is of the kinds that {others} read; --verbose says what they expect."],
            few.ErrorLines.Skip(1).Select(line => line.StartsWith("As ", StringComparison.Ordinal) ? line[..(line.IndexOf(':') + 2)] : line));
        Assert.Contains(all.ErrorLines, line => line.StartsWith("As idx: ", StringComparison.Ordinal));
        Assert.DoesNotContain("--verbose", all.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Init_OutCannotBeWritten_IsToldBeforeTheLook()
    {
        var result = _place.Run("init", "nowhere", "--out", "/proc/nowhere/recipe.yaml");

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith("/proc/nowhere/recipe.yaml cannot be written: ", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void Init_ImagesThatMayBeVideos_AreReadAsImagesWithoutTheProgramsForVideos()
    {
        for (var i = 0; i < 20; i++)
        {
            var gif = _place.Write($"my 'images'/cat/{i:00}.gif", "");
            File.WriteAllBytes(gif, Convert.FromBase64String("R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs="));
        }

        var result = _place.RunThrough(program => ("env", ["PARALLAX_NO_INSTALL=1", $"PATH={Path.GetDirectoryName(Environment.ProcessPath)}", .. program]),
            "init", _data, "--json");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal("image-folder", (string)JsonNode.Parse(result.Output)!["data"]!["dataset"]!);
    }

    [Fact]
    public void Init_KeyOfAnotherSection_IsRefused()
    {
        var result = _place.Run("init", _data, "--set", "trainer.epochs=3");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("takes keys of section data only", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("clothing10.tar", "image-folder")]
    [InlineData("fight_clips.tar", "video-folder")]
    [InlineData("mnist", "idx")]
    public void Init_RealData_WritesARecipeThatTrains(string name, string dataset)
    {
        var data = RealData.Require(name);

        var found = JsonNode.Parse(_place.Succeed("init", data, "--json").Output)!;
        _place.Succeed("train", "recipe.yaml", "--set", "trainer.maxSteps=1", "--set", "trainer.batchSize=4", "--set", "evaluation.protocols=[]",
            "--set", "evaluation.online=null");

        Assert.Equal(dataset, (string)found["data"]!["dataset"]!);
        Assert.Empty(found["data"]!["train"]!["broken"]!.AsArray());
    }

    private void WriteImages(string folder, int count)
    {
        for (var i = 0; i < count; i++)
        {
            using var png = new MemoryStream();
            PngWriter.Write(png, [.. Enumerable.Range(0, 16 * 16 * 3).Select(sample => (byte)((sample * (i + 3)) + folder.Length))], 16, 16, 3);
            var path = Path.Combine(_data, folder, $"{i:00}.png");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, png.ToArray());
        }
    }
}
