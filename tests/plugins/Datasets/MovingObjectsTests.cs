using Parallax.Contracts;
using Parallax.Plugins.Datasets;

namespace Parallax.Plugins.Tests.Datasets;

public sealed class MovingObjectsTests
{
    private static readonly MovingObjectsOptions Small = new() { Count = 80, TestCount = 20, Classes = 4, Mean = [0, 0, 0], Std = [1, 1, 1] };

    [Fact]
    public void Read_IsTheMiddleFrame()
    {
        using var data = Open(Small with { Frames = 10 }, DatasetSplit.Test);
        var (clip, image) = (new ClipBuffer(), new ImageBuffer());

        data.Read(3, image);
        data.ReadFrames(3, [5], clip);

        Assert.Equal(clip[0].Pixels.ToArray(), image.Pixels.ToArray());
        Assert.Equal((10, 10 / 12.0, new ImageSize(32, 32)), (data.Video(3).Frames, data.Video(3).Seconds, data.Video(3).Size));
    }

    [Fact]
    public void ReadFrames_InAnyOrderAndSource_AreTheSamePictures()
    {
        using var one = Open(Small);
        using var other = Open(Small with { Count = 1_000 });
        var (clip, again) = (new ClipBuffer(), new ClipBuffer());

        one.ReadFrames(17, [2, 3, 9], clip);
        other.ReadFrames(17, [9, 2, 2], again);

        Assert.Equal(clip[2].Pixels.ToArray(), again[0].Pixels.ToArray());
        Assert.Equal(clip[0].Pixels.ToArray(), again[1].Pixels.ToArray());
        Assert.Equal(clip[0].Pixels.ToArray(), again[2].Pixels.ToArray());
        Assert.NotEqual(clip[0].Pixels.ToArray(), clip[1].Pixels.ToArray());
    }

    [Fact]
    public void Label_ShapeOrDirection_AreBalancedAndIndependent()
    {
        using var shapes = Open(Small);
        using var directions = Open(Small with { Label = VideoLabel.Direction });

        var pairs = Enumerable.Range(0, 80).Select(i => (shapes.Label(i), directions.Label(i))).GroupBy(pair => pair).Select(pair => pair.Count());

        Assert.Equal(Enumerable.Repeat(5, 16), pairs);
        Assert.Equal(["right", "left", "down", "up"], directions.Info.Classes);
        Assert.Equal(4, shapes.Info.Classes.Distinct().Count());
        Assert.NotEqual(shapes.Info.Digest, directions.Info.Digest);
    }

    [Theory]
    [InlineData(0, 1, 0)]
    [InlineData(1, -1, 0)]
    [InlineData(2, 0, 1)]
    [InlineData(3, 0, -1)]
    public void Mask_OfADirection_MovesByOneToTwoPixelsThatWay(int direction, int right, int down)
    {
        using var data = Open(Small with { Label = VideoLabel.Direction, Size = 64 });
        for (var video = direction * 4; video < 80; video += 16)
        {
            var (from, to) = (Mask(data, video, 4), Mask(data, video, 5));

            var (along, share) = Enumerable.Range(-6, 13).Select(pixels => (pixels, Agreement(from.roll([down * pixels, right * pixels], [0, 1]), to)))
                .MaxBy(shift => shift.Item2);

            Assert.Equal(direction, data.Label(video));
            Assert.InRange(along, 1, 4);   // of 64 pixels; the direction may be 20 degrees off
            Assert.InRange(share, 0.4, 1);
        }
    }

    [Fact]
    public void Mask_IsWhereTheObjectIs_AndSmallerThanTheBackground()
    {
        using var data = Open(Small);

        var shares = Enumerable.Range(0, 80).Select(video => (double)Mask(data, video, 12).mean().item<float>()).ToList();

        Assert.All(shares, share => Assert.InRange(share, 0.01, 0.35));
        Assert.InRange(shares.Average(), 0.05, 0.2);
    }

    private static double Agreement(Tensor a, Tensor b) => ((a * b).sum() / maximum(a, b).sum()).item<float>();

    private static MovingObjectDataset Open(MovingObjectsOptions options, DatasetSplit split = DatasetSplit.Train) =>
        (MovingObjectDataset)new MovingObjectsSource(options).Open(split);

    private static Tensor Mask(MovingObjectDataset data, long video, int frame)
    {
        var side = data.Info.Size!.Value.Height;

        return tensor(data.Mask(video, frame).Select(pixel => pixel ? 1f : 0).ToArray()).view(side, side);
    }
}
