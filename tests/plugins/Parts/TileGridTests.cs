using Parallax.Contracts;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class TileGridTests
{
    [Theory]
    [InlineData(255, 3, 0.75, 1, 85, 64, 21)]                    // Noroozi and Favaro, Kolesnikov et al.
    [InlineData(255, 3, 0.75, 0.952, 85, 64, 20)]                // VISSL
    [InlineData(432, 3, 96.0 / 144, 14.0 / 48, 144, 96, 14)]     // Doersch et al.
    [InlineData(32, 3, 0.75, 1, 10, 8, 2)]
    [InlineData(32, 2, 0.75, 1, 16, 12, 4)]
    public void Of_ImageSizes_AreThePapersPixels(int image, int cells, double tileShare, double jitterShare, int cell, int tile, int jitter) =>
        Assert.Equal(new TileGrid(cells, cell, tile, jitter), TileGrid.Of(image, cells, tileShare, jitterShare));

    [Fact]
    public void Cut_Places_AreRowsThenColumnsOfTheCell()
    {
        var image = (arange(8).unsqueeze(1) * 10) + arange(8);   // pixel = 10 row + column
        TileGrid grid = new(2, 4, 2, 2);

        var tiles = grid.Cut(image.to(float32).view(1, 1, 8, 8), tensor(new long[] { 0, 0, 1, 0, 0, 2, 2, 1 }, [1, 4, 2]));

        Assert.Equal([1, 4, 1, 2, 2], tiles.shape);
        Assert.Equal([0, 1, 10, 11, 14, 15, 24, 25, 42, 43, 52, 53, 65, 66, 75, 76], Tensors.Values(tiles));
    }

    [Fact]
    public void DrawPlaces_ManyImages_CoverTheJitterAndKeepTheGap()
    {
        var grid = TileGrid.Of(432, 3, 96.0 / 144, 14.0 / 48);

        var places = Tensors.Integers(grid.DrawPlaces([.. Enumerable.Range(0, 200).Select(image => new CounterRandom(1, 0, image, 0))]));

        Assert.Equal((17, 31), (places.Min(), places.Max()));   // 17 pixels stay free at each border of a cell: 34 or more between tiles
        Assert.Equal(15, places.Distinct().Count());
    }

    [Fact]
    public void DrawPlaces_OfVissl_AreZeroToTwenty()
    {
        var grid = TileGrid.Of(255, 3, 0.75, 0.952);

        var places = Tensors.Integers(grid.DrawPlaces([.. Enumerable.Range(0, 100).Select(image => new CounterRandom(1, 0, image, 0))]));

        Assert.Equal(Enumerable.Range(0, 21).Select(place => (long)place), places.Distinct().Order());
    }

    [Fact]
    public void DrawPlaces_OfAnImage_DoNotDependOnTheBatch()
    {
        TileGrid grid = new(3, 10, 8, 2);
        CounterRandom[] randoms = [new(1, 0, 5, 0), new(1, 0, 6, 0)];

        Assert.Equal(Tensors.Integers(grid.DrawPlaces(randoms)[1]), Tensors.Integers(grid.DrawPlaces([randoms[1]])[0]));
    }

    [Fact]
    public void Faults_TilesOfNoWholePatches_NameTheNumbers()
    {
        var run = TestRuns.Of() with { ImageSize = 32 };

        Assert.Empty(TileGrid.Faults(new Patches(8), run, 3, 0.75));
        Assert.Contains("3 x 3 tiles are 8 pixels wide", Assert.Single(TileGrid.Faults(new Patches(5), run, 3, 0.75)), StringComparison.Ordinal);
        Assert.Single(TileGrid.Faults(new Patches(0), run with { ImageSize = 2 }, 3, 0.75));
        var view = run with { ImageSize = 224, ViewSide = 255 };   // tiles of 64 of the view, of 56 in images of evaluations
        Assert.Empty(TileGrid.Faults(new Patches(64), view, 3, 0.75));
        Assert.StartsWith("The view has 255 pixels per side and method.tileShare 0.75: 3 x 3 tiles are 64 pixels wide.",
            Assert.Single(TileGrid.Faults(new Patches(56), view, 3, 0.75)), StringComparison.Ordinal);
    }

    private sealed class Patches(int side) : Module<Tensor, Tensor>("patches"), IBackbone
    {
        public int FeatureDim => 1;

        public int PatchSize => side;

        public override Tensor forward(Tensor input) => throw new NotSupportedException("This test looks at sizes only.");
    }
}
