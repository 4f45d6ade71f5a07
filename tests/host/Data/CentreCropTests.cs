using Microsoft.Extensions.Logging.Abstractions;
using Parallax.Contracts;
using Parallax.Host.Data;

namespace Parallax.Host.Tests.Data;

public sealed class CentreCropTests
{
    [Theory]
    [InlineData(ImageFit.Crop, 1f, 2f)]                       // the middle two columns
    [InlineData(ImageFit.Squash, 5f / 7, 16f / 7)]            // (3 x 0 + 3 x 1 + 1 x 2) / 7, and from the other end
    [InlineData(ImageFit.ResizedSquash, 5f / 7, 16f / 7)]     // the shorter side is 2 already
    public void Resize_FourColumns_BecomeTwoByTheirFit(ImageFit fit, float left, float right)
    {
        var pixels = Fitted(fit, side: 2, shorterSide: 2);

        Assert.Equal([left, right, left, right], pixels, (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Fact]
    public void Resize_ResizedSquash_ResizesTwice()
    {
        var image = Columns();
        TriangleResize.Apply(image, new(4, 8));   // in proportion
        TriangleResize.Apply(image, new(2, 2));

        Assert.Equal(image.Pixels.ToArray(), Fitted(ImageFit.ResizedSquash, side: 2, shorterSide: 4));
        Assert.NotEqual(Fitted(ImageFit.Squash, side: 2, shorterSide: 4), Fitted(ImageFit.ResizedSquash, side: 2, shorterSide: 4));
    }

    [Theory]
    [InlineData(ImageFit.Crop, 32)]
    [InlineData(ImageFit.Squash, 28)]
    [InlineData(ImageFit.ResizedSquash, 32)]
    public void Batches_Fit_SaysHowSmallAnImageMayBeDecoded(ImageFit fit, int smallest)
    {
        var data = new FakeDataset(4) { Size = new(400, 600) };
        using var loader = new EvaluationLoader(
            data, side: 14, new(BatchSize: 4), NullLogger.Instance, resize: 16, views: EvaluationViews.Image with { Fit = fit });

        Assert.Equal([4, 3, 14, 14], Assert.Single(loader.Batches().Select(batch => batch.Shape(0))));
        Assert.Equal(smallest, data.LastSmallestSide);
    }

    private static ImageBuffer Columns()
    {
        var image = new ImageBuffer();
        image.Resize(1, 2, 4);
        foreach (var (place, _) in image.Pixels.ToArray().Index())
        {
            image.Pixels[place] = place % 4;
        }

        return image;
    }

    private static float[] Fitted(ImageFit fit, int side, int shorterSide)
    {
        var (image, target) = (Columns(), new float[side * side]);
        var crop = new CentreCrop(
            new("columns", DatasetSplit.Test, 1, [], 1, new(2, 4), [0], [1], "00000000", "memory"), side, shorterSide, fit);
        crop.Resize(image);
        crop.Crop(image, target, CropPlace.Middle);

        return target;
    }
}
