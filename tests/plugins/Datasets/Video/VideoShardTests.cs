using System.Formats.Tar;
using Parallax.Contracts;
using Parallax.Plugins.Datasets;

namespace Parallax.Plugins.Tests.Datasets;

/// <summary>Videos in several archives; they are files of one byte unless they are read.</summary>
public sealed class VideoShardTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("shards")]
    [InlineData("shards/part-{00..01}.tar")]
    public void Open_Shards_AreOneSetInTheOrderOfTheirNames(string path)
    {
        FfmpegTool.Require();   // files that are no AVI are left to it
        var last = Write("shards/part-01.tar", "train/a/1.avi", "test/a/3.avi", "train/a/notes.txt");
        Write("shards/part-00.tar", "train/b/2.avi", "train/a/4.avi", "train/a/1.avi", "train/b/notes.txt");

        using var data = FfmpegTool.Open(_folder.File(path));
        using var test = FfmpegTool.Open(_folder.File(path), DatasetSplit.Test);

        Assert.Equal(["a", "b"], data.Info.Classes);
        Assert.Equal(
            ["part-00.tar/train/a/1.avi", "part-00.tar/train/a/4.avi", "part-00.tar/train/b/2.avi", "part-01.tar/train/a/1.avi"],
            Enumerable.Range(0, 4).Select(i => data.NameOf(i)));
        Assert.Equal([0, 0, 1, 0], Enumerable.Range(0, 4).Select(i => data.Label(i)));
        Assert.Equal("part-01.tar/test/a/3.avi", test.NameOf(0));
        Assert.Equal("2 tar shards; train: 'train'; test: 'test', 1 video", data.Info.Layout);
        Assert.Equal($"{last}:train/a/1.avi", Assert.Throws<CorruptSampleException>(() => data.Video(3)).Sample);
    }

    [Fact]
    public void Open_FolderOfVideosAndAnArchive_TakesTheVideos()
    {
        Write("part-00.tar", "train/a/1.avi", "train/b/2.avi");
        _folder.Write("train/c/3.avi", []);

        using var data = FfmpegTool.Open(_folder.Path);

        Assert.Equal((1, "train/c/3.avi"), (data.Info.Count, data.NameOf(0)));
        Assert.Contains("1 .tar (no format that is read, such as 'part-00.tar')", data.Info.LeftOut);
    }

    [Theory]
    [InlineData("", "/data/a.tar")]
    [InlineData("a.tar/, b.tar/", "/data/a.tar", "/data/b.tar")]
    [InlineData("one/a.tar/, two/a.tar/", "/data/one/a.tar", "/data/two/a.tar")]
    [InlineData("one/a.tar/, one/b/a.tar/, c.tar/", "/data/one/a.tar", "/data/one/b/a.tar", "/data/c.tar")]
    [InlineData("data/a.tar/, more/a.tar/", "/data/a.tar", "/more/a.tar")]
    public void Prefixes_SeveralArchives_AreTheirPathsFromWhereAllAre(string expected, params string[] archives) =>
        Assert.Equal(expected, string.Join(", ", Shards.Prefixes(archives)));

    [Fact]
    public void Open_OneShardTwice_IsRefused()
    {
        var archive = Write("part-00.tar", "train/a/1.avi");

        var fault = Assert.Throws<ConfigurationException>(() => FfmpegTool.Open(_folder.File("part-{00,00}.tar")));

        Assert.Equal($"data.path '{_folder.File("part-{00,00}.tar")}' names the archive '{archive}' 2 times. Name it once.", fault.Message);
    }

    [Fact]
    public void Open_MissingShard_SaysWhoNamesIt()
    {
        Write("part-00.tar", "train/a/1.avi");

        var fault = Assert.Throws<ConfigurationException>(() => FfmpegTool.Open(_folder.File("part-{00..01}.tar")));

        Assert.StartsWith($"There is no archive '{_folder.File("part-01.tar")}'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_ShardsAndAListSetting_AreRefused()
    {
        Write("part-00.tar", "train/a/1.avi");

        var fault = Assert.Throws<ConfigurationException>(
            () => FfmpegTool.Open(new VideoFolderOptions { Path = _folder.File("part-{00..00}.tar"), Root = _folder.Path }));

        Assert.Contains("data.root are for lists", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadFrames_RealClipsInShards_AreThoseOfOneArchive()
    {
        var archive = RealData.Require("fight_clips.tar");
        Directory.CreateDirectory(_folder.File("shards"));
        Copy(archive, "shards/b.tar", "train/nofight/nofi001.avi");
        Copy(archive, "shards/a.tar", "train/fight/fi001.avi", "train/fight/fi002.avi");
        using var whole = FfmpegTool.Open(archive);
        using var data = FfmpegTool.Open(_folder.File("shards"));
        var (expected, actual) = (new ClipBuffer(), new ClipBuffer());

        Assert.Equal(3, data.Info.Count);
        foreach (var index in Enumerable.Range(0, 3))
        {
            var name = data.NameOf(index);
            var same = Enumerable.Range(0, (int)whole.Info.Count).Single(other => name.EndsWith($".tar/{whole.NameOf(other)}", StringComparison.Ordinal));
            whole.ReadFrames(same, [0, 9, 20], expected);
            data.ReadFrames(index, [0, 9, 20], actual);
            Assert.All(Enumerable.Range(0, 3), t => Assert.Equal(expected[t].Pixels.ToArray(), actual[t].Pixels.ToArray()));
        }
    }

    private string Write(string name, params string[] entries)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(name))!);

        return Trees.WriteTar(_folder.File(name), Trees.Of(entries));
    }

    private void Copy(string archive, string name, params string[] entries)
    {
        using var store = FileStores.Open(archive);
        using var writer = new TarWriter(File.Create(_folder.File(name)), TarEntryFormat.Pax);
        foreach (var file in FileStores.List(archive, FileKind.Video).Files.Where(file => entries.Contains(file.Path)))
        {
            store.Read(file, (writer, file.Path), static (bytes, into) => into.writer.WriteEntry(
                new PaxTarEntry(TarEntryType.RegularFile, into.Path) { DataStream = new MemoryStream(bytes.ToArray()) }));
        }
    }
}
