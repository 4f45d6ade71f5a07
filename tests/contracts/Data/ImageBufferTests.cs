using Parallax.Contracts;

namespace Parallax.Contracts.Tests.Data;

/// <summary>One buffer serves image after image without allocating.</summary>
public sealed class ImageBufferTests
{
    [Fact]
    public void Plane_OfThree_IsPartOfPixels()
    {
        var image = new ImageBuffer();
        image.Resize(3, 2, 4);
        for (var i = 0; i < image.Pixels.Length; i++)
        {
            image.Pixels[i] = i;
        }

        Assert.Equal([8, 9, 10, 11, 12, 13, 14, 15], image.Plane(1).ToArray());
        Assert.Equal(new ImageSize(2, 4), image.Size);
    }

    [Fact]
    public void SwapBack_AfterWriting_MakesBackTheImage()
    {
        var image = new ImageBuffer();
        image.Resize(1, 2, 2);
        image.Pixels.Fill(1);

        image.Back(3, 1, 2).Fill(2);

        Assert.Equal([1, 1, 1, 1], image.Pixels.ToArray());   // readable while the back is written
        image.SwapBack();
        Assert.Equal((3, 1, 2), (image.Channels, image.Height, image.Width));
        Assert.Equal([2, 2, 2, 2, 2, 2], image.Pixels.ToArray());
    }

    [Fact]
    public void Scratch_BesideImage_LeavesPixelsAlone()
    {
        var image = new ImageBuffer();
        image.Resize(1, 1, 2);
        image.Pixels.Fill(3);
        image.Back(1, 1, 2).Fill(4);

        image.Scratch(10).Fill(9);

        Assert.Equal([3, 3], image.Pixels.ToArray());
        image.SwapBack();
        Assert.Equal([4, 4], image.Pixels.ToArray());
    }

    [Fact]
    public void Resize_WithinGrownSize_AllocatesNothing()
    {
        var image = new ImageBuffer();
        void Use(int side)
        {
            image.Resize(3, side, side);
            image.Back(3, side, side);
            image.SwapBack();
            image.Scratch(side);
        }

        Use(50);
        Use(50);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var side = 1; side <= 50; side++)
        {
            Use(side);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void CopyFrom_Other_CopiesShapeAndPixels()
    {
        var (source, copy) = (new ImageBuffer(), new ImageBuffer());
        source.Resize(1, 2, 3);
        source.Pixels.Fill(0.5f);

        copy.CopyFrom(source);
        source.Pixels.Fill(0.75f);

        Assert.Equal(source.Size, copy.Size);
        Assert.Equal(Enumerable.Repeat(0.5f, 6), copy.Pixels.ToArray());
    }

    [Fact]
    public void FullSize_OfASmallerImage_LastsUntilTheNextShape()
    {
        var (image, copy) = (new ImageBuffer(), new ImageBuffer());
        image.Resize(1, 2, 3);
        Assert.Equal(new ImageSize(2, 3), image.FullSize);

        image.FullSize = new(4, 6);
        copy.CopyFrom(image);
        image.Back(1, 1, 1);

        Assert.Equal((new ImageSize(4, 6), new ImageSize(4, 6)), (image.FullSize, copy.FullSize));
        image.SwapBack();
        copy.Resize(1, 2, 3);
        Assert.Equal((new ImageSize(1, 1), new ImageSize(2, 3)), (image.FullSize, copy.FullSize));
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(1, -1, 1)]
    [InlineData(1, 1, 0)]
    public void Resize_SideNotPositive_IsRefused(int channels, int height, int width)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageBuffer().Resize(channels, height, width));
    }

    [Fact]
    public void Resize_BeyondInt_IsRefused()
    {
        Assert.Throws<OverflowException>(() => new ImageBuffer().Resize(3, 60_000, 60_000));
    }

    [Theory]
    [InlineData(11)]
    [InlineData(13)]
    public void Bytes_MoreOrFewerThanPixels_AreRefused(int length)
    {
        var image = new ImageBuffer();
        image.Resize(3, 2, 2);

        Assert.Throws<ArgumentException>(() => image.WriteBytes(new byte[length]));
        Assert.Throws<ArgumentException>(() => image.ReadBytes(new byte[length]));
    }
}
