using Parallax.Contracts;
using Parallax.Plugins.Parts;
using Parallax.Plugins.Tests.Methods.Steps;

namespace Parallax.Plugins.Tests.Parts;

/// <summary>What the network sees of tiles: nothing by which a lens or the light tells their place.</summary>
public sealed class TileCutterTests
{
    private static readonly Options _options = new();

    [Fact]
    public void Cut_ChromaDropped_LeavesOneChannelAndNoiseOfUnitSize()
    {
        var batch = Networks.Batch(48);   // tiles of 12 pixels
        var (seen, source) = (Cut(TilePixels.ChromaDropped, batch), Cut(TilePixels.Normalised, batch));

        var alike = Centred(seen).mul(Centred(source)).sum([3, 4]).abs();   // [N, T, 3]: correlations of each channel with itself before
        Assert.All(Tensors.Values(alike.amax([2])), value => Assert.Equal(1, value, 1e-4));
        Assert.All(Tensors.Values(alike.sort(2).Values.narrow(2, 0, 2)), value => Assert.InRange(value, 0, 0.45));   // 144 pixels: below 0.45 but once in 1e7
        Assert.Equal(3, Tensors.Integers(alike.argmax(2)).Distinct().Count());   // each channel stays somewhere
        Tensors.AssertClose(ones(4, 9), seen.square().mean([2, 3, 4]));
    }

    [Fact]
    public void Cut_ChromaDropped_OtherColoursOfTheSameKeptChannels_ChangeNothing()
    {
        var batch = Networks.Batch(48);
        var kept = Centred(Cut(TilePixels.ChromaDropped, batch)).mul(Centred(Cut(TilePixels.Normalised, batch))).sum([3, 4]).argmax(2)[0][0].item<long>();
        var other = batch.Views[0].clone();
        for (var channel = 0; channel < 3; channel++)
        {
            other.select(1, channel).copy_(channel == kept ? other.select(1, channel) : other.select(1, channel).flip(1));
        }

        var (a, b) = (Cut(TilePixels.ChromaDropped, batch), Cut(TilePixels.ChromaDropped, batch with { Views = [other] }));

        Tensors.AssertClose(a[0][0], b[0][0]);
    }

    [Fact]
    public void Cut_ChromaProjected_HasNoGreenMagenta()
    {
        var tiles = Cut(TilePixels.ChromaProjected, Networks.Batch(24));

        Tensors.AssertClose(zeros(4, 9, 6, 6), (2 * tiles.select(2, 1)) - tiles.select(2, 0) - tiles.select(2, 2), 1e-5);
    }

    [Fact]
    public void Cut_ShareOfProjectedImages_LosesGreenMagentaWhole_AndTheOthersStayAsTheyAre()
    {
        const double share = 0.5;
        Batch batch = new([Tensors.Normal(5, 16, 3, 24, 24)], arange(16, dtype: int64), null);
        var (partly, untouched) = (Cut(TilePixels.Normalised, batch, share), Cut(TilePixels.Normalised, batch));
        var projected = Cut(TilePixels.ChromaProjected, batch);

        var images = Enumerable.Range(0, 16).ToLookup(image => partly[image].eq(untouched[image]).all().item<bool>());

        Assert.InRange(images[true].Count(), 3, 13);
        Assert.All(images[false], image => Tensors.AssertClose(projected[image], partly[image], 1e-4));
    }

    [Fact]
    public void Cut_ProjectedGreyImages_AreTheSame()
    {
        var batch = Networks.Batch(24);
        var grey = batch with { Views = [batch.Views[0].narrow(1, 0, 1).expand(-1, 3, -1, -1).contiguous()] };

        Tensors.AssertClose(Cut(TilePixels.Normalised, grey), Cut(TilePixels.Normalised, grey, projectedShare: 1), 1e-4);
    }

    [Theory]
    [InlineData(TilePixels.StandardisedPerTile)]
    [InlineData(TilePixels.StandardisedPerChannel)]
    public void Cut_Standardised_DoesNotTellLightAndContrast(TilePixels pixels)
    {
        var batch = Networks.Batch(24);
        var darker = batch with { Views = [(batch.Views[0] * 0.4) - 0.3] };

        Tensors.AssertClose(Cut(pixels, batch), Cut(pixels, darker), 1e-4);
    }

    [Fact]
    public void Cut_OfAnImage_DoesNotDependOnTheBatch()
    {
        var batch = Networks.Batch(24);
        Batch single = new([batch.Views[0].narrow(0, 2, 1)], batch.Indices.narrow(0, 2, 1), null);

        foreach (var pixels in Enum.GetValues<TilePixels>())
        {
            Tensors.AssertClose(Cut(pixels, batch)[2], Cut(pixels, single)[0]);
        }
    }

    [Fact]
    public void Faults_ColoursOfGreyImages_AreNamed()
    {
        var cutter = new TileCutter(_options, TilePixels.ChromaDropped, 3, TestRuns.Of(channels: 1) with { ImageSize = 24 });

        Assert.Contains("method.pixels is chroma-dropped", Assert.Single(cutter.Faults(new NormBackbone())), StringComparison.Ordinal);
        cutter = new TileCutter(_options, TilePixels.Normalised, 3, TestRuns.Of(channels: 1) with { ImageSize = 24 }, projectedShare: 0.5);
        Assert.StartsWith("method.projectedShare is 0.5, which needs images of 3 channels", Assert.Single(cutter.Faults(new NormBackbone())),
            StringComparison.Ordinal);
    }

    private static Tensor Cut(TilePixels pixels, Batch batch, double projectedShare = 0) =>
        new TileCutter(_options, pixels, 3, TestRuns.Of(), projectedShare).Cut(batch, TestRuns.Step());

    private static Tensor Centred(Tensor tiles)
    {
        var centred = tiles - tiles.mean([3, 4], keepdim: true);

        return centred / centred.square().sum([3, 4], keepdim: true).sqrt();
    }

    private sealed record Options : TileOptions;
}
