using Parallax.Host.Configuration;
using Parallax.Host.Data;

namespace Parallax.Host.Tests.Data;

public sealed class CropPlaceTests
{
    [Theory]
    [InlineData(0, 85, new[] { 0, 43, 85 })]      // 341 x 256: ceil(42.5)
    [InlineData(0, 199, new[] { 0, 100, 199 })]   // 455 x 256
    [InlineData(3, 84, new[] { 0, 42, 84 })]
    public void Offsets_ThreeCropsOfAWideFrame_AreSlowFasts(int down, int across, int[] expected)
    {
        Assert.Equal(expected.Select(left => ((down + 1) / 2, left)), Enumerable.Range(0, 3).Select(crop => Spread(crop, 3).Offsets(down, across)));
        Assert.Equal(expected.Select(top => (top, (down + 1) / 2)), Enumerable.Range(0, 3).Select(crop => Spread(crop, 3).Offsets(across, down)));
    }

    [Fact]
    public void Offsets_SquareFrame_SpreadsAcross() => Assert.Equal((2, 4), Spread(2, 3).Offsets(4, 4));

    [Theory]
    [InlineData(5, 2)]
    [InlineData(3, 2)]   // to the even pixel
    public void Offsets_OneCrop_IsTorchvisionsCentre(int slack, int middle) => Assert.Equal((middle, middle), CropPlace.Middle.Offsets(slack, slack));

    [Fact]
    public void Offsets_TenCrops_AreCornersAndMiddleTwice()
    {
        var places = Enumerable.Range(0, 10).Select(crop => new CropPlace(TestCropPlaces.Corners, crop, 10)).ToList();   // 224 of 256 x 340

        (int, int)[] five = [(0, 0), (0, 116), (32, 0), (32, 116), (16, 58)];
        Assert.Equal([.. five, .. five], places.Select(place => place.Offsets(32, 116)));
        Assert.Equal(Enumerable.Range(0, 10).Select(crop => crop >= 5), places.Select(place => place.IsMirrored));
    }

    private static CropPlace Spread(int crop, int crops) => new(TestCropPlaces.Spread, crop, crops);
}
