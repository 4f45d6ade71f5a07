using System.ComponentModel.DataAnnotations;
using Parallax.Contracts;
using Parallax.Host.Configuration;
using Parallax.Host.Data;

namespace Parallax.Host.Tests.Data;

public sealed class EvaluationClipsTests
{
    [Theory]
    [InlineData(50, 8, 2, new double[] { 0, 7, 14, 21, 28 })]   // 28 + 16 <= 50 < 35 + 16
    [InlineData(5, 5, 2, new double[] { 0 })]
    [InlineData(3, 1, 1, new double[] { 0, 1, 2 })]
    public void Starts_HalfOverlapping_StayInTheVideo(int frames, int taken, int stride, double[] expected) =>
        Assert.Equal(expected, Starts(TestSampling.HalfOverlapping, frames, new(taken) { Stride = stride }));

    [Theory]
    [InlineData(100, new double[] { 0, 31, 62, 69 })]   // 16 frames, every second one: 31 are covered
    [InlineData(93, new double[] { 0, 31, 62 })]        // the third ends with the video
    [InlineData(31, new double[] { 0 })]
    [InlineData(20, new double[] { 0 })]                // shorter than a clip
    public void Starts_BackToBack_EndWithTheVideo(int frames, double[] expected) =>
        Assert.Equal(expected, Starts(TestSampling.BackToBack, frames, new(16) { Stride = 2 }));

    [Theory]
    [InlineData(TestSampling.Even, 50, 4, new double[] { 0, 11, 23, 35 })]          // 35 frames of room: i 35 / 3
    [InlineData(TestSampling.EvenShares, 50, 4, new double[] { 0, 8, 17, 26 })]     // i 35 / 4
    [InlineData(TestSampling.EvenSteps, 50, 4, new double[] { 0, 11, 22, 33 })]     // i 11
    [InlineData(TestSampling.Even, 50, 1, new double[] { 17 })]
    [InlineData(TestSampling.EvenShares, 50, 1, new double[] { 0 })]
    [InlineData(TestSampling.EvenSteps, 50, 1, new double[] { 17 })]
    [InlineData(TestSampling.EvenShares, 10, 2, new double[] { 0, 0 })]
    [InlineData(TestSampling.EvenSteps, 10, 2, new double[] { 0, 0 })]
    public void Starts_EvenRules_DifferInWhereTheLastOneEnds(TestSampling sampling, int frames, int count, double[] expected) =>
        Assert.Equal(expected, EvaluationClips.Starts(sampling, new(frames, 10, new(4, 4)), new(8) { Stride = 2 }, count));

    [Fact]
    public void Starts_WindowsOfTime_AreCountedInFrames()
    {
        var seconds = new ClipSpec(8) { Seconds = 2 };   // 20 frames at ten a second

        Assert.Equal([0, 9, 18, 27], Starts(TestSampling.HalfOverlapping, 50, seconds));
        Assert.Equal([0, 20, 30], Starts(TestSampling.BackToBack, 50, seconds));
    }

    [Theory]
    [InlineData(TestSampling.BackToBack, 10, "clips.testSampling is back-to-back, which takes as many clips as a video has room for, but clips.testClips is "
        + "10. Set testClips: 1, which leaves their number to the sampling, or testSampling: even.")]
    [InlineData(TestSampling.Even, 10, null)]
    [InlineData(TestSampling.EvenSteps, 10, null)]
    [InlineData(TestSampling.HalfOverlapping, 1, null)]
    public void Validate_NumberOfClipsThatAVideoSays_IsRefused(TestSampling sampling, int clips, string? fault) =>
        AssertFault(fault, new() { TestSampling = sampling, TestClips = clips });

    [Theory]
    [InlineData(TestCropPlaces.Corners, 3, "clips.testCropPlaces is corners, which are five crops")]
    [InlineData(TestCropPlaces.Corners, 5, null)]
    [InlineData(TestCropPlaces.Corners, 10, null)]
    [InlineData(TestCropPlaces.Spread, 10, null)]
    public void Validate_Corners_AreFiveOrTen(TestCropPlaces places, int crops, string? fault) =>
        AssertFault(fault, new() { TestCropPlaces = places, TestCrops = crops });

    [Theory]
    [InlineData(null, null, null)]
    [InlineData(2, null, "clips.seconds says how long a clip is, and so does clips.stride. Set stride: null, or seconds: null, which also removes what a")]
    [InlineData(null, 30.0, "clips.seconds says how long a clip is, and so does clips.rate. Set rate: null, or seconds: null,")]
    [InlineData(2, 30.0, "clips.seconds says how long a clip is, and so do clips.stride and clips.rate. Set stride: null and rate: null, or seconds: null,")]
    public void Validate_TwoLengthsOfAClip_NamesAllKeysAndWhatToWrite(int? stride, double? rate, string? fault) =>
        AssertFault(fault, new() { Seconds = 1, Stride = stride, Rate = rate });

    [Theory]
    [InlineData(10, 3, TestSampling.Even, TestCropPlaces.Spread, "10 clips x 3 crops, even")]
    [InlineData(1, 1, TestSampling.EvenShares, TestCropPlaces.Spread, "1 clip x 1 crop, even-shares")]
    [InlineData(1, 10, TestSampling.HalfOverlapping, TestCropPlaces.Corners, "all clips x 10 crops, half-overlapping, corners")]
    [InlineData(7, 1, TestSampling.BackToBack, TestCropPlaces.Spread, "all clips x 1 crop, back-to-back")]   // seven fit into the longest video
    public void Description_OfClips_SaysWhatIsSeenOfAVideo(int clips, int crops, TestSampling sampling, TestCropPlaces places, string expected)
    {
        Assert.Equal(expected, new EvaluationViews(new ClipSpec(8), clips, crops, sampling, places).Description);
        Assert.Null(EvaluationViews.Image.Description);
    }

    private static double[] Starts(TestSampling sampling, int frames, ClipSpec clip) =>
        EvaluationClips.Starts(sampling, new(frames, frames / 10.0, new(1, 1)), clip, count: 1);

    private static void AssertFault(string? expected, ClipOptions options)
    {
        var faults = options.Validate(new ValidationContext(options)).Select(fault => fault.ErrorMessage!).ToList();

        if (expected is null)
        {
            Assert.Empty(faults);
        }
        else
        {
            Assert.StartsWith(expected, Assert.Single(faults), StringComparison.Ordinal);
        }
    }
}
