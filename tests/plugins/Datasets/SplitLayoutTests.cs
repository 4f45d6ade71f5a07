using Parallax.Contracts;
using Parallax.Plugins.Datasets;

namespace Parallax.Plugins.Tests.Datasets;

/// <summary>The layouts that users have, each as a folder and as a tar: what is found, what is left out, what is refused.</summary>
public sealed class SplitLayoutTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>A tree; where the splits are found; what is left out.</summary>
    public static TheoryData<string, string, string> Found => new()
    {
        { "train/a/1.png test/a/2.png", "train: 'train'; test: 'test', 1 image", "" },
        { "data/ds/train/a/1.png data/ds/test/a/2.png", "train: 'data/ds/train'; test: 'data/ds/test', 1 image", "" },
        { "Train/a/1.png TEST/a/2.png", "train: 'Train'; test: 'TEST', 1 image", "" },
        {
            "training/a/1.png testing/a/2.png validation/a/3.png",
            "train: 'training'; test: 'testing', 1 image",
            "1 image in 'validation', which is no split that is used"
        },
        { "train/a/1.png val/a/2.png", "train: 'train'; test: 'val', 1 image", "" },
        { "train/a/1.png test/2.png valid/a/3.png", "train: 'train'; test: 'valid', 1 image", "1 image in 'test', which is no split that is used" },
        { "train/a/1.png test/2.png", "train: 'train'; test: 'test', 1 image", "" },
        { "train/a/1.png", "train: 'train'; no test split", "" },
        { "train/1.png train/2.png", "train: 'train'; no test split", "" },
        { "train/train/a/1.png test/test/a/2.png", "train: 'train/train'; test: 'test/test', 1 image", "" },
        {
            "train/a/1.png train/2.png train/3.png test/a/4.png 5.png",
            "train: 'train'; test: 'test', 1 image",
            "2 images beside the class folders of 'train', 1 image beside the splits"
        },
        { "top.png ds/train/a/1.png ds/test/a/2.png", "train: 'ds/train'; test: 'ds/test', 1 image", "1 image beside the splits" },
        {
            "train/a/1.png test/a/2.png unlabeled/3.png unlabeled/4.png",
            "train: 'train'; test: 'test', 1 image",
            "2 images in 'unlabeled', which is no split that is used"
        },
        { "a/1.png b/2.png", "no splits, all images are for training", "" },
        { "around/a/1.png around/b/2.png", "no splits, all images are for training", "" },
        { "training/train/a/1.png training/val/a/2.png", "train: 'training/train'; test: 'training/val', 1 image", "" },
        { "test/train/a/1.png test/test/a/2.png", "train: 'test/train'; test: 'test/test', 1 image", "" },
        { "train/bus/1.png train/test/2.png test/bus/3.png test/test/4.png", "train: 'train'; test: 'test', 2 images", "" },
        { "train/bus/1.png train/train/2.png", "train: 'train'; no test split", "" },
        { "1.png 2.png", "no splits, all images are for training", "" },
        { "a/1.png a/deeper/trainer/2.png 3.png", "no splits, all images are for training", "1 image beside the class folders" },
        { "bullet_train/1.png bus/2.png", "no splits, all images are for training", "" },
        {
            "train/a/1.png train/a/._1.png .DS_Store __MACOSX/train/a/2.png train/.ipynb_checkpoints/3.png train/a/Thumbs.db",
            "train: 'train'; no test split",
            "5 hidden files or folders"
        },
        {
            "train/a/1.JPG train/a/2.Jpeg train/a/3.jfif train/a/4.tif train/a/5.tif train/a/6.txt train/a/7",
            "train: 'train'; no test split",
            "1 without extension, 2 .tif, 1 .txt (no format that is read, such as 'train/a/4.tif')"
        },
    };

    /// <summary>A tree; how its refusal begins behind the location; the settings that it names.</summary>
    public static TheoryData<string, string, string> Refused => new()
    {
        {
            "airplane/1.png train/2.png zebra/3.png",
            "can be read in two ways: 'train' beside 'airplane', 'zebra' may be a split or a class.",
            "data.layout: flat|data.layout: splits"
        },
        { "airplane/1.png test/2.png zebra/3.png", "can be read in two ways: 'test' beside 'airplane', 'zebra' may be", "data.layout: flat" },
        {
            "airplane/1.png test/2.png train/3.png",
            "can be read in two ways: 'train', 'test' beside 'airplane' may be",
            "data.layout: flat|data.layout: splits"
        },
        { "wrap/bus/1.png wrap/train/x/2.png", "can be read in two ways: 'wrap/train' beside 'wrap/bus' may be", "data.layout: flat|data.layout: splits" },
        { "Train/a/1.png train/a/2.png", "has several folders that can be the training split: 'Train', 'train'.", "data.trainSplit: Train" },
        { "train/a/1.png training/a/2.png", "has several folders that can be the training split: 'train', 'training'.", "data.trainSplit: train" },
        { "train/a/1.png test/a/2.png Test/a/2.png", "has several folders that can be the test split: 'Test', 'test'.", "data.testSplit: Test" },
        {
            "cat/train/1.png cat/test/2.png dog/train/3.png dog/test/4.png",
            "has folders named like splits, but not beside each other at the top: 'cat/test', 'cat/train', 'dog/test', 'dog/train'.",
            "data.trainSplit: cat/train and data.testSplit: cat/test|data.layout: flat if 'cat', 'dog' are classes"
        },
        {
            "ds/train/a/1.png ds/test/a/2.png docs/logo.png",
            "has folders named like splits, but not beside each other at the top: 'ds/test', 'ds/train'.",
            "data.trainSplit: ds/train and data.testSplit: ds/test|data.layout: flat"
        },
        {
            "training_set/cats/1.png test_set/cats/2.png",
            "has folders whose names look like those of splits: 'training_set', 'test_set'.",
            "data.trainSplit: training_set and data.testSplit: test_set|data.layout: flat"
        },
        {
            "train2017/1.png val2017/2.png",
            "has folders whose names look like those of splits: 'train2017', 'val2017'.",
            "data.trainSplit: train2017 and data.testSplit: val2017"
        },
        {
            "cats/1.png dogs/2.png test_set/3.png",
            "has folders whose names look like those of splits: 'test_set'.",
            "data.testSplit: test_set|data.layout: flat"
        },
        {
            "fold1/training_set/1.png fold1/test_set/2.png fold2/training_set/3.png",
            "has folders whose names look like those of splits: 'fold1/training_set', 'fold1/test_set'.",
            "data.layout: flat"
        },
        { "train/bus/1.png train/test/2.png", "has 'train/test' within the training split: test images, or classes?", "data.trainSplit: train" },
        { "train/bus/1.png train/val/2.png test/bus/3.png", "has 'train/val' within the training split: test images, or classes?", "data.trainSplit: train" },
        {
            "training/train/1.png training/val/2.png training/bus/3.png",
            "can be read in two ways: 'training/train', 'training/val' beside 'training/bus'",
            "data.layout: flat|data.layout: splits"
        },
        { "test/a/1.png", "has test images in 'test' but no training folder; it has images in 'test'.", "data.trainSplit" },
        { "readme.md train/a/1.tiff", "has no images: it holds 2 files (.md, .tiff).", "SPLIT/CLASS/*.jpg" },
        { "data.tar.gz", "has no images: it holds 1 files (.gz).", "Point data.path at a .tar itself; unpack any other." },
    };

    [Theory, MemberData(nameof(Found))]
    public void Find_UsualLayout_IsFoundInFolderAndTar(string tree, string description, string leftOut)
    {
        var lines = Read(tree.Split(' ')).Split('\n');

        Assert.Equal((description, leftOut), (lines[0], lines[1]));
    }

    [Theory, MemberData(nameof(Refused))]
    public void Find_TwoWaysToRead_IsRefusedWithTheSettings(string tree, string reason, string settings)
    {
        var message = Read(tree.Split(' '));

        Assert.StartsWith($"refused: DATA {reason}", message, StringComparison.Ordinal);
        Assert.All(settings.Split('|'), setting => Assert.Contains(setting, message, StringComparison.Ordinal));
    }

    [Fact]
    public void Find_NoImagesInAFlatLayout_ExpectsNoSplits()
    {
        var message = Read(["readme.md"], DataLayout.Flat);

        Assert.Contains("has no images: it holds 1 files (.md). Expected *.jpg (", message, StringComparison.Ordinal);
        Assert.DoesNotContain("SPLIT", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_EachSetting_SettlesTheDoubt()
    {
        string[] classes = ["airplane/1.png", "train/2.png", "test/3.png"];

        Assert.Equal(
            "no splits, all images are for training\n\nTrain airplane/1.png airplane 1\nTrain test/3.png test 1\nTrain train/2.png train 1",
            Before("refused", Read(classes, DataLayout.Flat)));
        Assert.Equal(
            "train: 'train'; test: 'test', 1 image\n1 image in 'airplane', which is no split that is used\nTrain train/2.png - 1\nTest test/3.png - 1",
            Read(classes, DataLayout.Splits));
        Assert.Equal("train: 'train'; test: 'test', 1 image", FirstLine(Read(classes, trainSplit: "train")));
        Assert.Equal(
            "train: 'ds/train'; test: 'ds/test', 1 image", FirstLine(Read(["ds/train/a/1.png", "ds/test/a/2.png", "docs/logo.png"], DataLayout.Splits)));
        Assert.Equal(
            "train: 'x/cat/train'; test: 'x/cat/test', 1 image",
            FirstLine(Read(["x/cat/train/1.png", "x/cat/test/2.png", "x/dog/train/3.png"], trainSplit: "cat/train")));
        Assert.Equal(
            "train: 'seg_train/seg_train'; test: 'seg_test/seg_test', 1 image",
            FirstLine(Read(["seg_train/seg_train/a/1.png", "seg_test/seg_test/a/2.png"], trainSplit: "seg_train", testSplit: "seg_test")));
    }

    [Fact]
    public void Find_OneSplitInsideTheOther_IsRefused() =>
        Assert.StartsWith(
            "refused: data.trainSplit is 'all' and data.testSplit is 'all/b': images of one would be in the other.",
            Read(["all/a/1.png", "all/b/2.png"], trainSplit: "all", testSplit: "all/b"), StringComparison.Ordinal);

    [Fact]
    public void Find_MissingFolder_IsNamed() =>
        Assert.Equal(
            "refused: DATA has no folder 'tst' with images; it has images in 'train'. Correct data.testSplit.",
            Read(["train/a/1.png"], testSplit: "tst"));

    [Fact]
    public void Find_ClassesOfTheTest_HaveTheLabelsOfTheTraining()
    {
        var found = Read(["train/b/1.png", "train/c/2.png", "train/a/3.png", "test/c/4.png", "test/a/5.png"]);

        Assert.EndsWith("Test test/a/5.png a 1\nTest test/c/4.png c 1", found, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_ClassOfTheTestAlone_IsRefused() =>
        Assert.EndsWith(
            "refused: The test split 'test' of DATA has the classes b, which the training split has not. Both need the same class folders.",
            Read(["train/a/1.png", "test/b/2.png"]), StringComparison.Ordinal);

    [Fact]
    public void Find_FileLinks_AreFilesOfTheirOwn()
    {
        string[] links =
            ["train/b/hard.png = train/a/1.png", "train/b/soft.png -> ../a/1.png", "train/b/gone.png -> ../a/0.png", "train/b/ring.png -> ring.png"];

        var found = Read(["train/a/1.png", "train/b/2.png", .. links]);

        Assert.Equal(
            "train: 'train'; no test split\n2 links to nothing that can be read\n"
            + "Train train/a/1.png a 1\nTrain train/b/2.png b 1\nTrain train/b/hard.png b 1\nTrain train/b/soft.png b 1",
            Before("refused", found));
    }

    [Fact]
    public void Find_LinksInARing_NeverCountAnImageTwice()
    {
        var found = Read(["train/a/1.png", "train/b/2.png", "train/a/up -> ..", "train/a/self -> .", "train/a/over -> ../b", "train/b/over -> ../a"]);

        Assert.Equal(
            "train: 'train'; no test split\n2 images that a link reaches a second time, 6 links back to a folder that is read already\n"
            + "Train train/a/1.png a 1\nTrain train/b/2.png b 1",
            Before("refused", found));
    }

    [Fact]
    public void Find_SplitsOfLinksIntoAPool_AreRead()
    {
        var found = Read(["pool/x/1.png", "pool/y/2.png", "train/a -> ../pool/x", "test/a -> ../pool/y"], DataLayout.Splits);

        Assert.Equal(
            "train: 'train'; test: 'test', 1 image\n2 images in 'pool', which is no split that is used\nTrain train/a/1.png a 1\nTest test/a/2.png a 1", found);
    }

    [Fact]
    public void Find_LinkFromTrainingToTest_LeavesTheImagesInTheTest()
    {
        var found = Read(["train/a/1.png", "test/a/2.png", "train/b -> ../test/a"]);

        Assert.Equal("train: 'train'; test: 'test', 1 image\n1 image that a link reaches a second time\nTrain train/a/1.png a 1\nTest test/a/2.png a 1", found);
    }

    [Fact]
    public void Find_TwoLinksToOneImage_IsRefused() =>
        Assert.Equal("refused: DATA has one image twice, through links to folders: 'train/a/1.png' and 'test/a/1.png' are pool/1.png. Remove one of the links.",
            Read(["pool/1.png", "train/a -> ../pool", "test/a -> ../pool"], DataLayout.Splits));

    [Theory]
    [InlineData("test -> train")]
    [InlineData("val -> ./train")]
    public void Find_TestIsALinkToTheTraining_IsRefused(string link)
    {
        var test = link.Split(' ')[0];

        Assert.StartsWith(
            $"refused: DATA has the same images in 'train' and '{test}': one is a link to the other. Remove it", Read(["train/a/1.png", link]),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Find_LinksOutOfTheFolder_AreFollowed()
    {
        Trees.WriteFolder(_folder.File("pool"), Trees.Of("cats/1.png", "cats/back -> ../../set/train", "2.png"));
        string[] links = ["train/a -> ../../pool/cats", "train/b/2.png -> ../../../pool/2.png", "train/c -> ../../set", "train/d -> ../.."];
        var set = Trees.WriteFolder(_folder.File("set"), Trees.Of(links));

        Assert.Equal(
            "train: 'train'; no test split\n3 links back to a folder that is read already\nTrain train/a/1.png a 1\nTrain train/b/2.png b 1",
            Before("refused", Trees.Read(set)));
    }

    [Fact]
    public void Find_FolderBehindALink_IsTheFolder()
    {
        Trees.WriteFolder(_folder.File("real/set"), Trees.Of("train/a/1.png", "train/a/up -> .."));
        File.CreateSymbolicLink(_folder.File("link"), "real");

        Assert.StartsWith("train: 'train'; no test split\n1 link back to", Trees.Read(_folder.File("link/set")), StringComparison.Ordinal);
    }

    [Fact]
    public void Find_Tar_IsReadAsItWouldBeUnpacked()
    {
        string[] odd =
            ["./train/a/1.png", "/train/b/2.png", "train//c/./3.png", "../train/a/4.png", "train/a/../5.png", "train/a/early.png = "
                + "train/late/6.png", "train/late/6.png"];
        var archive = Trees.WriteTar(_folder.File("odd.tar"), [.. Trees.Of(odd), new("train/a/1.png", Length: 7)]);

        Assert.Equal(
            "train: 'train'; no test split\n2 entries with '..' in the name\nTrain train/a/1.png a 7\nTrain train/a/early.png a 1\n"
            + "Train train/b/2.png b 1\nTrain train/c/3.png c 1\nTrain train/late/6.png late 1",
            Before("refused", Trees.Read(archive)));
    }

    [Fact]
    public void Find_LaterEntry_ReplacesTheFileButNotItsHardLinks()
    {
        var archive = Trees.WriteTar(_folder.File("later.tar"), [.. Trees.Of("a/1.png", "a/link.png = a/1.png"), new("a/1.png", Length: 9)]);

        Assert.EndsWith("Train a/1.png a 9\nTrain a/link.png a 1", Before("refused", Trees.Read(archive)), StringComparison.Ordinal);
    }

    /// <summary>What both readers say, who must agree.</summary>
    private string Read(string[] tree, DataLayout layout = DataLayout.Auto, string? trainSplit = null, string? testSplit = null)
    {
        var name = Guid.NewGuid().ToString("N");
        var items = Trees.Of(tree);
        var folder = Trees.Read(Trees.WriteFolder(_folder.File(name), items), layout, trainSplit, testSplit);

        Assert.Equal(folder, Trees.Read(Trees.WriteTar(_folder.File($"{name}.tar"), items), layout, trainSplit, testSplit));

        return folder;
    }

    private static string FirstLine(string text) => text.Split('\n')[0];

    private static string Before(string mark, string text) => text.Split($"\n{mark}")[0];
}
