using Parallax.Host.Data;

namespace Parallax.Host.Tests.Data;

public sealed class SpeedTextTests
{
    [Theory]
    [InlineData(1234.4, false, "1,234 images/s")]
    [InlineData(10, false, "10 images/s")]
    [InlineData(9.84, false, "9.8 images/s")]
    [InlineData(1, true, "1.0 videos/s")]
    [InlineData(0.416, true, "0.42 videos/s")]
    [InlineData(0.0042, true, "0.0042 videos/s")]
    [InlineData(0, false, "0 images/s")]
    public void Of_Speed_HasDecimalsWhereItIsSlow(double perSecond, bool areVideos, string expected) =>
        Assert.Equal(expected, SpeedText.Of(perSecond, areVideos));
}
