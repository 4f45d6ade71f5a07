using Parallax.Plugins.Augmentations;

namespace Parallax.Plugins.Tests.Augmentations;

/// <summary>Which operations are drawn, and the coin against jitter. What the operations compute is compared with torchvision elsewhere.</summary>
public sealed class AutoAugmentTests
{
    private const int Draws = 20_000, Equalize = 9, Invert = 10;

    [Fact]
    public void Draw_ManySeeds_HaveTheSharesOfThePolicy()
    {
        var policy = new AutoAugment(new());

        var rows = Enumerable.Range(0, Draws).Select(seed => policy.Draw(new(8, 8), seed)).ToArray();

        // by hand from the table: the second step is Equalize in 10 sub-policies whose probabilities sum to 7.8, of 25
        Assert.Equal(7.8 / 25, rows.Count(row => row[2] == Equalize) / (double)Draws, tolerance: 0.017);
        Assert.Equal(1.2 / 25, rows.Count(row => row[0] == Invert) / (double)Draws, tolerance: 0.008);
    }

    [Fact]
    public void Draw_ProbabilityZero_DoesNothing()
    {
        var policy = new AutoAugment(new() { Probability = 0 });

        Assert.All(Enumerable.Range(0, 100), seed => Assert.Equal([0, 0, 0, 0], policy.Draw(new(8, 8), seed)));
    }

    [Fact]
    public void Apply_Fill_ComesInFromOutside()
    {
        var image = Images.Of(1, 1, 4, 1f, 1f, 1f, 1f);

        new AutoAugment(new() { Fill = 0 }).Apply(image, [1, 4, 0, 0]);   // half a row down, slope 4: two pixels to the left

        Assert.Equal([1f, 1f, 0f, 0f], image.Pixels.ToArray());
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.5)]
    [InlineData(1.0)]
    public void JitterOrAutoAugment_Share_IsThatOfThePolicy(double share)
    {
        var either = new JitterOrAutoAugment(new() { AutoAugmentShare = share });

        var taken = Enumerable.Range(0, Draws).Count(seed => either.Draw(new(8, 8), seed)[0] == 1);

        Assert.Equal(share, taken / (double)Draws, tolerance: 0.018);
    }

    [Theory]
    [InlineData(1f)]
    [InlineData(0f)]
    public void JitterOrAutoAugment_Apply_TakesOneSideOnly(float coin)
    {
        float[] policy = [Invert, 0, 0, 0], jitter = [0, 1, 2, 3, 0.5f, 1, 1, 0], others = [0, 0];
        var image = Images.Of(1, 1, 2, 0.2f, 1f);

        new JitterOrAutoAugment(new()).Apply(image, [coin, .. policy, .. jitter, .. others]);

        Assert.Equal(coin == 1 ? [0.8f, 0f] : [0.1f, 0.5f], image.Pixels.ToArray());
    }
}
