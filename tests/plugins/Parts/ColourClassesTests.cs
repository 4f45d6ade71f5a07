using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class ColourClassesTests
{
    private static readonly Tensor _centres = tensor(new float[] { 0, 0, 10, 0, 0, 10, 30, 30 }).view(4, 2).DetachFromDisposeScope();

    [Fact]
    public void Centres_AreTheirOwnClasses()
    {
        var centres = ColourBins.Centres();

        Assert.Equal([313, 2], centres.shape);
        Assert.Equal(313, ColourBins.Count);
        Assert.Equal(Enumerable.Range(0, 313).Select(bin => (long)bin), Tensors.Integers(ColourClasses.Hard(centres.view(313, 2, 1, 1), centres).flatten()));
    }

    [Fact]
    public void Centres_OfACoarserGrid_AreThoseThatLieOnIt()
    {
        var centres = ColourBins.Centres(width: 20);

        Assert.Equal([4 + 6 + 8 + 8 + 9 + 9 + 10 + 10 + 9 + 5, 2], centres.shape);   // of a = -80, -60, ..., 100
        Tensors.AssertClose([-80, 20, -80, 40, -80, 60, -80, 80, -60, -20], Tensors.Values(centres.flatten())[..10]);
        Assert.Throws<ArgumentException>(() => ColourBins.Centres(width: 15));
    }

    [Fact]
    public void Soft_BetweenTwoColours_SharesByDistance()
    {
        var shares = Tensors.Values(ColourClasses.Soft(Pixel(2, 0), _centres, neighbours: 2, sigma: 5).flatten());

        var (near, far) = (Math.Exp(-4 / 50.0), Math.Exp(-64 / 50.0));   // distances 2 and 8
        Tensors.AssertClose([(float)(near / (near + far)), (float)(far / (near + far)), 0, 0], shares);
    }

    [Fact]
    public void Soft_EquallyFarColours_TakesTheFirst()
    {
        var middle = Tensors.Values(ColourClasses.Soft(Pixel(5, 5), _centres, neighbours: 2, sigma: 5).flatten());   // three colours at one distance
        var grid = ColourBins.Centres();
        var shares = ColourClasses.Soft(Pixel(0, 0), grid, neighbours: 10, sigma: 5).flatten();

        Tensors.AssertClose([0.5f, 0.5f, 0, 0], middle);
        // itself, four at 10, four at 14.1, and of four at 20 the one with the lowest a
        var (side, corner, far) = (Math.Exp(-2), Math.Exp(-4), Math.Exp(-8));
        var sum = 1 + (4 * side) + (4 * corner) + far;
        Assert.Equal(10, shares.count_nonzero().item<long>());
        Assert.Equal(far / sum, ShareOf(-20, 0), tolerance: 1e-7);
        Assert.Equal(0, ShareOf(20, 0));
        Assert.Equal(corner / sum, ShareOf(10, -10), tolerance: 1e-6);
        Assert.Equal(1 / sum, ShareOf(0, 0), tolerance: 1e-6);

        double ShareOf(float a, float b) => shares[ColourClasses.Hard(Pixel(a, b), grid).item<long>()].item<float>();
    }

    [Fact]
    public void AnnealedMean_LowTemperature_IsTheMode_HighTheMean()
    {
        var logits = tensor(new float[] { 1, 3, 2, 0 }).view(1, 4, 1, 1);

        Tensors.AssertClose([10, 0], Tensors.Values(ColourClasses.AnnealedMean(logits, _centres, 0.01).flatten()), tolerance: 1e-4);
        Tensors.AssertClose([10, 10], Tensors.Values(ColourClasses.AnnealedMean(logits, _centres, 1e6).flatten()), tolerance: 1e-4);
    }

    [Fact]
    public void Every_TakesTheFirstPixelOfEachSquare()
    {
        var map = arange(35, dtype: float32).view(1, 1, 5, 7);

        Assert.Equal([0f, 3, 6, 21, 24, 27], Tensors.Values(ColourClasses.Every(map, 3)));
    }

    [Fact]
    public void Prior_IsSpreadOverAllColours()
    {
        var prior = ColourWeights.Prior(tensor(new long[] { 0, 0, 3, 0 }), _centres, sigma: 5);

        var near = Math.Exp(-2);   // distance 10, deviation 5
        Assert.Equal(0.75 / (1 + (2 * near)), prior[0].item<float>(), tolerance: 1e-3);   // and nearly nothing from the fourth colour, far away
        Assert.Equal(1, prior.sum().item<float>(), tolerance: 1e-6);
        // of a grid: two steps to either side of the only colour that was counted are alike
        var grid = ColourBins.Centres();
        var ofGrey = ColourWeights.Prior(ColourClasses.Hard(Pixel(0, 0), grid), grid, sigma: 5);
        Assert.Equal(Of(20), Of(-20), tolerance: 1e-9);
        Assert.InRange(Of(20) / Of(0), 0.99 * Math.Exp(-8), 1.01 * Math.Exp(-8));

        double Of(float a) => ofGrey[ColourClasses.Hard(Pixel(a, 0), grid).item<long>()].item<float>();
    }

    [Fact]
    public void OfColours_EvenShareOfOne_AreAllOneWhereTheyOccur()
    {
        Tensors.AssertClose([1, 1, 0, 1], Tensors.Values(ColourWeights.OfColours(tensor(new[] { 0.7f, 0.2f, 0, 0.1f }), evenShare: 1)));
    }

    [Fact]
    public void OfColours_RareColours_CountMore_AndTheExpectedWeightIsOne()
    {
        var prior = tensor(new[] { 0.7f, 0.2f, 0, 0.1f });

        var weights = ColourWeights.OfColours(prior, evenShare: 0.5);

        var values = Tensors.Values(weights);
        Assert.True(values[3] > values[1] && values[1] > values[0] && values[2] == 0);
        Assert.Equal(1, (prior * weights).sum().item<float>(), tolerance: 1e-6);
    }

    [Fact]
    public void ColorizationLoss_IsCrossEntropyWhereAllCounts_AndGreyImagesAddNothing()
    {
        var (logits, classes) = (Tensors.Normal(1, 2, 4, 3, 3), tensor(new long[] { 0, 1, 2, 3, 0, 1, 2, 3, 0, 3, 2, 1, 0, 3, 2, 1, 0, 3 }).view(2, 3, 3));
        var target = F.one_hot(classes, 4).permute(0, 3, 1, 2).to(float32);

        var all = ColorizationLoss.Compute(logits, target, ones(2, 3, 3), ones(2)).item<float>();
        var first = ColorizationLoss.Compute(logits, target, ones(2, 3, 3), tensor(new[] { 1f, 0 })).item<float>();

        Assert.Equal(F.cross_entropy(logits, classes).item<float>(), all, tolerance: 1e-5);
        Assert.Equal(F.cross_entropy(logits.narrow(0, 0, 1), classes.narrow(0, 0, 1)).item<float>() / 2, first, tolerance: 1e-5);   // divided by all pixels
    }

    private static Tensor Pixel(float a, float b) => tensor(new[] { a, b }).view(1, 2, 1, 1);
}
