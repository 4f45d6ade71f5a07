using Parallax.Host.Reports;

namespace Parallax.Host.Tests.Reports;

public sealed class NeighbourVotesTests
{
    [Fact]
    public void Of_ThreeQueries_AreCountedByClassAndVote()
    {
        // The two of class 0 point to the right, the one of class 1 points up: (1, 1) / sqrt(2) is as near to all three, so that two outvote one.
        using var bank = torch.tensor(new float[] { 2, 0, 1, 0, 0, 3 }).view(3, 2);
        using var held = torch.tensor(new float[] { 5, 0, 0, 1, 1, 1 }).view(3, 2);

        var votes = NeighbourVotes.Of(new(bank, torch.tensor(new long[] { 0, 0, 1 }), 2), new(held, torch.tensor(new long[] { 0, 1, 1 }), 2))!;

        Assert.Equal(new[,] { { 1, 0 }, { 1, 1 } }, votes.Counts);
        Assert.Equal((3L, 2.0 / 3), (votes.Bank, votes.Accuracy));
    }

    [Fact]
    public void Of_ImagesWithoutAClass_AreNotCounted()
    {
        using var rows = torch.tensor(new float[] { 1, 0, 0, 1 }).view(2, 2);

        var votes = NeighbourVotes.Of(new(rows, torch.tensor(new long[] { 0, 1 }), 2), new(rows, torch.tensor(new long[] { -1, 1 }), 2))!;

        Assert.Equal(new[,] { { 0, 0 }, { 0, 1 } }, votes.Counts);
        Assert.Equal(1, votes.Accuracy);
    }

    [Fact]
    public void Of_TrainingImagesWithoutAClass_DoNotVote()
    {
        using var bank = torch.tensor(new float[] { 1, 0, 0, 1, 1, 0 }).view(3, 2);
        using var held = torch.tensor(new float[] { 1, 0 }).view(1, 2);

        var votes = NeighbourVotes.Of(new(bank, torch.tensor(new long[] { -1, 1, 0 }), 2), new(held, torch.tensor(new long[] { 0 }), 2))!;

        Assert.Equal(new[,] { { 1, 0 }, { 0, 0 } }, votes.Counts);
        Assert.Equal(2, votes.Bank);
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, -1)]
    public void Of_NoImageWithAClass_IsNone(long bank, long held)
    {
        using var row = torch.ones(1, 2);

        Assert.Null(NeighbourVotes.Of(new(row, torch.tensor(new[] { bank }), 1), new(row, torch.tensor(new[] { held }), 1)));
    }
}
