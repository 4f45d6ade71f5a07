using System.Text.Json;
using System.Text.Json.Serialization;
using Parallax.Contracts;
using Parallax.Plugins.Augmentations;

namespace Parallax.Plugins.Tests.Augmentations;

/// <summary>Every augmentation computes what torchvision 0.14 computes from the same decisions.</summary>
public sealed class TorchvisionValuesTests
{
    // Both compute in float32, in different orders: a few units in the last place of values up to 1, more where a hue is divided by a small chroma.
    private const double Tolerance = 3e-6;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    public static TheoryData<string> Cases => new(TorchvisionReference.Values.Select(c => c.Name));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Apply_SameDecisions_EqualsTorchvision(string name)
    {
        var expected = TorchvisionReference.Values.Single(c => c.Name == name);
        var augmentation = Create(expected.Augmentation, expected.Options, expected.Input.Channels);
        var image = expected.Input.Copy();

        augmentation.Apply(image, expected.Parameters);

        Assert.Equal((expected.Size[0], expected.Size[1], expected.Size[2]), (image.Channels, image.Height, image.Width));
        for (var i = 0; i < expected.Output.Length; i++)
        {
            var difference = Math.Abs(expected.Output[i] - image.Pixels[i]);
            Assert.True(difference <= Tolerance, $"value {i}: expected {expected.Output[i]}, got {image.Pixels[i]}, tolerance {Tolerance}");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void OutputSize_SameDecisions_IsSizeOfResult(string name)
    {
        var expected = TorchvisionReference.Values.Single(c => c.Name == name);
        var augmentation = Create(expected.Augmentation, expected.Options, expected.Input.Channels);

        var size = augmentation.OutputSize(expected.Input.Size, expected.Parameters);

        Assert.Equal(new ImageSize(expected.Size[1], expected.Size[2]), size);
    }

    private static IAugmentation Create(string name, JsonElement options, int channels) => name switch
    {
        "random-resized-crop" => new RandomResizedCrop(options.Deserialize<RandomResizedCropOptions>(Json)!),
        "resize" => new Resize(options.Deserialize<ResizeOptions>(Json)!),
        "center-crop" => new CenterCrop(options.Deserialize<CenterCropOptions>(Json)!),
        "random-crop" => new RandomCrop(options.Deserialize<RandomCropOptions>(Json)!),
        "horizontal-flip" => new HorizontalFlip(options.Deserialize<HorizontalFlipOptions>(Json)!),
        "vertical-flip" => new VerticalFlip(options.Deserialize<VerticalFlipOptions>(Json)!),
        "color-jitter" => new ColorJitter(options.Deserialize<ColorJitterOptions>(Json)!),
        "grayscale" => new Grayscale(options.Deserialize<GrayscaleOptions>(Json)!),
        "gaussian-blur" => new GaussianBlur(options.Deserialize<GaussianBlurOptions>(Json)!),
        "solarize" => new Solarize(options.Deserialize<SolarizeOptions>(Json)!),
        "auto-augment" => new AutoAugment(options.Deserialize<AutoAugmentOptions>(Json)!),
        "normalize" => new Normalize(options.Deserialize<NormalizeOptions>(Json)!, Runs.With(channels)),
        _ => throw new ArgumentException($"The reference file names '{name}', which this test cannot create.", nameof(name)),
    };
}
