using System.Formats.Tar;
using System.Text.Json.Nodes;
using Parallax.Contracts;
using Parallax.Host.Embeddings;
using Parallax.Host.Images;

namespace Parallax.Host.Tests.EndToEnd;

/// <summary>From a run to features, neighbours and copies, by the program as it is built.</summary>
public sealed class EmbedTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void Embed_TheDataOfTheRun_GivesTheSameFeaturesInEveryFormat()
    {
        var run = Train();

        var told = _place.Succeed("embed", run, "--out", "a.parquet");
        var json = JsonNode.Parse(_place.Succeed("embed", run, "--out", "a.safetensors", "--json").Output)!;
        _place.Succeed("embed", run, "--out", "a.npy");
        _place.Succeed("embed", run, "--out", "a.csv");
        _place.Succeed("embed", run, "--out", "unit.npy", "--normalise", "--split", "test");
        var few = _place.Succeed("embed", run, "--out", "few.npy", "--with", "count=10", "--split", "train");   // all else as the run has it

        Assert.Contains("84 rows of 64 numbers", told.Output, StringComparison.Ordinal);
        Assert.Contains("84/84 images", told.Error, StringComparison.Ordinal);
        Assert.Contains("10 rows of 64 numbers", few.Output, StringComparison.Ordinal);
        Assert.Equal((84, 84, 64, 0), ((int)json["images"]!, (int)json["rows"]!, (int)json["width"]!, (int)json["left_out"]!));
        using var parquet = Read("a.parquet");
        foreach (var other in new[] { "a.safetensors", "a.npy", "a.csv" })
        {
            using var set = Read(other);
            Assert.Equal(parquet.Names, set.Names);
            Assert.True(parquet.Features.equal(set.Features).all().item<bool>(), other);
        }

        using var unit = Read("unit.npy");
        using var expected = F.normalize(parquet.Features.narrow(0, 64, 20));
        Assert.Equal("test/0", unit.Names[0]);
        Assert.True(expected.allclose(unit.Features, atol: 1e-6));
        Assert.Equal((run, "pooled", "16"), (parquet.Metadata["parallax.run"], parquet.Metadata["parallax.features"], parquet.Metadata["parallax.image_size"]));
        Assert.DoesNotContain(_place.Written(), path => path.Contains(".partial", StringComparison.Ordinal));
    }

    [Fact]
    public void Embed_KilledAndRepeated_GoesOnAndGivesTheSameFile()
    {
        string[] embed = ["embed", Train(), "--data-set", "shapes", "--with", "count=3000", "--with", "testCount=1", "--with", "size=16", "--with", "classes=4",
            "--set", "evaluation.batchSize=8", "--out"];
        _place.Succeed([.. embed, "whole.safetensors"]);
        var part = new FileInfo(Path.Combine(_place.Folder, "part.safetensors.partial"));
        using (var first = _place.Start([.. embed, "part.safetensors"]))
        {
            first.WaitFor(() => { part.Refresh(); return part.Exists && part.Length > 20_000 ? part : null; }, "a part of the file");
            first.Kill();
        }

        Assert.False(File.Exists(Path.Combine(_place.Folder, "part.safetensors")));
        var refused = _place.Run([.. embed, "part.safetensors", "--normalise"]);
        var otherwise = _place.Run([.. embed, "part.safetensors", "--set", "data.decodeSmaller=false"]);
        var resumed = _place.Succeed([.. embed, "part.safetensors"]);

        Assert.Equal(2, otherwise.ExitCode);
        Assert.Contains("was begun with another run, other data or options", otherwise.Error, StringComparison.Ordinal);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("was begun with another run, other data or options", refused.Error, StringComparison.Ordinal);
        Assert.Contains("images that are embedded already.", resumed.Error, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(Path.Combine(_place.Folder, "whole.safetensors")), File.ReadAllBytes(Path.Combine(_place.Folder, "part.safetensors")));
    }

    [Fact]
    public void Embed_FolderAndTar_LeavesOutWhatCannotBeReadAndFindsCopies()
    {
        var run = Train();
        var folder = WriteFolder();
        TarFile.CreateFromDirectory(folder, _place.PathOf("images.tar"), includeBaseDirectory: false);
        string[] folderOptions = ["--data-set", "image-folder"];

        var told = _place.Succeed(["embed", run, folder, "--out", "folder.parquet", .. folderOptions]);
        _place.Succeed(["embed", run, _place.PathOf("images.tar"), "--out", "tar.parquet", .. folderOptions]);
        var near = _place.Succeed("neighbours", "folder.parquet", "--query", Path.Combine(folder, "dog", "2.png"), "-k", "2");
        var named = JsonNode.Parse(_place.Succeed("neighbours", "folder.parquet", "--query", "dog/2.png", "-k", "9", "--json").Output)!.AsArray();
        var pairs = _place.Succeed("neighbours", "folder.parquet", "--out", "pairs.csv", "-k", "2");
        var copies = _place.Succeed("duplicates", "folder.parquet", "--above", "1", "--out", "copies.csv");
        var leaks = JsonNode.Parse(_place.Succeed("duplicates", "folder.parquet", "--against", "tar.parquet", "--above", "1", "--json").Output)!;

        Assert.Contains("Left out: cat/broken.png cannot be read", told.Error, StringComparison.Ordinal);
        Assert.Contains("7 rows of 64 numbers, 1 of 8 images left out", told.Output, StringComparison.Ordinal);
        using var features = Read("folder.parquet");
        using var fromTar = Read("tar.parquet");
        Assert.Equal(["cat/0.png", "cat/1.png", "cat/2.png", "cat/3.png", "dog/0.png", "dog/1.png", "dog/2.png"], features.Names);
        Assert.Equal(["cat", "cat", "cat", "cat", "dog", "dog", "dog"], features.Classes);
        Assert.Equal("1", features.Metadata["parallax.left_out"]);
        Assert.True(features.Features.equal(fromTar.Features).all().item<bool>());
        Assert.Equal(["cat/3.png\t1.0000\tcat", "dog/2.png\t1.0000\tdog"], near.Output.TrimEnd().Split('\n').Order(StringComparer.Ordinal));
        Assert.Equal((6, "cat/3.png"), (named.Count, (string)named[0]!["name"]!));   // the copy, and all but itself
        Assert.Contains("14 pairs of 7 images", pairs.Output, StringComparison.Ordinal);
        Assert.StartsWith("image,rank,neighbour,cosine\ncat/0.png,1,", File.ReadAllText(Path.Combine(_place.Folder, "pairs.csv")), StringComparison.Ordinal);
        Assert.Contains("1.0000  same pixels  cat/3.png  (cat)", copies.Output, StringComparison.Ordinal);
        Assert.EndsWith("1 of 7 images could be left out: 1 group of near-copies.\n", copies.Output, StringComparison.Ordinal);
        Assert.Equal(
            "group,file,name,class,cosine,same_pixels\n1,folder.parquet,cat/3.png,cat,1.0000,yes\n1,folder.parquet,dog/2.png,dog,1.0000,yes\n",
            File.ReadAllText(Path.Combine(_place.Folder, "copies.csv")));
        Assert.Equal((7, 6), ((int)leaks["copies"]!, leaks["groups"]!.AsArray().Count));
    }

    [Fact]
    public void Embed_DataWithOtherConstants_AreNormalisedAsTheTrainingWas()
    {
        var run = Train();
        string[] other = ["--set", "data.mean=[0.1, 0.2, 0.3]", "--set", "data.std=[0.5, 0.5, 0.5]"];
        const string told = "have mean [0.1, 0.2, 0.3] and deviation [0.5, 0.5, 0.5]; they are normalised by what the network was trained with, mean [";
        _place.Succeed("embed", run, "--out", "a.npy");

        var embedded = _place.Succeed(["embed", run, "--out", "b.npy", .. other]);
        var given = _place.Succeed("embed", run, "--out", "c.npy", "--with", "mean=[0.1, 0.2, 0.3]", "--with", "std=[0.5, 0.5, 0.5]");
        var (own, moved) = (Evaluate(), Evaluate(other));

        using var a = Read("a.npy");
        foreach (var file in new[] { "b.npy", "c.npy" })
        {
            using var set = Read(file);
            Assert.True(a.Features.equal(set.Features).all().item<bool>(), file);
        }

        Assert.All([embedded, given, moved], result => Assert.Single(result.ErrorLines, line => line.Contains(told, StringComparison.Ordinal)));
        Assert.DoesNotContain("they are normalised by", own.Error, StringComparison.Ordinal);
        Assert.Equal(own.Output, moved.Output);   // the same numbers and details

        ProgramResult Evaluate(params string[] options) => _place.Succeed(["evaluate", run, "--protocol", "knn-10", .. options]);
    }

    [Fact]
    public void Neighbours_OfAnImageFile_AreOfTheSettingsOfTheFile()
    {
        var (run, folder) = (Train(), WriteFolder());
        string[] query = ["--query", Path.Combine(folder, "dog", "2.png"), "-k", "1"], resize = ["--set", "data.evaluationResize=20"];
        _place.Succeed(["embed", run, folder, "--data-set", "image-folder", "--out", "a.parquet", .. resize]);
        _place.Succeed("embed", run, folder, "--data-set", "image-folder", "--out", "a.npy");

        Refused("parallax.resize is 20 in a.parquet and 16 for", ["neighbours", "a.parquet", .. query]);
        var found = _place.Succeed(["neighbours", "a.parquet", .. query, .. resize]);
        var ofArray = _place.Succeed(["neighbours", "a.npy", .. query, "--run", run]);
        var ofBoth = _place.Succeed("duplicates", "a.npy", "--against", "a.parquet");

        Assert.Contains("1.0000", found.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("could not be checked", found.Error, StringComparison.Ordinal);
        Assert.Contains("a.npy does not say what its features come from", ofArray.Error, StringComparison.Ordinal);
        Assert.Contains("a.npy does not say what its features come from", ofBoth.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Embed_WrongCommand_SaysWhatToChangeAndWritesNothing()
    {
        var run = Train();
        _place.Succeed("embed", run, "--out", "a.npy");
        var folder = WriteFolder();
        var before = _place.Written();

        Refused("--out is 'a.json'; the ending says how embeddings are written", "embed", run, "--out", "a.json");
        Refused("--out . is a folder", "embed", run, "--out", ".");
        Refused("--out a.npy is there already. Add --force", "embed", run, "--out", "a.npy");
        Refused("--split is 'val'; expected train, test, or all", "embed", run, "--out", "b.npy", "--split", "val");
        Refused("--features is 'clas'. Did you mean 'class'?", "embed", run, "--out", "b.npy", "--features", "clas");
        Refused("--features is class. It looks at tokens", "embed", run, "--out", "b.npy", "--features", "class");
        Refused("--set data.share=0.5: 'parallax embed' takes all images", "embed", run, "--out", "b.npy", "--set", "data.share=0.5");
        Refused("Name another with --data-set", "embed", run, folder, "--out", "b.npy");
        Refused("does not exist", "embed", run, "nowhere", "--data-set", "image-folder", "--out", "b.npy");
        Refused("read with 1 channels, but the network was trained with 3", "embed", run, folder, "--data-set", "image-folder", "--with", "channels=1", "--out",
            "b.npy");
        Refused("No run 'nothing'", "embed", "nothing", "--out", "b.npy");
        Refused("Give --query with the name of an image", "neighbours", "a.npy");
        Refused("-k is 0; expected 1 to 1000", "neighbours", "a.npy", "--query", "train/1", "-k", "0");
        Refused("Did you mean 'train/12'?", "neighbours", "a.npy", "--query", "trian/12");
        Refused("does not say which network it comes from", "neighbours", "a.npy", "--query", Path.Combine(folder, "dog", "2.png"));
        Refused("There is no file 'b.npy'", "duplicates", "b.npy");
        Refused("--above is 1.5; expected a cosine above 0 and up to 1", "duplicates", "a.npy", "--above", "1.5");
        Refused("--against is ./a.npy, the file itself", "duplicates", "a.npy", "--against", "./a.npy");
        Refused("--out is 'b.txt'; expected the file of a table", "duplicates", "a.npy", "--out", "b.txt");
        Refused("a.npy/b.npy cannot be written", "embed", run, "--out", "a.npy/b.npy");
        Refused("--out a.npy/b.csv cannot be written", "duplicates", "a.npy", "--out", "a.npy/b.csv");
        Refused("--out a.npy/b.csv cannot be written", "neighbours", "a.npy", "--out", "a.npy/b.csv");

        Assert.Equal(before, _place.Written());
    }

    private void Refused(string message, params string[] arguments)
    {
        var result = _place.Run(arguments);

        Assert.True(result.ExitCode == 2, result.ToString());
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    private string Train()
    {
        _place.Succeed("train", _place.Recipe, "--set", "trainer.maxSteps=2", "--set", "evaluation.online=null");

        return Path.GetFileName(_place.RunFolder()!);
    }

    private EmbeddingSet Read(string file) => EmbeddingSet.Read(Path.Combine(_place.Folder, file));

    // Images of noise of two classes; the last of the cats is the last of the dogs, and one cannot be read.
    private string WriteFolder()
    {
        const int side = 16;
        var folder = _place.PathOf("images");
        var random = new CounterRandom(1, 0, 0, 0);
        foreach (var name in new[] { "cat/0", "cat/1", "cat/2", "dog/0", "dog/1", "dog/2" })
        {
            var pixels = new byte[side * side * 3];
            for (var i = 0; i < pixels.Length; i++)
            {
                pixels[i] = (byte)random.NextUInt32();
            }

            using var png = new MemoryStream();
            PngWriter.Write(png, pixels, side, side, 3);
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, name))!);
            File.WriteAllBytes(Path.Combine(folder, $"{name}.png"), png.ToArray());
        }

        File.Copy(Path.Combine(folder, "dog", "2.png"), Path.Combine(folder, "cat", "3.png"));
        File.WriteAllText(Path.Combine(folder, "cat", "broken.png"), "no image");

        return folder;
    }
}
