using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class AveragePrecisionTests
{
    [Fact]
    public void Of_RankingByHand_GivesTheThreeForms()
    {
        // Ranks: + - + - - +, so precisions 1, 2/3, 1/2 at recalls 1/3, 2/3, 1; the envelope is the same.
        var precision = AveragePrecision.Of([0.9, 0.8, 0.7, 0.6, 0.5, 0.4], [1, 0, 1, 0, 0, 1]);

        Assert.Equal((1 + (2 / 3.0) + 0.5) / 3, precision.Step, 1e-12);
        Assert.Equal(precision.Step, precision.Area, 1e-12);
        Assert.Equal(((4 * 1) + (3 * 2 / 3.0) + (4 * 0.5)) / 11, precision.ElevenPoint, 1e-12);   // recalls 0 to 0.3, 0.4 to 0.6, 0.7 to 1
    }

    [Fact]
    public void Of_PrecisionRisesAgain_OnlyTheEnvelopeForgetsTheDip()
    {
        // Ranks: - + +: precisions 1/2 and 2/3.
        var precision = AveragePrecision.Of([3, 2, 1], [0, 1, 1]);

        Assert.Equal((0.5 + (2 / 3.0)) / 2, precision.Step, 1e-12);
        Assert.Equal(2 / 3.0, precision.Area, 1e-12);
        Assert.Equal(2 / 3.0, precision.ElevenPoint, 1e-12);
    }

    [Fact]
    public void Of_LeftOutItems_TakeNoPlaceInTheRanking()
    {
        var precision = AveragePrecision.Of([9, 3, 8, 1], [-1, 1, -1, 0]);

        Assert.Equal((1.0, 1.0, 1.0), (precision.Area, precision.ElevenPoint, precision.Step));
    }

    [Fact]
    public void Of_EqualScores_RankNegativesFirst()
    {
        Assert.Equal(0.5, AveragePrecision.Of([1, 1], [1, 0]).Step);
        Assert.Equal(0.5, AveragePrecision.Of([1, 1], [0, 1]).Step);
    }

    [Fact]
    public void Of_EqualScoresAndLeftOutItemsByHand_GivesTheThreeForms()
    {
        // Ranks: + | - + + | -, so precisions 1, 2/3, 3/4 at recalls 1/3, 2/3, 1; the envelope is 1, 3/4, 3/4.
        var precision = AveragePrecision.Of([0.5, 0.9, 0.5, 0.5, 0.1, 0.5, 0.95], [1, 1, 0, 1, 0, -1, -1]);

        Assert.Equal((1 + (2 / 3.0) + 0.75) / 3, precision.Step, 1e-12);
        Assert.Equal((1 + 0.75 + 0.75) / 3, precision.Area, 1e-12);
        Assert.Equal(((4 * 1) + (7 * 0.75)) / 11, precision.ElevenPoint, 1e-12);   // recalls 0 to 0.3, 0.4 to 1
    }

    [Fact]
    public void Mean_SeveralClassesByHand_CountsThoseThatATestImageShows()
    {
        // The second class is shown by images that are not counted, and by no other.
        AveragePrecision[] classes =
        [
            AveragePrecision.Of([3, 2, 1], [0, 1, 1]), AveragePrecision.Of([3, 2, 1], [-1, 0, -1]), AveragePrecision.Of([1, 2, 3], [0, 0, 1]),
        ];

        var mean = AveragePrecision.Mean(classes);

        Assert.Equal(((7 / 12.0) + 1) / 2, mean.Step, 1e-12);
        Assert.Equal(((2 / 3.0) + 1) / 2, mean.Area, 1e-12);
        Assert.Equal(((2 / 3.0) + 1) / 2, mean.ElevenPoint, 1e-12);
    }

    [Fact]
    public void Mean_ClassWithoutPositives_IsLeftOut()
    {
        var none = AveragePrecision.Of([1, 2], [0, 0]);

        Assert.True(double.IsNaN(none.Area));
        Assert.Equal(new(0.5, 0.25, 0.75), AveragePrecision.Mean([none, new(0.5, 0.25, 0.75)]));
        Assert.True(double.IsNaN(AveragePrecision.Mean([none]).Step));
    }

    [Fact]
    public void Of_MoreTargetsThanScores_IsRefused() => Assert.Contains(
        "There are 1 scores and 2 targets", Assert.Throws<ArgumentException>(() => AveragePrecision.Of([1], [0, 1])).Message, StringComparison.Ordinal);
}
