using Parallax.Contracts;
using Parallax.Plugins.Augmentations;

namespace Parallax.Plugins.Tests.Augmentations;

/// <summary>The changes of Exemplar-CNN that no other method has.</summary>
public sealed class ExemplarChangesTests
{
    // Four colours around (0.5, 0.5, 0.5): twice 0.2 along (1, 1, 0) / sqrt 2 and twice 0.1 along (1, -1, 0) / sqrt 2; blue does not change.
    private static readonly float _along = (float)(0.2 / Math.Sqrt(2)), _across = (float)(0.1 / Math.Sqrt(2));

    [Theory]
    [InlineData(1, 0, 2, 1)]       // the component of the largest variance twice as strong
    [InlineData(-1, 0, 0.5, 1)]
    [InlineData(0, 1, 1, 2)]       // the second
    [InlineData(0.5, -1, 1.41421354, 0.5)]
    public void Apply_PrincipalContrast_MultipliesWhatLiesAlongEachComponent(float first, float second, float along, float across)
    {
        var (image, expected) = (Colours(_along, _across), Colours(along * _along, across * _across));

        new PrincipalContrast(new()).Apply(image, [first, second, 0.7f]);

        Tensors.AssertClose(expected.Pixels.ToArray(), image.Pixels.ToArray(), 1e-6);
    }

    [Fact]
    public void Apply_PrincipalContrastOfEqualFactors_IsContrastAroundTheMean()
    {
        var image = Images.Random(3, 9, 7);
        for (var i = 0; i < image.Pixels.Length; i++)
        {
            image.Pixels[i] = 0.3f + (0.4f * image.Pixels[i]);
        }

        var before = image.Pixels.ToArray();

        new PrincipalContrast(new()).Apply(image, [-1, -1, -1]);

        for (var channel = 0; channel < 3; channel++)
        {
            var plane = before.Skip(channel * 63).Take(63).ToArray();
            var mean = plane.Average();
            Tensors.AssertClose([.. plane.Select(value => mean + ((value - mean) / 2))], image.Plane(channel).ToArray(), 1e-5);
        }
    }

    [Fact]
    public void Apply_PrincipalContrastOfOneChannel_ChangesNothing()
    {
        var image = Images.Of(1, 1, 2, 0.25f, 0.75f);

        new PrincipalContrast(new()).Apply(image, [1, 1, 1]);

        Assert.Equal([0.25f, 0.75f], image.Pixels.ToArray());
    }

    [Fact]
    public void Apply_QuarterRotation_TurnsAgainstTheClock()
    {
        var image = Images.Of(1, 2, 2, 0.1f, 0.2f, 0.3f, 0.4f);

        new RandomRotation(new() { Degrees = 90 }).Apply(image, [90]);

        Assert.Equal([0.2f, 0.4f, 0.1f, 0.3f], image.Pixels.ToArray());
    }

    [Fact]
    public void Apply_SmallRotation_FillsTheCornersAndKeepsTheCentre()
    {
        var image = Images.Of(1, 9, 9, [.. Enumerable.Repeat(1f, 81)]);

        new RandomRotation(new() { Fill = 0.25 }).Apply(image, [20]);

        Assert.All([0, 8, 72, 80], corner => Assert.Equal(0.25f, image.Pixels[corner]));
        Assert.Equal(1f, image.Pixels[40]);
    }

    private static ImageBuffer Colours(float along, float across) => Images.Of(
        3, 1, 4, 0.5f + along, 0.5f - along, 0.5f + across, 0.5f - across, 0.5f + along, 0.5f - along, 0.5f - across, 0.5f + across, 0.5f, 0.5f, 0.5f, 0.5f);
}
