using System.Formats.Tar;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Parallax.Contracts;
using Parallax.Host.Data;
using Parallax.Host.Images;
using Parallax.Plugins.Augmentations;
using Parallax.Plugins.Datasets;
using Parquet;
using Parquet.Schema;

namespace Parallax.Plugins.Tests.Datasets;

public sealed class ImageTextTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_FolderOfPairs_HasImagesAndCaptionsByName()
    {
        Pair("b/2", red: 20, "zwei Äpfel 🍎🍎 und 猫");
        Pair("a/1", red: 10, "  one apple\n");
        WritePng("a/0.png", red: 1);
        _folder.Write("b/3.txt", "nothing"u8.ToArray());
        _folder.Write("a/1.json", [1]);

        using var data = Open(_folder.Path);

        Assert.Equal((2, 0), (data.Info.Count, data.Info.Classes.Count));
        Assert.Equal(["one apple", "zwei Äpfel 🍎🍎 und 猫"], Captions(data));
        Assert.Equal([10, 20], Reds(data));
        Assert.Contains("1 image without a caption (a/0.png)", data.Info.LeftOut);
        Assert.Contains("1 caption without an image (b/3.txt)", data.Info.LeftOut);
        Assert.Equal((CaptionOrigin.Written, "text files beside images"), (data.Info.Captions, data.Info.Layout));
    }

    [Theory]
    [InlineData("shards")]
    [InlineData("shards/part-{00..01}.tar")]
    [InlineData("shards/part-{00,01}.tar")]
    [InlineData("shards/list.txt")]
    public void Open_Shards_ComeInTheirOrder(string path)
    {
        Pair("k1", red: 1, "first");
        Pair("k2", red: 2, "second");
        Archive("shards/part-01.tar", "k1");
        Archive("shards/part-00.tar", "k2");
        _folder.Write("shards/list.txt", "part-00.tar\n\npart-01.tar\n"u8.ToArray());

        using var data = Open(_folder.File(path));

        Assert.Equal(["second", "first"], Captions(data));
        Assert.Equal([2, 1], Reds(data));
        Assert.Equal("2 tar shards", data.Info.Layout);
        Assert.Equal(["part-00.tar/k2.png", "part-01.tar/k1.png"], Enumerable.Range(0, 2).Select(i => ((INamedImages)data).NameOf(i)));
    }

    [Fact]
    public void Open_MissingShard_SaysWhoNamesIt()
    {
        Pair("k1", red: 1, "first");
        Archive("part-00.tar", "k1");
        var list = _folder.Write("list.txt", "part-00.tar\ngone.tar\n"u8.ToArray());

        Assert.Contains($"{list}:2 names it", Fault(list), StringComparison.Ordinal);
        Assert.Contains("part-01.tar', but data.path", Fault(_folder.File("part-{00..01}.tar")), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_DamagedShard_NamesItAndItsOffset()
    {
        Pair("k1", red: 1, "first");
        var shard = Archive("shards/part-00.tar", "k1");
        using (var file = File.OpenWrite(shard))
        {
            file.SetLength(700);
        }

        Assert.StartsWith($"{shard} is cut short", Fault(_folder.File("shards")), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_Csv_TakesQuotesCommasAndLineBreaks()
    {
        WritePng("images/1.png", red: 10);
        WritePng("images/2.png", red: 20);
        var table = Table(
            "table.csv", "id,caption,path\n7,\"a cat, said to be \"\"small\"\",\non a mat\",images/1.png\n\n8,猫,images/2.png\n9,,images/2.png\n");

        using var data = Open(table);

        Assert.Equal(["a cat, said to be \"small\",\non a mat", "猫"], Captions(data));
        Assert.Equal([10, 20], Reds(data));
        Assert.Equal([$"1 row without a path or a caption ({table}:6)"], data.Info.LeftOut);
    }

    [Fact]
    public void Open_Tsv_TakesQuotesAsTheyAreAndColumnsByName()
    {
        WritePng("1.png", red: 10);
        var table = Table("table.tsv", "title\tfile\n5\" screen, new\t1.png\n");

        using var data = new ImageTextSource(new() { Path = table, PathColumn = "file", CaptionColumn = "title" }, new ImageDecoder()).Open(DatasetSplit.Train);

        Assert.Equal(["5\" screen, new"], Captions(data));
    }

    [Theory]
    [InlineData("path,caption\n1.png,a\n1.png,a, b\n", ":3 has 3 fields, but the first line names 2 columns")]
    [InlineData("path,caption\n1.png,a \"b\" c\n", ":2 cannot be read: a field has a quote within it")]
    [InlineData("path,text\n1.png,a\n", "data.captionColumn is 'caption', but ")]
    [InlineData("", " is empty")]
    [InlineData("path,caption\n", " has no rows")]
    public void Open_FaultyCsv_NamesFileAndLine(string content, string expected)
    {
        WritePng("1.png", red: 10);

        Assert.Contains(expected, Fault(Table("table.csv", content)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_Parquet_HasTheRowsOfAllGroups()
    {
        WritePng("1.png", red: 10);
        WritePng("2.png", red: 20);
        var table = _folder.File("table.parquet");
        var (path, caption) = (new DataField<string>("path"), new DataField<string>("caption"));
        await using (var file = File.Create(table))
        {
            var (schema, stop) = (new ParquetSchema(path, caption), TestContext.Current.CancellationToken);
            await using var writer = await ParquetWriter.CreateAsync(schema, file, cancellationToken: stop);
            foreach (var row in new[] { ("1.png", "eins"), ("2.png", "zwei 猫"), ("2.png", null) })
            {
                using var group = writer.CreateRowGroup();
                await group.WriteAsync(path, [row.Item1]);
                await group.WriteAsync(caption, (string[])[row.Item2!]);
            }
        }

        using var data = Open(table);

        Assert.Equal(["eins", "zwei 猫"], Captions(data));
        Assert.Equal([10, 20], Reds(data));
        Assert.Equal([$"1 row without a path or a caption ({table}, row 3)"], data.Info.LeftOut);
    }

    [Fact]
    public void Open_NoParquet_SaysSo()
    {
        var table = Table("table.parquet", "path,caption\n1.png,a\n");

        Assert.StartsWith($"{table} cannot be read as a Parquet table", Fault(table), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_MissingImageOfATable_NamesFileAndLine()
    {
        WritePng("1.png", red: 10);
        var table = Table("table.csv", "path,caption\n1.png,a\ngone.png,b\n");
        using var data = Open(table);

        var fault = Assert.Throws<CorruptSampleException>(() => data.Read(1, new ImageBuffer()));

        Assert.Equal($"{_folder.File("gone.png")} ({table}:3)", fault.Sample);
    }

    [Fact]
    public void Epoch_CaptionThatIsNoText_IsSkippedAsTheImageWouldBe()
    {
        Pair("1", red: 10, "one");
        WritePng("2.png", red: 20);
        var broken = _folder.Write("2.txt", [0x61, 0xFF, 0xFE]);
        using var data = Open(_folder.Path);

        var fault = Assert.Throws<CorruptSampleException>(() => ((ICaptionedImages)data).Caption(1));
        using var loader = Loader(data, new(2) { Seed = 3, Epochs = 1 });

        Assert.Equal((broken, "the caption is not UTF-8 at byte 1"), (fault.Sample, fault.Reason));
        Assert.Equal(["one", "one"], loader.Epoch(0).Single().Captions);
        Assert.Equal(broken, Assert.Single(loader.Skipped).Sample);
    }

    [Fact]
    public void Epoch_AnyWorkersOrAResumedOne_HasTheCaptionsOfItsImages()
    {
        for (var i = 0; i < 24; i++)
        {
            Pair($"{i:00}", (byte)i, $"image {i}");
        }

        using var data = Open(_folder.Path);
        List<string> All(int workers, long first = 0)
        {
            using var loader = Loader(data, new(4) { Seed = 3, Epochs = 1, Workers = workers });

            return [.. loader.Epoch(0, first).SelectMany(batch => batch.Captions!.Zip(batch.Indices.ToArray(), (caption, index) => $"{index}: {caption}"))];
        }

        var one = All(workers: 1);

        Assert.All(one, line => Assert.Matches(@"^(\d+): image \1$", line));
        Assert.Equal(24, one.Distinct().Count());
        Assert.Equal(one, All(workers: 3));
        Assert.Equal(one.Skip(8), All(workers: 2, first: 8));
    }

    [Fact]
    public void Open_OtherCaptions_HaveAnotherDigest()
    {
        Pair("1", red: 10, "one");
        using var before = Open(_folder.Path);
        using var same = Open(_folder.Path);
        _folder.Write("1.txt", "another"u8.ToArray());
        using var after = Open(_folder.Path);

        Assert.Equal(before.Info.Digest, same.Info.Digest);
        Assert.NotEqual(before.Info.Digest, after.Info.Digest);
    }

    [Fact]
    public void Open_TestPath_IsTheHeldOutSplitWithTheConstantsOfTraining()
    {
        Pair("train/1", red: 10, "one");
        Pair("test/1", red: 200, "two");
        var source = new ImageTextSource(new() { Path = _folder.File("train"), TestPath = _folder.File("test") }, new ImageDecoder());

        using var test = source.Open(DatasetSplit.Test);
        using var train = source.Open(DatasetSplit.Train);

        Assert.Equal(["two"], Captions(test));
        Assert.Equal(train.Info.Mean, test.Info.Mean);
        Assert.True(source.Has(DatasetSplit.Test));
        Assert.Contains("data.testPath is empty", Assert.Throws<ConfigurationException>(() =>
            new ImageTextSource(new() { Path = _folder.File("train") }, new ImageDecoder()).Open(DatasetSplit.Test)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Caption_OfSpacesOnly_CannotBeRead()
    {
        Pair("1", red: 10, " \n\t");
        using var data = Open(_folder.Path);

        var fault = Assert.Throws<CorruptSampleException>(() => Captions(data));

        Assert.Contains("1.txt", fault.Message, StringComparison.Ordinal);
        Assert.Contains("the caption is empty", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("list.txt", "but PATH:1 names it. Copy it there, or correct data.testPath.")]
    [InlineData("part-{0..1}.tar", "but data.testPath 'PATH' stands for it. Copy it there, or correct data.testPath.")]
    [InlineData("gone", "data.testPath 'PATH' does not exist")]
    public void Open_HeldOutImagesAreNotThere_NamesTheirKey(string name, string expected)
    {
        Pair("train/1", red: 10, "one");
        _folder.Write("list.txt", "gone.tar\n"u8.ToArray());
        var path = _folder.File(name);

        var fault = Assert.Throws<ConfigurationException>(() =>
            new ImageTextSource(new() { Path = _folder.File("train"), TestPath = path }, new ImageDecoder()).Open(DatasetSplit.Test));

        Assert.Contains(expected.Replace("PATH", path, StringComparison.Ordinal), fault.Message, StringComparison.Ordinal);
    }

    private static BatchLoader Loader(IImageDataset data, LoaderSettings settings) =>
        new(data, [[new Resize(new() { Size = 4 })]], settings, NullLogger.Instance);

    private static IImageDataset Open(string path) => new ImageTextSource(new() { Path = path }, new ImageDecoder()).Open(DatasetSplit.Train);

    private static string Fault(string path) => Assert.Throws<ConfigurationException>(() => Open(path)).Message;

    private static List<string> Captions(IImageDataset data) =>
        [.. Enumerable.Range(0, (int)data.Info.Count).Select(i => ((ICaptionedImages)data).Caption(i))];

    private static List<int> Reds(IImageDataset data) => [.. Enumerable.Range(0, (int)data.Info.Count).Select(i =>
    {
        var image = new ImageBuffer();
        data.Read(i, image);

        return (int)Math.Round(image.Pixels[0] * 255);
    })];

    private void Pair(string name, byte red, string caption)
    {
        WritePng($"{name}.png", red);
        _folder.Write($"{name}.txt", Encoding.UTF8.GetBytes(caption));
    }

    private void WritePng(string name, byte red)
    {
        using var file = new MemoryStream();
        PngWriter.Write(file, [.. Enumerable.Repeat(new[] { red, (byte)(red / 2), (byte)0 }, 16).SelectMany(pixel => pixel)], 4, 4, 3);
        _folder.Write(name, file.ToArray());
    }

    private string Table(string name, string content) => _folder.Write(name, Encoding.UTF8.GetBytes(content));

    /// <summary>Moves a pair into a tar of its own.</summary>
    private string Archive(string name, string key)
    {
        using var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (var file in new[] { $"{key}.txt", $"{key}.png" })
            {
                writer.WriteEntry(_folder.File(file), file);
                File.Delete(_folder.File(file));
            }
        }

        return _folder.Write(name, tar.ToArray());
    }
}
