using System.ComponentModel.DataAnnotations;
using Parallax.Contracts;
using Parallax.Plugins.Augmentations;

namespace Parallax.Plugins.Tests.Augmentations;

/// <summary>Small images worked out by hand, and options that must be refused.</summary>
public sealed class HandValueTests
{
    [Fact]
    public void Apply_HorizontalFlip_ReversesRows()
    {
        var image = Images.Of(1, 2, 3, 0f, 0.1f, 0.2f, 0.3f, 0.4f, 0.5f);

        new HorizontalFlip(new()).Apply(image, [1]);

        Assert.Equal([0.2f, 0.1f, 0f, 0.5f, 0.4f, 0.3f], image.Pixels.ToArray());
    }

    [Fact]
    public void Apply_CropToHalf_AveragesWithTriangle()
    {
        var image = Images.Of(1, 1, 4, 0f, 1f, 1f, 0f);

        new RandomResizedCrop(new() { Size = 2 }).Apply(image, [0, 0, 1, 4]);

        // window of output 0: pixels 0, 1, 2 at distances 1/4, 1/4, 3/4 of the half width: weights 3, 3, 1 of 7
        Assert.Equal(4.0 / 7, image.Plane(0)[0], tolerance: 1e-6);
        Assert.Equal(4.0 / 7, image.Plane(0)[1], tolerance: 1e-6);
    }

    [Theory]
    [InlineData(false, 2, 4)]
    [InlineData(true, 2, 2)]
    public void Apply_Resize_KeepsTheShapeUnlessSquare(bool square, int height, int width)
    {
        var (image, resize) = (Images.Of(1, 1, 2, 0f, 1f), new Resize(new() { Size = 2, Square = square }));

        Assert.Equal(new ImageSize(height, width), resize.OutputSize(image.Size, []));
        resize.Apply(image, []);

        Assert.Equal(new ImageSize(height, width), image.Size);
        Assert.Equal(square ? [0f, 1f, 0f, 1f] : [0f, 0.25f, 0.75f, 1f, 0f, 0.25f, 0.75f, 1f], image.Pixels.ToArray());
    }

    [Fact]
    public void Apply_BrightnessAboveOne_IsClipped()
    {
        var image = Images.Of(1, 1, 2, 0.25f, 0.75f);

        new ColorJitter(new()).Apply(image, [0, 1, 2, 3, 2, 1, 1, 0]);

        Assert.Equal([0.5f, 1f], image.Pixels.ToArray());
    }

    [Fact]
    public void Apply_ThirdOfCircle_TurnsRedIntoGreen()
    {
        var image = Images.Of(3, 1, 1, 1f, 0f, 0f);

        new ColorJitter(new()).Apply(image, [0, 1, 2, 3, 1, 1, 1, 1f / 3]);

        Assert.Equal(0, image.Pixels[0], tolerance: 1e-6f);
        Assert.Equal(1, image.Pixels[1], tolerance: 1e-6f);
        Assert.Equal(0, image.Pixels[2], tolerance: 1e-6f);
    }

    [Theory]
    [InlineData(0, 0, 0, 0, 0, 0, 0, 0.6f, 0.3f, 0.45f)]           // nothing changes
    [InlineData(0, 1, 0, 0, 0, 0, 0, 0.6f, 0.45f, 0.525f)]         // saturation a half becomes a quarter
    [InlineData(0, 0, 1, 0, 0, 0, 0, 0.36f, 0.18f, 0.27f)]         // value 0.6 becomes 0.36
    [InlineData(0, 0, 0, 1, 0, 0, 0, 0.6f, 0f, 0.3f)]              // saturation twice as large
    [InlineData(0, 0, 0, 0, -1, 0, 0, 0.3f, 0.15f, 0.225f)]        // value half as large
    [InlineData(0, 0, 0, 0, 0, -0.5f, 0.1f, 0.7f, 0.7f, 0.7f)]     // no saturation, value 0.7
    [InlineData(1f / 3, 0, 0, 0, 0, 0, 0, 0.45f, 0.6f, 0.3f)]      // a third of the circle
    public void Apply_HsvNoise_IsPowerThenFactorThenShift(
        float hue, float powerS, float powerV, float factorS, float factorV, float shiftS, float shiftV, float red, float green, float blue)
    {
        var image = Images.Of(3, 1, 2, 0.6f, 0f, 0.3f, 0f, 0.45f, 0f);   // and a black pixel

        new HsvNoise(new()).Apply(image, [hue, powerS, powerV, factorS, factorV, shiftS, shiftV]);

        Assert.Equal(red, image.Pixels[0], tolerance: 1e-5f);
        Assert.Equal(green, image.Pixels[2], tolerance: 1e-5f);
        Assert.Equal(blue, image.Pixels[4], tolerance: 1e-5f);
        Assert.Equal(Math.Max(shiftV, 0), image.Pixels[1], tolerance: 1e-5f);
    }

    [Fact]
    public void Apply_Lighting_ShiftsEachColour_AndClips()
    {
        var image = Images.Of(3, 1, 2, 0.5f, 0.95f, 0.5f, 0f, 0.5f, 0.25f);

        new Lighting(new()).Apply(image, [0.1f, -0.2f, 0.3f]);

        Assert.Equal([0.6f, 1f, 0.3f, 0f, 0.8f, 0.55f], image.Pixels.ToArray(), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void Draw_Lighting_IsAlongThePrincipalComponents()
    {
        var numbers = new CounterRandom(3, 0, 0, 0);
        double[] along = new double[3];
        foreach (ref var amount in along.AsSpan())
        {
            amount = 0.5 * Math.Sqrt(-2 * Math.Log(1 - numbers.NextDouble())) * Math.Cos(2 * Math.PI * numbers.NextDouble());
        }

        var (random, row) = (new CounterRandom(3, 0, 0, 0), new float[3]);
        new Lighting(new() { Deviation = 0.5 }).Draw(ref random, new(4, 4), row);

        Assert.Equal((-0.5675 * 0.2175 * along[0]) + (0.7192 * 0.0188 * along[1]) + (0.4009 * 0.0045 * along[2]), row[0], 1e-6);
        Assert.Equal((-0.5808 * 0.2175 * along[0]) - (0.0045 * 0.0188 * along[1]) - (0.8140 * 0.0045 * along[2]), row[1], 1e-6);
        Assert.Equal((-0.5836 * 0.2175 * along[0]) - (0.6948 * 0.0188 * along[1]) + (0.4203 * 0.0045 * along[2]), row[2], 1e-6);
        Assert.Equal(numbers.NextDouble(), random.NextDouble());   // six numbers of both
    }

    [Fact]
    public void Apply_NormalizeWithoutOptions_TakesDataSetStatistics()
    {
        var normalize = new Normalize(new(), Runs.With(2, mean: [0.5, 0.25], std: [0.5, 0.125]));
        var image = Images.Of(2, 1, 1, 1f, 0.5f);

        normalize.Apply(image, []);

        Assert.Equal([1f, 2f], image.Pixels.ToArray());
    }

    [Theory]
    [InlineData(0.4914, 0.4822, null)]   // rounded
    [InlineData(0.485, 0.456, "normalize: mean is [0.485, 0.456], but that of ")]
    [InlineData(double.NaN, 0.4822, "normalize: mean is [NaN, 0.4822], but that of ")]
    public void Faults_NormalizeWithOtherNumbersThanTheDataSets_SaysSo(double first, double second, string? fault)
    {
        var run = Runs.With(2, mean: [0.49139, 0.48215], std: [0.247, 0.2435]);

        var faults = new NormalizeOptions { Mean = [first, second], Std = [0.247, 0.2435] }.Faults(run).ToList();

        Assert.Equal(fault is null ? 0 : 1, faults.Count);
        Assert.All(faults, text => Assert.StartsWith(fault!, text, StringComparison.Ordinal));
        Assert.All(faults, text => Assert.EndsWith("Leave mean and std out.", text, StringComparison.Ordinal));
    }

    [Fact]
    public void Constructor_NormalizeForOtherChannels_NamesBothCounts()
    {
        var error = Assert.Throws<ConfigurationException>(() => new Normalize(new() { Mean = [0.1, 0.2, 0.3], Std = [1, 0, 1] }, Runs.With(1)));

        Assert.Equal(3, error.Faults.Count);
        Assert.Contains("mean has 3 numbers [0.1, 0.2, 0.3], but the images of test have 1 channels", error.Message, StringComparison.Ordinal);
        Assert.Contains("every standard deviation must be above 0", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(double.NaN)]
    public void Constructor_NormalizeByNothingAboveZero_SaysSo(double std)
    {
        var error = Assert.Throws<ConfigurationException>(() => new Normalize(new() { Mean = [0.5], Std = [std] }, Runs.With(1)));

        Assert.Contains("every standard deviation must be above 0", Assert.Single(error.Faults), StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_SwappedLimits_AreAllReported()
    {
        var crop = Faults(new RandomResizedCropOptions { ScaleMin = 0.5, ScaleMax = 0.2, RatioMin = 2, RatioMax = 1 });
        var blur = Faults(new GaussianBlurOptions { SigmaMin = 3, SigmaMax = 1, KernelSize = 4 });

        Assert.Equal(["ScaleMin", "RatioMin"], crop);
        Assert.Equal(["SigmaMin", "KernelSize"], blur);
    }

    [Fact]
    public void Validate_Defaults_AreValid()
    {
        object[] defaults =
        [
            new RandomResizedCropOptions(), new ResizeOptions(), new CenterCropOptions(), new RandomCropOptions(), new HorizontalFlipOptions(),
            new VerticalFlipOptions(), new ColorJitterOptions(), new GrayscaleOptions(), new GaussianBlurOptions(), new SolarizeOptions(),
                new NormalizeOptions(),
            new ConstrainedCropOptions(), new SharedCropOptions(), new ShiftedCropOptions(), new AutoAugmentOptions(), new JitterOrAutoAugmentOptions(),
            new HsvNoiseOptions(), new LightingOptions(), new PairedColorsOptions(),
        ];

        Assert.All(defaults, options => Assert.Empty(Faults(options)));
    }

    private static string[] Faults(object options)
    {
        List<ValidationResult> faults = [];
        Validator.TryValidateObject(options, new ValidationContext(options), faults, validateAllProperties: true);

        return [.. faults.SelectMany(f => f.MemberNames)];
    }
}
