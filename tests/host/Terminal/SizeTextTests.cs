using Parallax.Host.Terminal;

namespace Parallax.Host.Tests.Terminal;

public sealed class SizeTextTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1_000, "1 kB")]
    [InlineData(30_400, "30 kB")]
    [InlineData(999_499, "999 kB")]
    [InlineData(999_500, "1.0 MB")]
    [InlineData(1_048_576, "1.0 MB")]   // 2^20
    [InlineData(44_739_242, "44.7 MB")]
    [InlineData(99_950_000, "100 MB")]
    [InlineData(1_200_000_000, "1,200 MB")]
    public void Of_Bytes_IsInPowersOfTen(double bytes, string expected) => Assert.Equal(expected, SizeText.Of(bytes));
}
