using Parallax.Contracts;
using Parallax.Plugins.Datasets;

namespace Parallax.Plugins.Tests.Datasets;

public sealed class MovingShapesTests
{
    private const int Size = 16;

    private readonly MovingShapesSource _source = new(new() { Count = 20, TestCount = 8, Size = Size, Frames = 10, Mean = [0, 0, 0], Std = [1, 1, 1] });

    [Theory]
    [InlineData(0, 1, 0)]
    [InlineData(1, -1, 0)]
    [InlineData(2, 0, 1)]
    [InlineData(3, 0, -1)]
    public void ReadFrames_OfADirection_MoveByWholePixels(int video, int right, int down)
    {
        using var data = (IVideoDataset)_source.Open(DatasetSplit.Train);
        var clip = new ClipBuffer();

        data.ReadFrames(video, [0, 1, 5], clip);

        var frames = Enumerable.Range(0, 3).Select(t => tensor(clip[t].Pixels.ToArray()).view(3, Size, Size)).ToArray();
        var speed = Enumerable.Range(1, 3).Single(pixels => Moved(pixels).eq(frames[1]).all().item<bool>());
        Assert.True(Moved(5 * speed).eq(frames[2]).all().item<bool>());
        Assert.Equal(video, data.Label(video));

        Tensor Moved(int pixels) => frames[0].roll([down * pixels, right * pixels], [1, 2]);
    }

    [Fact]
    public void Read_IsTheMiddleFrame()
    {
        using var data = (IVideoDataset)_source.Open(DatasetSplit.Test);
        var (clip, image) = (new ClipBuffer(), new ImageBuffer());

        data.Read(3, image);
        data.ReadFrames(3, [5], clip);

        Assert.Equal(clip[0].Pixels.ToArray(), image.Pixels.ToArray());
        Assert.Equal((10, 10 / 12.0), (data.Video(3).Frames, data.Video(3).Seconds));
    }

    [Fact]
    public void Open_OtherSplitOrFrames_HaveAnotherDigest()
    {
        using var train = _source.Open(DatasetSplit.Train);
        using var test = _source.Open(DatasetSplit.Test);
        using var longer = new MovingShapesSource(new() { Count = 20, Size = Size, Frames = 11, Mean = [0, 0, 0], Std = [1, 1, 1] }).Open(DatasetSplit.Train);

        Assert.Equal(3, new[] { train, test, longer }.Select(data => data.Info.Digest).Distinct().Count());
    }
}
