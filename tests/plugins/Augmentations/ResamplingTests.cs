using Parallax.Contracts;
using Parallax.Plugins.Augmentations;

namespace Parallax.Plugins.Tests.Augmentations;

/// <summary>A resize sums the pixels of each result one after the other, however many results the processor computes at once: the same bits
/// everywhere.</summary>
public sealed class ResamplingTests
{
    [Theory]
    [InlineData(32, 32, 32)]
    [InlineData(20, 27, 32)]
    [InlineData(375, 500, 224)]
    [InlineData(300, 371, 224)]
    [InlineData(61, 83, 5)]
    [InlineData(40, 700, 100)]   // seven pixels for one
    [InlineData(1, 1, 19)]
    [InlineData(3, 2, 1)]
    [InlineData(50, 900, 17)]    // more than two registers hold
    public void Apply_AnySizes_HasTheBitsOfPlainSums(int height, int width, int side)
    {
        foreach (var interpolation in Enum.GetValues<Interpolation>())
        {
            var image = Images.Random(3, height + 3, width + 2);
            var expected = Expected(image, 1, 2, height, width, side, side, interpolation);

            new RandomResizedCrop(new() { Size = side, Interpolation = interpolation }).Apply(image, [1, 2, height, width]);

            Assert.Equal(expected, image.Pixels.ToArray());
        }
    }

    private static float[] Expected(ImageBuffer image, int top, int left, int fromHeight, int fromWidth, int height, int width, Interpolation interpolation)
    {
        var result = new float[image.Channels * height * width];
        for (var (at, channel) = (0, 0); channel < image.Channels; channel++)
        {
            for (var y = 0; y < height; y++)
            {
                var (firstRow, rowWeights) = Window(y, fromHeight, height, interpolation);
                for (var x = 0; x < width; x++, at++)
                {
                    var (first, weights) = Window(x, fromWidth, width, interpolation);
                    var sum = 0f;
                    for (var column = 0; column < weights.Length; column++)
                    {
                        var down = 0f;
                        for (var row = 0; row < rowWeights.Length; row++)
                        {
                            var pixel = image.Plane(channel)[((top + firstRow + row) * image.Width) + left + first + column];
                            down = MathF.FusedMultiplyAdd(rowWeights[row], pixel, down);
                        }

                        sum = MathF.FusedMultiplyAdd(weights[column], down, sum);
                    }

                    result[at] = Math.Clamp(sum, 0f, 1f);
                }
            }
        }

        return result;
    }

    private static (int First, float[] Weights) Window(int position, int from, int to, Interpolation interpolation)
    {
        var scale = (double)from / to;
        var filter = Math.Max(scale, 1);
        var support = (interpolation == Interpolation.Bicubic ? 2 : 1) * filter;
        var centre = scale * (position + 0.5);
        var first = Math.Max(0, (int)(centre - support + 0.5));
        double[] weights =
        [
            .. Enumerable.Range(first, Math.Min(from, (int)(centre + support + 0.5)) - first)
                .Select(i => Weight(Math.Abs((i - centre + 0.5) / filter), interpolation)),
        ];
        var total = weights.Sum();

        return (first, [.. weights.Select(weight => (float)((float)weight / total))]);
    }

    private static double Weight(double distance, Interpolation interpolation) => interpolation == Interpolation.Bilinear
        ? Math.Max(0, 1 - distance)
        : distance < 1 ? (((1.5 * distance) - 2.5) * distance * distance) + 1
        : distance < 2 ? (((((-0.5 * distance) + 2.5) * distance) - 4) * distance) + 2
        : 0;
}
