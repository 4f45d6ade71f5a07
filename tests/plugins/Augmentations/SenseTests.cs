using Parallax.Contracts;
using Parallax.Plugins.Augmentations;

namespace Parallax.Plugins.Tests.Augmentations;

/// <summary>Height is not width, up is not left, and every probability is its own: images and ratios that are not square.</summary>
public sealed class SenseTests
{
    private const int Draws = 20_000;

    [Theory]
    [InlineData(3, 3)]
    [InlineData(0.2, 0.3)]
    public void RandomResizedCrop_Ratio_IsWidthOverHeight(double min, double max)
    {
        var crop = new RandomResizedCrop(new() { ScaleMin = 0.1, ScaleMax = 0.12, RatioMin = min, RatioMax = max });

        AssertRatios(seed => crop.Draw(new(1200, 900), seed), min, max);
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(0.2, 0.3)]
    public void ConstrainedCrop_Ratio_IsWidthOverHeight(double min, double max)
    {
        ConstrainedCropOptions options = new()
        {
            ScaleMin = 0.1, ScaleMax = 0.12, RatioMin = min, RatioMax = max, MinOverlap = 0.01, AnchorScaleMin = 0.2, AnchorScaleMax = 0.22,
        };
        var crop = new ConstrainedCrop(options);

        AssertRatios(seed => crop.Draw(new(1200, 900), seed, view: 3), min, max);
    }

    [Theory]
    [InlineData(10, 40, 0, 13, 10, 13)]    // too wide: all of the height, 4/3 of it as width, in the middle of 27 free columns
    [InlineData(40, 10, 13, 0, 13, 10)]    // too tall: all of the width, 4/3 of it as height
    public void RandomResizedCrop_NoTryFits_TakesTheLargestCentralBox(int height, int width, int top, int left, int boxHeight, int boxWidth)
    {
        var crop = new RandomResizedCrop(new() { ScaleMin = 9, ScaleMax = 9 });

        Assert.Equal([top, left, boxHeight, boxWidth], crop.Draw(new(height, width), seed: 1));
    }

    [Fact]
    public void RandomResizedCrop_Places_CoverTheWholeImage()
    {
        var crop = new RandomResizedCrop(new() { ScaleMin = 0.1, ScaleMax = 0.1, RatioMin = 1, RatioMax = 1 });   // 19 x 19 of 20 x 180

        var boxes = Enumerable.Range(0, Draws).Select(seed => crop.Draw(new(20, 180), seed)).ToArray();

        Assert.Equal((0f, 1f), (boxes.Min(box => box[0]), boxes.Max(box => box[0])));
        Assert.Equal((0f, 161f), (boxes.Min(box => box[1]), boxes.Max(box => box[1])));
    }

    [Fact]
    public void RandomCrop_Places_ReachEachBorderOfAnOblongImage()
    {
        var crop = new RandomCrop(new() { Size = 8, Padding = 2 });

        var places = Enumerable.Range(0, Draws).Select(seed => crop.Draw(new(8, 30), seed)).ToArray();

        Assert.Equal((-2f, 2f), (places.Min(place => place[0]), places.Max(place => place[0])));
        Assert.Equal((-2f, 24f), (places.Min(place => place[1]), places.Max(place => place[1])));
    }

    [Fact]
    public void Apply_OneBrightPixel_GoesWhereItMust()
    {
        // row 1, column 3 of 4 rows and 6 columns
        Assert.Equal((1, 2, 4, 6), Brightest(new HorizontalFlip(new()), 1));
        Assert.Equal((2, 3, 4, 6), Brightest(new VerticalFlip(new()), 1));
        Assert.Equal((1, 2, 4, 4), Brightest(new CenterCrop(new() { Size = 4 })));              // columns 1 to 4 stay
        Assert.Equal((0, 1, 2, 2), Brightest(new RandomCrop(new() { Size = 2, Padding = 0 }), 1, 2));
        Assert.Equal((3, 1, 5, 5), Brightest(new RandomCrop(new() { Size = 5, Padding = 2 }), -2, 2));   // two black rows above
        Assert.Equal((0, 1, 2, 2), Brightest(new RandomResizedCrop(new() { Size = 2 }), 1, 2, 2, 2));
        Assert.Equal((0, 1, 2, 2), Brightest(new ConstrainedCrop(new() { Size = 2 }), 1, 2, 2, 2));
        Assert.Equal((2, 6, 8, 12), Brightest(new Resize(new() { Size = 8 })));                 // the shorter side gets 8; the first of four equal pixels
    }

    [Fact]
    public void Apply_Blur_SpreadsAlikeInBothDirections()
    {
        var image = Images.Of(1, 9, 11, new float[99]);
        image.Plane(0)[(4 * 11) + 5] = 1;

        new GaussianBlur(new()).Apply(image, [1.2f]);

        var (up, left, diagonal) = (image.Plane(0)[(3 * 11) + 5], image.Plane(0)[(4 * 11) + 4], image.Plane(0)[(3 * 11) + 4]);
        Assert.Equal(up, left, tolerance: 1e-6f);
        Assert.Equal(Math.Exp(-0.5 / (1.2 * 1.2)), up / image.Plane(0)[(4 * 11) + 5], tolerance: 1e-4);   // one pixel away
        Assert.Equal(Math.Exp(-1.0 / (1.2 * 1.2)), diagonal / image.Plane(0)[(4 * 11) + 5], tolerance: 1e-4);
    }

    [Fact]
    public void Apply_Solarize_InvertsWhatReachesTheThreshold()
    {
        var image = Images.Of(1, 1, 4, 0.25f, 0.75f, 0.625f, 1f);

        new Solarize(new() { Threshold = 0.75 }).Apply(image, [1]);

        Assert.Equal([0.25f, 0.25f, 0.625f, 0f], image.Pixels.ToArray());
    }

    [Fact]
    public void Apply_Jitter_FollowsTheDrawnOrder()
    {
        // by hand: twice as bright then half as saturated clips red first; the other way round nothing is clipped; grey is 0.299 of red
        Assert.Equal([0.65f, 0.15f, 0.15f], Jittered(0, 2, 1, 3), (a, b) => Math.Abs(a - b) < 1e-3);
        Assert.Equal([0.779f, 0.179f, 0.179f], Jittered(2, 0, 1, 3), (a, b) => Math.Abs(a - b) < 1e-3);

        static float[] Jittered(params float[] order)
        {
            var image = Images.Of(3, 1, 1, 0.6f, 0f, 0f);
            new ColorJitter(new()).Apply(image, [.. order, 2, 1, 0.5f, 0]);

            return image.Pixels.ToArray();
        }
    }

    [Fact]
    public void Apply_Grayscale_WeighsTheChannelsAsLuma()
    {
        foreach (var (channel, weight) in new[] { (0, 0.2989f), (1, 0.587f), (2, 0.114f) })
        {
            var image = Images.Of(3, 1, 1, new float[3]);
            image.Pixels[channel] = 1;

            new Grayscale(new()).Apply(image, [1]);

            Assert.All(image.Pixels.ToArray(), value => Assert.Equal(weight, value, tolerance: 1e-3f));
        }
    }

    [Fact]
    public void JitterOrAutoAugment_EveryPart_HasItsOwnProbability()
    {
        var augmentation = new JitterOrAutoAugment(new()
        {
            AutoAugmentShare = 0.35, JitterProbability = 0.7, GrayscaleProbability = 0.15, BlurProbability = 0.9, Hue = 0, Contrast = 0, Saturation = 0,
        });

        var rows = Enumerable.Range(0, Draws).Select(seed => augmentation.Draw(new(8, 8), seed)).ToArray();

        AssertShare(0.35, rows.Count(row => row[0] == 1));
        AssertShare(0.7, rows.Count(row => row[9] != 1));     // after four numbers of the policy and the order of four: brightness
        AssertShare(0.15, rows.Count(row => row[13] == 1));
        AssertShare(0.9, rows.Count(row => row[14] != 0));
    }

    [Fact]
    public void PairedColors_EveryPart_HasItsOwnProbability()
    {
        var augmentation = new PairedColors(new()
        {
            OtherClipShare = 1, Share = 0.35, JitterProbability = 0.7, ChannelProbability = 0.15, BlurProbability = 0.9, Hue = 0, Contrast = 0, Saturation = 0,
        });

        var rows = Enumerable.Range(0, Draws).Select(seed => augmentation.Draw(new(8, 8), seed)).ToArray();

        AssertShare(0.35, rows.Count(row => row[0] == 1));
        AssertShare(0.15, rows.Count(row => row[1] == 1));
        Assert.All(Enumerable.Range(0, 3), channel => AssertShare(1 / 3.0, rows.Count(row => row[2] == channel)));
        AssertShare(0.7, rows.Count(row => row[7] != 1));     // after three numbers and the order of four: brightness
        AssertShare(0.9, rows.Count(row => row[11] != 0));
    }

    [Fact]
    public void PairedColors_SameClip_ChangesOneOfTheTwoViews()
    {
        var views = Enumerable.Range(0, 2).Select(view => new PairedColors(new() { View = view, OtherClipShare = 0, Share = 1 })).ToArray();

        var rows = Enumerable.Range(0, Draws).Select(sample => views.Select((step, view) => Changed(step, sample, view)).ToArray()).ToArray();

        Assert.All(rows, row => Assert.NotEqual(row[0], row[1]));
        AssertShare(0.5, rows.Count(row => row[0]));

        static bool Changed(PairedColors step, int sample, int view)
        {
            var random = new CounterRandom(seed: 3, epoch: 1, sample, view);
            var parameters = new float[step.ParameterCount];
            step.Draw(ref random, new(8, 8), parameters);

            return parameters[0] == 1;
        }
    }

    [Theory]
    [InlineData(0, new[] { 0.25f, 0.5f, 0.75f })]
    [InlineData(1, new[] { 0.5f, 0.5f, 0.5f })]
    public void PairedColors_Apply_KeepsTheDrawnChannelOfChangedViews(float changed, float[] expected)
    {
        var image = Images.Of(3, 1, 1, 0.25f, 0.5f, 0.75f);

        new PairedColors(new()).Apply(image, [changed, 1, 1, 0, 1, 2, 3, 1, 1, 1, 0, 0]);

        Assert.Equal(expected, image.Pixels.ToArray());
    }

    [Fact]
    public void AutoAugment_Probability_IsShareOfImagesThatMayChange()
    {
        Assert.Equal(0, Changed(0));
        AssertShare(0.3 * Changed(1) / Draws, Changed(0.3));

        static int Changed(double probability)
        {
            var augmentation = new AutoAugment(new() { Probability = probability });

            return Enumerable.Range(0, Draws).Count(seed => augmentation.Draw(new(8, 8), seed) is var row && (row[0] != 0 || row[2] != 0));
        }
    }

    [Fact]
    public void GaussianBlur_Sigma_IsUniformBetweenItsBounds()
    {
        var blur = new GaussianBlur(new() { SigmaMin = 0.5, SigmaMax = 3, Probability = 1 });

        var sigmas = Enumerable.Range(0, Draws).Select(seed => (double)blur.Draw(new(8, 8), seed)[0]).ToArray();

        Assert.InRange(sigmas.Min(), 0.5, 0.51);
        Assert.InRange(sigmas.Max(), 2.99, 3);
        Assert.Equal(1.75, sigmas.Average(), tolerance: 0.03);
        AssertShare(0.5, sigmas.Count(sigma => sigma < 1.75));
    }

    private static void AssertRatios(Func<int, float[]> draw, double min, double max)
    {
        var ratios = Enumerable.Range(0, 500).Select(seed => draw(seed) is var box ? (double)box[3] / box[2] : 0).ToArray();

        Assert.All(ratios, ratio => Assert.InRange(ratio, min * 0.98, max * 1.02));   // whole pixels
        Assert.InRange(ratios.Min(), min * 0.98, min * 1.02);
        Assert.InRange(ratios.Max(), max * 0.98, max * 1.02);
    }

    private static void AssertShare(double expected, int count)
    {
        var error = 5 * Math.Sqrt(expected * (1 - expected) / Draws);   // five standard errors; the seeds are fixed

        Assert.InRange((double)count / Draws, expected - error, expected + error);
    }

    /// <summary>Row, column, height and width after the augmentation of an image of 4 rows and 6 columns with one bright pixel in row 1, column 3.</summary>
    private static (int Row, int Column, int Height, int Width) Brightest(IAugmentation augmentation, params float[] decisions)
    {
        var image = Images.Of(1, 4, 6, new float[24]);
        image.Plane(0)[(1 * 6) + 3] = 1;

        augmentation.Apply(image, decisions);

        var pixels = image.Plane(0)[..(image.Height * image.Width)].ToArray();
        var place = Array.IndexOf(pixels, pixels.Max());

        return (place / image.Width, place % image.Width, image.Height, image.Width);
    }
}
