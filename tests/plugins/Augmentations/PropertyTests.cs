using Parallax.Contracts;
using Parallax.Plugins.Augmentations;

namespace Parallax.Plugins.Tests.Augmentations;

/// <summary>What holds for every image and every decision.</summary>
public sealed class PropertyTests
{
    private static readonly (int Height, int Width)[] Sizes = [(1, 1), (1, 7), (9, 1), (2, 3), (5, 8), (17, 31), (33, 16)];

    public static TheoryData<string> Names => new(All().Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public void Apply_AnySize_StaysInUnitRange(string name)
    {
        foreach (var (height, width) in Sizes)
        {
            for (var seed = 0; seed < 30; seed++)
            {
                var augmentation = All()[name];
                var image = Images.Random(seed % 2 == 0 ? 3 : 1, height, width, seed);
                var expected = augmentation.OutputSize(image.Size, augmentation.Draw(image.Size, seed));

                augmentation.DrawAndApply(image, seed);

                Assert.Equal(expected, image.Size);
                foreach (var pixel in image.Pixels)
                {
                    Assert.InRange(pixel, 0f, 1f);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Apply_SameRow_GivesSameImage(string name)
    {
        var augmentation = All()[name];
        var (first, second) = (Images.Random(3, 12, 19), Images.Random(3, 12, 19));
        var row = augmentation.DrawAndApply(first, seed: 5);

        augmentation.Apply(second, row);

        Assert.Equal(first.Pixels, second.Pixels);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Apply_WarmBuffer_AllocatesNothing(string name)
    {
        var augmentation = All()[name];
        var (image, original) = (Images.Random(3, 24, 20), Images.Random(3, 24, 20));
        var row = new float[augmentation.ParameterCount];
        void Run(int seed)
        {
            image.CopyFrom(original);
            var random = new CounterRandom(seed, 0, 0, 0);
            augmentation.Draw(ref random, image.Size, row);
            augmentation.Apply(image, row);
        }

        for (var seed = 0; seed < 300; seed++)   // front, back and working memory reach their sizes
        {
            Run(seed);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var seed = 0; seed < 300; seed++)
        {
            Run(seed);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Apply_DecisionsThatChangeNothing_KeepEveryBit()
    {
        var original = Images.Random(3, 14, 11);
        (IAugmentation Augmentation, float[] Row)[] idle =
        [
            (new HorizontalFlip(new()), [0]), (new VerticalFlip(new()), [0]), (new Grayscale(new()), [0]), (new Solarize(new()), [0]),
            (new GaussianBlur(new()), [0]), (new ColorJitter(new()), [2, 0, 3, 1, 1, 1, 1, 0]), (new Resize(new() { Size = 11 }), []),
            (new RandomCrop(new() { Size = 11, Padding = 0 }), [0, 0]), (new RandomResizedCrop(new() { Size = 11 }), [0, 0, 11, 11]),
            (new RandomResizedCrop(new() { Size = 11, Interpolation = Interpolation.Bicubic }), [0, 0, 11, 11]),
            (new ConstrainedCrop(new() { Size = 11 }), [0, 0, 11, 11]), (new SharedCrop(new() { Size = 11 }), [0, 0, 11, 11, 0]),
            (new AutoAugment(new()), [0, 0, 0, 0]), (new PrincipalContrast(new()), [0, 0, 0]), (new RandomRotation(new()), [0]),
        ];
        foreach (var (augmentation, row) in idle)
        {
            var image = original.Copy();

            augmentation.Apply(image, row);

            for (var channel = 0; channel < 3; channel++)
            {
                Assert.Equal(original.Plane(channel)[..image.Plane(channel).Length], image.Plane(channel));
            }
        }
    }

    [Fact]
    public void Apply_FlipTwice_IsIdentity()
    {
        foreach (var (height, width) in Sizes)
        {
            foreach (IAugmentation flip in new IAugmentation[] { new HorizontalFlip(new()), new VerticalFlip(new()) })
            {
                var (original, image) = (Images.Random(3, height, width), Images.Random(3, height, width));

                flip.Apply(image, [1]);
                flip.Apply(image, [1]);

                Assert.Equal(original.Pixels, image.Pixels);
            }
        }
    }

    [Fact]
    public void Apply_BlurOfConstant_IsConstant()
    {
        var blur = new GaussianBlur(new());
        var image = Images.Random(3, 9, 30);
        image.Pixels.Fill(0.75f);

        blur.Apply(image, [1.7f]);

        foreach (var pixel in image.Pixels)
        {
            Assert.Equal(0.75f, pixel, tolerance: 1e-6f);
        }
    }

    [Fact]
    public void Apply_TransposedImage_GivesTransposedResult()
    {
        // 70 columns go through the widest inner loop, 18 through the narrow ones, so each checks the other
        (IAugmentation Augmentation, float[] Row, float[] Transposed)[] symmetric =
        [
            (new GaussianBlur(new()), [1.6f], [1.6f]),
            (new RandomResizedCrop(new() { Size = 41 }), [1, 2, 15, 67], [2, 1, 67, 15]),
            (new RandomResizedCrop(new() { Size = 23, Interpolation = Interpolation.Bicubic }), [1, 2, 15, 67], [2, 1, 67, 15]),
        ];
        foreach (var (augmentation, row, transposedRow) in symmetric)
        {
            var image = Images.Random(3, 18, 70);
            var transposed = image.Transpose();

            augmentation.Apply(image, row);
            augmentation.Apply(transposed, transposedRow);

            var expected = image.Transpose();
            for (var i = 0; i < expected.Pixels.Length; i++)
            {
                Assert.Equal(expected.Pixels[i], transposed.Pixels[i], tolerance: 1e-6f);
            }
        }
    }

    [Fact]
    public void Apply_HueThereAndBack_IsIdentity()
    {
        var jitter = new ColorJitter(new());
        var (original, image) = (Images.Random(3, 20, 20), Images.Random(3, 20, 20));

        jitter.Apply(image, [0, 1, 2, 3, 1, 1, 1, 0.31f]);
        jitter.Apply(image, [0, 1, 2, 3, 1, 1, 1, -0.31f]);

        for (var i = 0; i < image.Pixels.Length; i++)
        {
            Assert.Equal(original.Pixels[i], image.Pixels[i], tolerance: 1e-5f);
        }
    }

    [Fact]
    public void Apply_CropRowOfLargerImage_IsRefused()
    {
        var crop = new RandomResizedCrop(new() { Size = 4 });

        var error = Assert.Throws<ArgumentException>(() => crop.Apply(Images.Random(3, 8, 8), [2, 2, 7, 3]));

        Assert.Contains("outside the image of 8x8", error.Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, IAugmentation> All() => new()
    {
        ["random-resized-crop"] = new RandomResizedCrop(new() { Size = 13 }),
        ["random-resized-crop bicubic"] = new RandomResizedCrop(new() { Size = 6, Interpolation = Interpolation.Bicubic }),
        ["resize"] = new Resize(new() { Size = 7, Interpolation = Interpolation.Bicubic }),
        ["center-crop"] = new CenterCrop(new() { Size = 8 }),
        ["random-crop"] = new RandomCrop(new() { Size = 10, Padding = 2 }),
        ["horizontal-flip"] = new HorizontalFlip(new()),
        ["vertical-flip"] = new VerticalFlip(new()),
        ["color-jitter"] = new ColorJitter(new() { Brightness = 0.8, Contrast = 0.8, Saturation = 0.8, Hue = 0.2 }),
        ["grayscale"] = new Grayscale(new()),
        ["hsv-noise"] = new HsvNoise(new()),
        ["lighting"] = new Lighting(new() { Deviation = 1 }),
        ["gaussian-blur"] = new GaussianBlur(new() { SigmaMax = 4 }),
        ["gaussian-blur wide"] = new GaussianBlur(new() { KernelSize = 23 }),
        ["solarize"] = new Solarize(new() { Probability = 0.5 }),
        ["constrained-crop"] = new ConstrainedCrop(new() { Size = 9 }),
        ["shared-crop"] = new SharedCrop(new() { Size = 9 }),
        ["shifted-crop"] = new ShiftedCrop(new() { Size = 9, MaxShift = 3 }),
        ["cell-crop"] = new CellCrop(new() { Size = 9, Grid = 2, Cell = 1 }),
        ["auto-augment"] = new AutoAugment(new()),
        ["photometric"] = new Photometric(new()),
        ["jitter-or-auto-augment"] = new JitterOrAutoAugment(new()),
        ["paired-colors"] = new PairedColors(new() { Share = 0.9 }),
        ["principal-contrast"] = new PrincipalContrast(new()),
        ["random-rotation"] = new RandomRotation(new()),
    };
}
