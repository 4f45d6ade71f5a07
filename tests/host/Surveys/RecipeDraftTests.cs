using Parallax.Contracts;
using Parallax.Host.Configuration;
using Parallax.Host.Plugins;
using Parallax.Host.Surveys;

namespace Parallax.Host.Tests.Surveys;

public sealed class RecipeDraftTests
{
    [Theory]
    [InlineData(64, 32, false, "32", "16", "200")]
    [InlineData(50_000, 32, false, "32", "128", "6")]
    [InlineData(50_000, 500, false, "64", "128", "2")]
    [InlineData(50_000, 32, true, "32", "256", "400")]
    [InlineData(5_000, 100, true, "96", "256", "800")]
    [InlineData(1_281_167, 400, true, "224", "256", "100")]
    [InlineData(1_000, 28, false, "28", "128", "200")]
    public void Write_Images_FitsTheirNumberAndSize(long count, int side, bool hasGpu, string size, string batch, string epochs)
    {
        var recipe = Read(Survey(count, side), hasGpu).Flatten();

        Assert.Equal((size, batch, epochs), (recipe["data.imageSize"], recipe["trainer.batchSize"], recipe["trainer.epochs"]));
    }

    [Theory]
    [InlineData(false, "64", "16")]
    [InlineData(true, "112", "32")]
    public void Write_Videos_HasClips(bool hasGpu, string size, string batch)
    {
        var recipe = Read(Survey(163, 240, videos: true), hasGpu).Flatten();

        Assert.Equal((size, batch, "8"), (recipe["data.imageSize"], recipe["trainer.batchSize"], recipe["clips.frames"]));
    }

    [Theory]
    [InlineData(32, false)]
    [InlineData(32, true)]
    [InlineData(400, true)]
    public void Write_NoHeldOutImages_MeasuresNothingAndSaysWhy(int side, bool hasGpu)
    {
        var text = new RecipeDraft(Survey(64, side) with { Test = null }, [], hasGpu).Write();

        Assert.Contains("# nothing can be measured: there are no held-out files: put some", text, StringComparison.Ordinal);
        Assert.DoesNotContain("__", text, StringComparison.Ordinal);
        Assert.Empty(Read(Survey(64, side) with { Test = null }, hasGpu).Evaluation.Protocols);
    }

    [Fact]
    public void Write_Any_SaysWhatWasFoundAndNamesTheSchema()
    {
        var text = new RecipeDraft(Survey(64, 32), [], hasGpu: false).Write();

        Assert.StartsWith("# yaml-language-server: $schema=recipe.schema.json\n", text, StringComparison.Ordinal);
        Assert.Contains("#   train: 64 images in 2 classes\n", text, StringComparison.Ordinal);
        Assert.Contains("\n  epochs: 200                # 800 steps in all; more are better\n", text, StringComparison.Ordinal);
        Assert.Contains("#   balance: uneven: cat 48, dog 16\n", text, StringComparison.Ordinal);
        Assert.Contains("#   broken: 1 of 20 images that were read: a.png: is cut short\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_SettingsOfTheUser_StayAndCount()
    {
        var recipe = Reader().ReadText(
            new RecipeDraft(Survey(64, 400), ["data.layout=flat", "data.imageSize=48"], hasGpu: false).Write(), "draft", []).Flatten();

        Assert.Equal(("flat", "48"), (recipe["data.layout"], recipe["data.imageSize"]));
    }

    [Theory]
    [InlineData("48", "null")]
    [InlineData("512", "585")]
    public void Write_SizeOfTheUser_HasTheResizeThatBelongsToIt(string size, string resize)
    {
        var recipe = Reader().ReadText(new RecipeDraft(Survey(5_000, 400), [$"data.imageSize={size}"], hasGpu: true).Write(), "draft", []).Flatten();

        Assert.Equal((size, resize), (recipe["data.imageSize"], recipe["data.evaluationResize"]));
    }

    [Theory]
    [InlineData(5_000, 32, false, "minutes")]
    [InlineData(5_000_000, 32, false, "hours")]
    [InlineData(50_000, 32, true, "hours")]
    [InlineData(5_000_000, 32, true, "days")]
    public void Write_Images_SaysHowLongTheirNumberTakes(long count, int side, bool hasGpu, string expected) =>
        Assert.Contains($": {expected}", new RecipeDraft(Survey(count, side), [], hasGpu).Write().Split('\n')[1], StringComparison.Ordinal);

    [Fact]
    public void Write_FewImages_SaysHowManyShareStatistics() =>
        Assert.Contains("groups of 16 images", new RecipeDraft(Survey(64, 400), [], hasGpu: true).Write(), StringComparison.Ordinal);

    [Theory]
    [InlineData("/data/a: 'b' #1, \"c\"")]
    [InlineData("/a # b/__size__")]
    public void Write_PathWithMarks_IsTheSamePathAgain(string path)
    {
        var recipe = Reader().ReadText(new RecipeDraft(Survey(64, 32) with { Path = path }, [], hasGpu: false).Write(), "draft", []);

        Assert.Equal(path, recipe.Flatten()["data.path"]);
    }

    [Fact]
    public void Constructor_TooFewImages_IsExplained()
    {
        var fault = Assert.Throws<ConfigurationException>(() => new RecipeDraft(Survey(3, 32), [], hasGpu: false));

        Assert.Equal("/data/pets has 3 images to learn from; expected at least 16. Add some, or give a folder with more.", fault.Message);
    }

    [Fact]
    public void Constructor_OneImageBesideOthers_SaysWhatIsLeftOut()
    {
        var fault = Assert.Throws<ConfigurationException>(() => new RecipeDraft(Survey(1, 32) with { LeftOut = ["2 .tiff"] }, [], hasGpu: false));

        Assert.StartsWith("/data/pets has 1 image to learn from (left out: 2 .tiff); expected at least 16.", fault.Message, StringComparison.Ordinal);
    }

    private static ResolvedConfiguration Read(DatasetSurvey survey, bool hasGpu) =>
        Reader().ReadText(new RecipeDraft(survey, [], hasGpu).Write(), "draft", []);

    private static RecipeReader Reader()
    {
        Assert.SkipUnless(Directory.Exists(RepositoryFiles.Plugins), $"{RepositoryFiles.Plugins} is not there: build Framework.sln to run this test.");

        return new(PluginCatalog.Discover(new([RepositoryFiles.Plugins], [])));
    }

    private static DatasetSurvey Survey(long count, int side, bool videos = false)
    {
        var size = new ImageSize(side, side * 2);
        var split = new SplitSurvey(
            count, [new("cat", count * 3 / 4), new("dog", count - (count * 3 / 4))], 10, [], new(size, size, size), videos ? new(20, 30, 2) : null);

        return new(videos ? "video-folder" : "image-folder", "/data/pets", "train: 'train'; test: 'test', 5 images", [], split with
        {
            Broken = ["a.png: is cut short"],
        }, split);
    }
}
