using System.Text;
using Parallax.Contracts;
using Parallax.Host.Images;
using Parallax.Host.Surveys;
using Parallax.Plugins.Datasets;
using Parallax.Plugins.Tests.Conformance;

namespace Parallax.Plugins.Tests.Datasets;

/// <summary>Folders and lists; the videos are empty files unless they are read.</summary>
public sealed class VideoFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_SplitsAndClasses_AreThoseOfFolders()
    {
        Write("train/b/2.avi", "train/a/1.AVI", "train/a/.3.avi", "train/a/notes.txt", "val/a/4.avi", "train/5.avi");

        using var data = FfmpegTool.Open(_folder.Path);
        using var test = FfmpegTool.Open(_folder.Path, DatasetSplit.Test);

        Assert.Equal((2, 0, 1, 1), (data.Info.Count, data.Label(0), data.Label(1), test.Info.Count));
        Assert.Equal(["a", "b"], test.Info.Classes);
        Assert.Contains("1 video beside the class folders of 'train'", data.Info.LeftOut);
        Assert.Contains("1 .txt (no format that is read, such as 'train/a/notes.txt')", data.Info.LeftOut);
        Assert.Equal("train: 'train'; test: 'val', 1 video", data.Info.Layout);
    }

    [Theory]
    [InlineData("one.mp4", "video", ": point data.path at the folder that it is in.")]
    [InlineData("one.GIF", "video", ": point data.path at the folder that it is in.")]
    [InlineData("one.jpg", "image", ". It has images: data.name: image-folder reads them.")]
    public void Open_PathOfOneFile_SaysWhatIsExpected(string name, string kind, string advice)
    {
        Write(name);

        var fault = Assert.Throws<ConfigurationException>(() => FfmpegTool.Open(_folder.File(name)));

        Assert.Equal($"{_folder.File(name)} is a single {kind}. Expected a folder or an uncompressed tar with SPLIT/CLASS/*.mp4 (or .avi, .mkv, .webm, .mov, "
            + $".gif){advice}", fault.Message);
    }

    [Fact]
    public void Open_PathThatIsNoTar_AsksForVideos()
    {
        var fault = Assert.Throws<ConfigurationException>(() => FfmpegTool.Open(_folder.Write("data", [.. Enumerable.Repeat((byte)'x', 2000)])));

        Assert.EndsWith("is no tar archive. Expected a folder or an uncompressed tar with SPLIT/CLASS/*.mp4 (or .avi, .mkv, .webm, .mov, .gif).",
            fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_VideosAndOneImage_AreReadAsVideos()
    {
        var first = FfmpegTool.Draw(_folder.File("data/a/00.avi"), frames: 2, "-c:v", "mjpeg", "-pix_fmt", "yuvj420p");
        for (var i = 1; i < 18; i++)
        {
            File.Copy(first, _folder.File($"data/a/{i:00}.avi"));
        }

        FfmpegTool.Draw(_folder.File("data/b/one.gif"), frames: 2, "-pix_fmt", "rgb8");

        var found = ConformanceHost.Get<DatasetSearch>().Find(_folder.File("data"), name: null, overrides: [], explainsAll: false);
        using var data = found.Train;

        Assert.Equal(("video-folder", 19), (found.Name, data.Info.Count));
    }

    [Fact]
    public void Open_ImagesOnly_NamesTheDataSetForThem()
    {
        Write("train/a/1.jpg", "test/a/2.jpg");

        var fault = Assert.Throws<ConfigurationException>(() => FfmpegTool.Open(_folder.Path));

        Assert.Contains("has no videos", fault.Message, StringComparison.Ordinal);
        Assert.Contains("SPLIT/CLASS/*.mp4", fault.Message, StringComparison.Ordinal);
        Assert.Contains("It has images: data.name: image-folder reads them.", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_VideosAsImages_NamesTheDataSetForThem()
    {
        Write("train/a/1.mp4", "test/a/2.mp4");

        var fault = Assert.Throws<ConfigurationException>(
            () => new ImageFolderSource(new ImageFolderOptions { Path = _folder.Path }, new ImageDecoder()).Open(DatasetSplit.Train));

        Assert.Contains("has no images", fault.Message, StringComparison.Ordinal);
        Assert.Contains("It has videos: data.name: video-folder reads them.", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("v/1.avi 7\nv/x y.avi\t10\n\nv/2.avi 9\n")]
    [InlineData("v/1.avi,7\nv/x y.avi,10\n\nv/2.avi,9\n")]
    [InlineData("frames,label,PATH\n5,7,v/1.avi\n6,10,v/x y.avi\n7,9,v/2.avi\n")]
    public void Open_List_HasVideosInItsOrderAndClassesByNumber(string content)
    {
        Write("v/1.avi", "v/2.avi", "v/x y.avi");
        var list = _folder.Write("train.csv", Encoding.UTF8.GetBytes(content));

        using var data = FfmpegTool.Open(list);

        Assert.Equal(["7", "9", "10"], data.Info.Classes);
        Assert.Equal([0, 2, 1], Enumerable.Range(0, 3).Select(i => data.Label(i)));
        var fault = Assert.Throws<CorruptSampleException>(() => data.Video(1));
        Assert.StartsWith($"{_folder.File("v/x y.avi")} ({list}:", fault.Sample, StringComparison.Ordinal);
        Assert.Equal("a list; no test split", data.Info.Layout);
    }

    [Fact]
    public void Open_ListsOfBothSplits_ShareClassesByName()
    {
        Write("data/1.avi", "data/2.avi");
        var (train, test) = (_folder.Write("train.txt", "1.avi run\n2.avi jump"u8.ToArray()), _folder.Write("test.txt", "2.avi run\n"u8.ToArray()));
        var options = new VideoFolderOptions { Path = train, TestPath = test, Root = _folder.File("data") };

        using var data = FfmpegTool.Open(options, DatasetSplit.Test);

        Assert.Equal(["jump", "run"], data.Info.Classes);
        Assert.Equal((1, 1), (data.Info.Count, data.Label(0)));
    }

    [Theory]
    [InlineData("my clip.avi\n2.avi\n")]
    [InlineData("path\nmy clip.avi\n2.avi\n")]
    [InlineData("Path\r\n\"my clip.avi\"\r\n2.avi\r\n")]
    public void Open_ListWithoutClasses_HasNone(string content)
    {
        Write("my clip.avi", "2.avi");
        var list = _folder.Write("train.csv", Encoding.UTF8.GetBytes(content));

        using var data = FfmpegTool.Open(list);

        Assert.Equal((2, 0, -1), (data.Info.Count, data.Info.Classes.Count, data.Label(0)));
    }

    [Fact]
    public void Open_ListOfAnArchive_TakesItsEntries()
    {
        var archive = RealData.Require("fight_clips.tar");
        var list = _folder.Write("train.txt", "test/fight/fi013.avi 1\n./train/fight/fi001.avi 0\n"u8.ToArray());

        using var data = FfmpegTool.Open(new VideoFolderOptions { Path = list, Root = archive });

        Assert.Equal((32, 1), (data.Video(1).Frames, data.Label(0)));
    }

    [Fact]
    public void Video_ListedButMissing_NamesFileAndLine()
    {
        FfmpegTool.Require();
        var list = _folder.Write("train.txt", "1.mp4 0\n"u8.ToArray());
        using var data = FfmpegTool.Open(list);

        var fault = Assert.Throws<CorruptSampleException>(() => data.Video(0));

        Assert.Equal($"{_folder.File("1.mp4")} ({list}:1)", fault.Sample);
        Assert.Contains("no such file", fault.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.avi,1,2\n", ":1 has 3 fields instead of 2")]
    [InlineData("a.avi,1\nb.avi,1,\n", ":2 has 3 fields instead of 2")]
    [InlineData("a.avi,1\nb.avi,\n", ":2 has an empty class")]
    [InlineData("label,path\n1,a.avi\n1, \n", ":3 has an empty path")]
    [InlineData("path\na.avi,1\n", ":2 has 2 fields instead of 1")]
    [InlineData("a.avi,1\nb\"c.avi,1\n", ":2 cannot be read: a field has a quote within it")]
    [InlineData("a.avi 1\nb.avi\n", ":2 has no class, but lines of the training list have one")]
    [InlineData("\n", " lists no videos")]
    public void Open_FaultyList_NamesFileAndLine(string content, string expected)
    {
        Write("a.avi", "b.avi");
        var list = _folder.Write("train.csv", Encoding.UTF8.GetBytes(content));

        var fault = Assert.Throws<ConfigurationException>(() => FfmpegTool.Open(list));

        Assert.Contains(list + expected, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_ClassOfTheTestListOnly_IsRefused()
    {
        Write("1.avi", "2.avi");
        var (train, test) = (_folder.Write("train.txt", "1.avi run"u8.ToArray()), _folder.Write("test.txt", "2.avi jump"u8.ToArray()));

        var fault = Assert.Throws<ConfigurationException>(() => FfmpegTool.Open(new VideoFolderOptions { Path = train, TestPath = test }, DatasetSplit.Test));

        Assert.Contains($"{test}:1 has the class 'jump', which the training list has not", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_SettingsOfTheOtherForm_AreRefused()
    {
        Write("train/a/1.avi", "1.avi");
        var list = _folder.Write("train.txt", "1.avi run"u8.ToArray());

        Assert.Contains("data.root are for lists", Fault(new() { Path = _folder.Path, Root = _folder.Path }), StringComparison.Ordinal);
        Assert.Contains("are for folders", Fault(new() { Path = list, TrainSplit = "train" }), StringComparison.Ordinal);
        Assert.Contains("data.testPath is empty", Fault(new() { Path = list }, DatasetSplit.Test), StringComparison.Ordinal);
    }

    private static string Fault(VideoFolderOptions options, DatasetSplit split = DatasetSplit.Train) =>
        Assert.Throws<ConfigurationException>(() => FfmpegTool.Open(options, split)).Message;

    private void Write(params string[] names)
    {
        foreach (var name in names)
        {
            _folder.Write(name, []);
        }
    }
}
