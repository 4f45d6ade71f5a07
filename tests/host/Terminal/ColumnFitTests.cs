using Parallax.Host.Cli;
using Parallax.Host.Terminal;

namespace Parallax.Host.Tests.Terminal;

public sealed class ColumnFitTests
{
    [Theory]
    [InlineData(100, 4)]
    [InlineData(64, 4)]   // exactly: 32 + 10 + 10 + 8 and a blank before each
    [InlineData(62, 4)]   // two characters are cut
    [InlineData(59, 3)]   // 8 is the narrowest
    [InlineData(20, 1)]
    public void Choose_Width_CutsThenLeavesOut(int available, int shown) =>
        Assert.Equal(shown, ColumnFit.Choose([32, 10, 10, 8], whole: 1, available, columns => columns).Shown);

    [Theory]
    [InlineData(45, 3)]
    [InlineData(44, 2)]
    [InlineData(33, 1)]
    [InlineData(5, 1)]   // nothing is left to leave out
    public void Choose_WholeColumns_AreLeftOutLast(int available, int shown) =>
        Assert.Equal(shown, ColumnFit.Choose([20, 12, 10, 30], whole: 3, available, columns => columns).Shown);

    [Fact]
    public void Cut_CellsThatAreTooLong_EndWithAMark()
    {
        var fit = ColumnFit.Choose([12, 12, 9], whole: 1, available: 32, columns => columns);

        Assert.Equal(["identifier12", "a long…", "nine char"], fit.Cut(["identifier12", "a long name", "nine char"]));
    }
}
