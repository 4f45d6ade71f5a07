using Parallax.Contracts;
using Parallax.Host.Data;

namespace Parallax.Host.Tests.Data;

/// <summary>Reference values: torchvision 0.14, <c>functional.resize(x, size, BILINEAR, antialias=True)</c> with x[i] = (i * i mod 17) / 17 on 5x7.</summary>
public sealed class TriangleResizeTests
{
    [Theory]
    [InlineData(3, 4, new[] { 0.37495f, 0.503193f, 0.590588f, 0.47619f, 0.550887f, 0.309804f })]
    [InlineData(8, 9, new[] { 0f, 0.039216f, 0.137255f, 0.300654f, 0.529412f, 0.849673f, 0.679738f, 0.352941f, 0.117647f, 0.386029f, 0.373775f })]
    [InlineData(5, 3, new[] { 0.07563f, 0.525952f, 0.445378f, 0.806723f, 0.643599f, 0.563025f, 0.302521f })]
    public void Apply_AnySize_EqualsTorchvision(int height, int width, float[] expected)
    {
        var image = new ImageBuffer();
        image.Resize(2, 5, 7);
        for (var i = 0; i < 70; i++)
        {
            image.Pixels[i] = i % 35 * (i % 35) % 17 / 17f;
        }

        TriangleResize.Apply(image, new ImageSize(height, width));

        Assert.Equal(new ImageSize(height, width), image.Size);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], image.Plane(0)[i], 2e-6f);   // six decimals were printed
            Assert.Equal(expected[i], image.Plane(1)[i], 2e-6f);
        }
    }
}
