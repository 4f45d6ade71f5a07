using Parallax.Contracts;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class HueChromaTests
{
    [Theory]
    [InlineData(1, 0, 0, 0, 1)]
    [InlineData(0, 1, 0, 1 / 3.0, 1)]
    [InlineData(0, 0, 1, 2 / 3.0, 1)]
    [InlineData(0.5, 0.5, 0.5, 0, 0)]               // grey
    [InlineData(0.8, 0.2, 0.5, 11 / 12.0, 0.6)]     // half a sixth before red
    public void Of_AColour_IsThatOfHsv(double r, double g, double b, double hue, double chroma)
    {
        var actual = HueChroma.Of(tensor(new[] { r, g, b }, dtype: float32).view(1, 3, 1, 1));

        Assert.Equal(hue, actual.Hue.item<float>(), tolerance: 1e-5);
        Assert.Equal(chroma, actual.Chroma.item<float>(), tolerance: 1e-5);
    }

    [Fact]
    public void Bins_OfOne_AreTheLast()
    {
        Assert.Equal([0L, 2, 3], Tensors.Integers(HueChroma.Bins(tensor(new[] { 0f, 0.5001f, 1 }), 4)));
    }

    [Fact]
    public void Histograms_CountShares()
    {
        Tensors.AssertClose(Tensors.Matrix([0.5f, 0, 0.5f], [0, 1, 0]), HueChroma.Histograms(tensor(new long[] { 0, 2, 2, 0, 1, 1, 1, 1 }).view(2, 4), 3));
    }

    [Fact]
    public void ToRgb_InvertsHueChromaAndGrey()
    {
        var rgb = Tensors.Normal(5, 2, 3, 6, 5).sigmoid();
        var (hue, chroma) = HueChroma.Of(rgb);

        Tensors.AssertClose(rgb, HueChroma.ToRgb(hue, chroma, HueChroma.Grey(rgb)), tolerance: 1e-5);
    }

    [Fact]
    public void Decoded_HuesOnBothSidesOfRed_AreRed()
    {
        var (hue, chroma) = HueChroma.Decoded(tensor(new[] { 9f, 0, 0, 0, 0, 0, 0, 9 }).view(1, 8), tensor(new[] { 0f, 0, 0, 0, 0, 0, 0, 99 }).view(1, 8));

        Assert.Equal(0, Math.IEEERemainder(hue.item<float>(), 1), tolerance: 1e-3);   // not 0.5, the mean of both bins
        Assert.Equal(15 / 16.0, chroma.item<float>(), tolerance: 1e-5);
    }

    [Fact]
    public void Grid_HasTheFirstPixelOfEachSquare()
    {
        var pixels = arange(30, dtype: float32).view(1, 5, 6);

        Assert.Equal([0f, 4, 24, 28], Tensors.Values(PixelPlaces.Grid(pixels.unsqueeze(0), 4).Values(pixels)));
    }

    [Fact]
    public void OfHistograms_CertainTargets_AreTheCrossEntropy()
    {
        var (logits, target) = (Tensors.Normal(3, 2, 5), Tensors.Matrix([0, 1, 0, 0, 0], [0, 0, 0, 1, 0]));

        var (hue, _) = HueChromaLoss.OfHistograms(logits, logits, target, target, ones(2));

        Assert.Equal(F.cross_entropy(logits, tensor(new long[] { 1, 3 })).item<float>(), hue.item<float>(), tolerance: 1e-4);
    }

    [Fact]
    public void OfClasses_PlacesWithoutWeight_AddNothingAndCountInTheMean()
    {
        var (logits, bins, chroma) = (Tensors.Normal(4, 2, 5), tensor(new long[] { 1, 3 }), tensor(new[] { 0.5f, 1 }));

        var (hue, chromaLoss) = HueChromaLoss.OfClasses(logits, logits, (bins, chroma, bins), hueWeight: 4, tensor(new[] { 1f, 0 }));

        var first = F.cross_entropy(logits.narrow(0, 0, 1), bins.narrow(0, 0, 1)).item<float>();
        Assert.Equal(4 * 0.5 * first / 2, hue.item<float>(), tolerance: 1e-5);
        Assert.Equal(first / 2, chromaLoss.item<float>(), tolerance: 1e-5);
    }

    [Fact]
    public void Places_AreAwayFromTheBorder_AndKeyedByTheImage()
    {
        var rows = arange(9, dtype: float32).view(1, 9, 1).expand(2, 9, 12);
        var columns = arange(12, dtype: float32).view(1, 1, 12).expand(2, 9, 12);

        var places = PixelPlaces.Draw([Random(3), Random(8)], 200, height: 9, width: 12, border: 2);
        var alone = PixelPlaces.Draw([Random(8)], 200, height: 9, width: 12, border: 2);

        Assert.Equal([2f, 3, 4, 5, 6], Tensors.Values(places.Values(rows)).Distinct().Order());
        Assert.Equal([2f, 3, 4, 5, 6, 7, 8, 9], Tensors.Values(places.Values(columns)).Distinct().Order());
        Assert.Equal(Tensors.Values(alone.Values(columns.narrow(0, 0, 1))), Tensors.Values(places.Values(columns)[1]));
    }

    [Fact]
    public void Columns_OfMapsThatAreLinear_AreThePlacesThemselves()
    {
        var rows = (arange(8, dtype: float32) + 0.5f).view(1, 1, 8, 1).expand(2, 1, 8, 8).contiguous();      // of the middle of each pixel
        var coarse = ((arange(4, dtype: float32) + 0.5f) * 2).view(1, 1, 1, 4).expand(2, 1, 4, 4).contiguous();   // two pixels per cell
        var places = PixelPlaces.Draw([Random(1), Random(2)], 50, height: 8, width: 8, border: 1);

        var columns = places.Columns([rows, coarse]);                                                      // [2, 50, 2]

        Tensors.AssertClose(places.Values(rows.squeeze(1)), columns.select(2, 0).contiguous());
        Tensors.AssertClose(
            places.Values((arange(8, dtype: float32) + 0.5f).view(1, 1, 8).expand(2, 8, 8).contiguous()), columns.select(2, 1).contiguous());
    }

    [Fact]
    public void Windows_AreTheSurroundingsRowByRow()
    {
        var pixels = arange(49, dtype: float32).view(1, 7, 7);
        var places = PixelPlaces.Draw([Random(1)], 1, height: 7, width: 7, border: 3);                      // the middle alone

        Assert.Equal([16f, 17, 18, 23, 24, 25, 30, 31, 32], Tensors.Values(places.Windows(pixels, 3)));
    }

    private static CounterRandom Random(long sample) => new(1, 0, sample, RandomPurpose.Masking);
}
