using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class LabTests
{
    [Theory]
    [InlineData(0, 0, 0, 0, 0, 0)]
    [InlineData(1, 1, 1, 100, -0.0025, 0.0047)]   // scikit-image: the white of its matrix is not quite that of D65
    [InlineData(1, 0, 0, 53.2406, 80.0923, 67.2032)]
    [InlineData(0, 1, 0, 87.7351, -86.1830, 83.1797)]
    [InlineData(0, 0, 1, 32.2957, 79.1870, -107.8602)]
    public void FromRgb_PureColours_AreThoseOfScikitImage(double r, double g, double b, double l, double a, double bStar)
    {
        Tensors.AssertClose([(float)l, (float)a, (float)bStar], Tensors.Values(Lab.FromRgb(Pixel(r, g, b))), tolerance: 2e-3);
    }

    [Fact]
    public void ToRgb_InvertsFromRgb()
    {
        var rgb = Tensors.Normal(1, 2, 3, 9, 7).sigmoid();

        Tensors.AssertClose(rgb, Lab.ToRgb(Lab.FromRgb(rgb)), tolerance: 1e-4);
    }

    [Fact]
    public void ToRgb_ColoursThatDoNotExist_AreCutOff()
    {
        var rgb = Tensors.Values(Lab.ToRgb(Pixel(50, -128, 128)));

        Assert.All(rgb, value => Assert.InRange(value, 0, 1));
        Assert.Equal(0, rgb[0]);
    }

    [Fact]
    public void ScaledFromRgb_Grey_HasNoColourAndMiddleLightnessIsZero()
    {
        var scaled = Tensors.Values(Lab.ScaledFromRgb(Lab.ToRgb(Pixel(50, 0, 0))));

        Tensors.AssertClose([0, 0, 0], scaled, tolerance: 1e-4);
    }

    [Fact]
    public void FromRgb_OneChannel_IsRefused()
    {
        Assert.Contains("[1, 1, 2, 2]", Assert.Throws<ArgumentException>(() => Lab.FromRgb(zeros(1, 1, 2, 2))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RgbViews_UndoTheNormalisation()
    {
        var data = TestRuns.Of().Data with { Mean = [0.1, 0.2, 0.3], Std = [0.5, 0.25, 0.125] };
        var rgb = Tensors.Normal(2, 2, 3, 4, 4).sigmoid();
        var views = (rgb - tensor(new[] { 0.1f, 0.2f, 0.3f }).view(1, 3, 1, 1)) / tensor(new[] { 0.5f, 0.25f, 0.125f }).view(1, 3, 1, 1);

        Tensors.AssertClose(rgb, new RgbViews(data).Of(views), tolerance: 1e-6);
    }

    private static Tensor Pixel(double first, double second, double third) => tensor(new[] { (float)first, (float)second, (float)third }).view(1, 3, 1, 1);
}
