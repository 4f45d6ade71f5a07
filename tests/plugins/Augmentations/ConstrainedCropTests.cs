using Parallax.Contracts;
using Parallax.Plugins.Augmentations;

namespace Parallax.Plugins.Tests.Augmentations;

/// <summary>The small crop meets the crop of another view.</summary>
public sealed class ConstrainedCropTests
{
    private const int Draws = 2000, Key = 1, Small = 3;
    private static readonly ImageSize _size = new(120, 160);

    // small anchors, so that an unconstrained crop often misses them
    private static readonly RandomResizedCrop _anchor = new(new() { ScaleMin = 0.1, ScaleMax = 0.2 });

    [Fact]
    public void Draw_AnySeed_OverlapsTheCropOfTheAnchorView()
    {
        var shares = Shares(new() { MinOverlap = 0.1, AnchorScaleMin = 0.1, AnchorScaleMax = 0.2 });

        // rounding to pixels moves the share a little; ten tries fail for few seeds
        Assert.InRange(shares.Count(share => share < 0.09), 0, Draws / 20);
    }

    [Fact]
    public void Draw_WithoutConstraint_OftenMissesTheAnchor()
    {
        var shares = Shares(new() { MinOverlap = 0, AnchorScaleMin = 0.1, AnchorScaleMax = 0.2 });

        Assert.True(shares.Count(share => share < 0.09) > Draws / 4);
    }

    [Fact]
    public void Draw_ConstraintThatCannotHold_FallsBackToARandomResizedCrop()
    {
        var row = new ConstrainedCrop(new() { ScaleMin = 0.5, ScaleMax = 0.6, MinOverlap = 1, AnchorScaleMin = 0.01, AnchorScaleMax = 0.02 })
            .Draw(_size, seed: 4, Small);

        Assert.InRange(row[2] * row[3] / (_size.Height * _size.Width), 0.48f, 0.62f);
    }

    [Fact]
    public void Apply_RowOfLargerImage_IsRefused()
    {
        var crop = new ConstrainedCrop(new() { Size = 4 });

        var error = Assert.Throws<ArgumentException>(() => crop.Apply(Images.Random(3, 8, 8), [2, 2, 7, 3]));

        Assert.Contains("outside the image of 8x8", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Share of each small crop that lies in the key's crop of the same image.</summary>
    private static double[] Shares(ConstrainedCropOptions options)
    {
        var crop = new ConstrainedCrop(options);

        return [.. Enumerable.Range(0, Draws).Select(seed => Overlap(crop.Draw(_size, seed, Small), _anchor.Draw(_size, seed, Key)))];
    }

    private static double Overlap(float[] box, float[] other)
    {
        var height = Math.Min(box[0] + box[2], other[0] + other[2]) - Math.Max(box[0], other[0]);
        var width = Math.Min(box[1] + box[3], other[1] + other[3]) - Math.Max(box[1], other[1]);

        return Math.Max(0, height) * Math.Max(0, width) / (double)(box[2] * box[3]);
    }
}
