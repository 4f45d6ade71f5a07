using Parallax.Contracts;

namespace Parallax.Contracts.Tests.Data;

public sealed class ClipSpecTests
{
    private static readonly VideoInfo Ten = new(10, 1.0, new(4, 4));   // ten frames of a tenth of a second

    [Theory]
    [InlineData(4, 1, 2.0, new[] { 2, 3, 4, 5 })]
    [InlineData(4, 3, 0.0, new[] { 0, 3, 6, 9 })]
    [InlineData(1, 5, 7.0, new[] { 7 })]
    public void Choose_Stride_TakesEveryNthFrame(int frames, int stride, double start, int[] expected) =>
        Assert.Equal(expected, Choose(new(frames) { Stride = stride }, Ten, start));

    [Theory]
    [InlineData(ShortVideo.Loop, new[] { 6, 8, 0, 2, 4 })]          // frames 10, 12, 14 of a video that goes on from its start
    [InlineData(ShortVideo.RepeatClip, new[] { 6, 8, 6, 8, 6 })]
    [InlineData(ShortVideo.RepeatFirst, new[] { 6, 6, 6, 6, 8 })]
    [InlineData(ShortVideo.RepeatLast, new[] { 6, 8, 9, 9, 9 })]
    [InlineData(ShortVideo.Even, new[] { 1, 3, 5, 7, 9 })]
    public void Choose_TooLong_FillsAsAsked(ShortVideo policy, int[] expected) =>
        Assert.Equal(expected, Choose(new(5) { Stride = 2, Short = policy }, Ten, start: 6));

    [Fact]
    public void Choose_EvenInAVideoOfFewerFrames_RepeatsSome() =>
        Assert.Equal([0, 0, 0, 1, 1, 2], Choose(new(6) { Short = ShortVideo.Even }, new(3, 0.3, new(4, 4)), start: 0));

    [Fact]
    public void Choose_Seconds_SpreadsFramesOverTheWindow()
    {
        var clip = new ClipSpec(4) { Seconds = 0.8 };

        Assert.Equal(8, clip.Covers(Ten));
        Assert.Equal([1, 3, 5, 8], Choose(clip, Ten, start: 1));   // 1 + trunc(0, 2.33, 4.67, 7)
    }

    [Fact]
    public void Choose_Rate_CountsAtThatRate()
    {
        var clip = new ClipSpec(4) { Stride = 8, Rate = 30 };           // 32/30 s
        var video = new VideoInfo(100, 100 / 15.0, new(4, 4));          // at 15 frames per second: 16 of its frames

        Assert.Equal(16, clip.Covers(video), 1e-9);
        Assert.Equal([20, 25, 30, 35], Choose(clip, video, start: 20));
    }

    [Fact]
    public void Choose_VaryingRate_GoesByTime()
    {
        var video = new VideoInfo(6, 6, new(4, 4)) { Times = [0, 0.1, 0.2, 3, 4, 5] };   // three quick frames, then slow ones

        Assert.Equal([0, 2, 3, 5], Choose(new(4) { Seconds = 6 }, video, start: 0));     // at 0, 1.67, 3.33 and 5 s
    }

    [Theory]
    [InlineData(-1.0, 0)]
    [InlineData(0.15, 1)]
    [InlineData(2.9, 2)]
    [InlineData(3.0, 3)]
    [InlineData(99.0, 5)]
    public void FrameAt_VaryingRate_IsTheLastNotLater(double seconds, int frame) =>
        Assert.Equal(frame, new VideoInfo(6, 6, new(4, 4)) { Times = [0, 0.1, 0.2, 3, 4, 5] }.FrameAt(seconds));

    [Fact]
    public void FrameAt_EvenRate_InvertsTimeOf()
    {
        var video = new VideoInfo(1000, 1000 / 29.97, new(4, 4));

        Assert.All(Enumerable.Range(0, 1000), frame => Assert.Equal(frame, video.FrameAt(video.TimeOf(frame))));
    }

    private static int[] Choose(ClipSpec clip, VideoInfo video, double start)
    {
        var frames = new int[clip.Frames];
        clip.Choose(video, start, frames);

        return frames;
    }
}
