using Parallax.Host.Evaluation;

namespace Parallax.Host.Tests.Evaluation;

public sealed class CollectedRowsTests
{
    [Theory]
    [InlineData(5)]
    [InlineData(8)]   // three images could not be read
    public void Take_AfterBatches_GivesTheirRowsInOrder_AndTheBatchesAreGone(int most)
    {
        using var scope = torch.NewDisposeScope();
        Tensor[] batches = [torch.tensor(new float[,] { { 1, 2 }, { 3, 4 } }), torch.tensor(new float[,] { { 5, 6 }, { 7, 8 }, { 9, 10 } })];
        var rows = new CollectedRows(most);
        Assert.True(rows.IsEmpty);

        foreach (var batch in batches)
        {
            rows.Add(batch);
        }

        Assert.False(rows.IsEmpty);
        Assert.All(batches, batch => Assert.True(batch.IsInvalid));
        var taken = rows.Take();
        Assert.Equal([5, 2], taken.shape);
        Assert.Equal([1f, 2, 3, 4, 5, 6, 7, 8, 9, 10], taken.data<float>());
    }
}
