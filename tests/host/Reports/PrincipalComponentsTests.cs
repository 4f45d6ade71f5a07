using Parallax.Host.Reports;

namespace Parallax.Host.Tests.Reports;

public sealed class PrincipalComponentsTests
{
    [Fact]
    public void Of_RowsAlongTwoAxes_AreTheAxesByHand()
    {
        // The mean is (1, 2, 5); around it the rows are (0, 4, 0), (0, -4, 0), (0, 0, 1) and (0, 0, -1).
        using var rows = torch.tensor(new float[] { 1, 6, 5, 1, -2, 5, 1, 2, 6, 1, 2, 4 }).view(4, 3);

        var (places, singular) = PrincipalComponents.Of(rows);

        Assert.Equal([Math.Sqrt(32), Math.Sqrt(2), 0], singular, IsNear);
        Assert.Equal([4, 4, 0, 0], places.Select(place => Math.Abs(place.X)), IsNear);   // rows as far out as each other: either may be the positive one
        Assert.Equal([0, 0, 1, 1], places.Select(place => Math.Abs(place.Y)), IsNear);
        Assert.Equal(-1, Math.Sign(places[0].X * places[1].X));
    }

    [Fact]
    public void Of_OneDimension_HasNoSecondOne()
    {
        using var rows = torch.tensor(new float[] { 0, 1, 5 }).view(3, 1);

        var (places, singular) = PrincipalComponents.Of(rows);

        Assert.Equal([-2, -1, 3], places.Select(place => place.X), IsNear);
        Assert.All(places, place => Assert.Equal(0, place.Y));
        Assert.Single(singular);
    }

    private static bool IsNear(double a, double b) => Math.Abs(a - b) < 1e-5;
}
