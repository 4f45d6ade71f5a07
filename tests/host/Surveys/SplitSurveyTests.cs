using Parallax.Contracts;
using Parallax.Host.Surveys;
using Parallax.Host.Tests.Data;

namespace Parallax.Host.Tests.Surveys;

public sealed class SplitSurveyTests
{
    [Fact]
    public void Of_SomeBroken_CountsLabelsOfAllAndReadsSome()
    {
        using var images = new FakeDataset(101, 0, 50) { SizeOf = index => new(20 + (int)(index % 10), 40) };

        var survey = SplitSurvey.Of(images, 10, TestContext.Current.CancellationToken);

        Assert.Equal((101L, 10), (survey.Count, survey.Looked));
        Assert.Equal([new ClassCount("even", 51), new ClassCount("odd", 50)], survey.Classes);
        Assert.Equal(["image-0.jpg: is cut short", "image-50.jpg: is cut short"], survey.Broken);   // 0, 10, 20, ..., 50, 60, ...
        Assert.Equal(20, survey.Sizes!.Side);
        Assert.Null(survey.Lengths);
    }

    [Fact]
    public void Of_Sizes_AreOrderedByTheShorterSide()
    {
        using var images = new FakeDataset(3) { SizeOf = index => new((int)(30 - (10 * index)), (int)(100 + index)) };

        var sizes = SplitSurvey.Of(images, 3, TestContext.Current.CancellationToken).Sizes!;

        Assert.Equal((new ImageSize(10, 102), new ImageSize(20, 101), new ImageSize(30, 100)), (sizes.Smallest, sizes.Median, sizes.Largest));
    }

    [Fact]
    public void Of_Videos_HasTheirLengths()
    {
        using var videos = new FakeVideos(3, 2) { FramesOf = index => 10 + (10 * (int)index) };

        var survey = SplitSurvey.Of(videos, 3, TestContext.Current.CancellationToken);

        Assert.Equal(new VideoLengths(10, 20, 2), survey.Lengths);
        Assert.Equal(["video-2.avi: is cut short"], survey.Broken);
    }

    [Fact]
    public void Of_NothingReadable_HasNoSizes()
    {
        using var images = new FakeDataset(2, 0, 1);

        Assert.Null(SplitSurvey.Of(images, 2, TestContext.Current.CancellationToken).Sizes);
    }
}
