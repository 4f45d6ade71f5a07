using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class CPCLossTests
{
    private const int Images = 2, Width = 3, Rows = 4, Columns = 5;

    [Fact]
    public void AmongAll_EqualTargets_IsTheLogarithmOfAllCells()
    {
        var same = ones(Images, Width, Rows, Columns);

        Assert.Equal(Math.Log(Images * Rows * Columns), CPCLoss.AmongAll(Tensors.Normal(1, same.shape), same, same, 1).item<float>(), tolerance: 1e-5);
    }

    [Fact]
    public void AmongSampled_EqualTargets_IsTheLogarithmOfTheNegativesAndThePositive()
    {
        var same = ones(Images, Width, Rows, Columns);
        var negatives = zeros([Images, 3 * Columns * 7], dtype: int64);

        Assert.Equal(Math.Log(8), CPCLoss.AmongSampled(Tensors.Normal(1, same.shape), same, same, 1, negatives).item<float>(), tolerance: 1e-5);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void AmongAll_CodesOfCells_MustBeFoundSomeRowsBelow(int offset)
    {
        const int cells = Images * Rows * Columns;
        var targets = (20 * eye(cells)).view(Images, Rows, Columns, cells).permute(0, 3, 1, 2);   // every cell has a direction of its own
        var predictions = targets.roll(-offset, 2);

        Assert.Equal(0, CPCLoss.AmongAll(predictions, targets, targets, offset).item<float>(), tolerance: 1e-5);
        Assert.True(CPCLoss.AmongAll(predictions, targets, targets, offset == 1 ? 2 : 1).item<float>() > 100);
    }

    [Fact]
    public void AmongAll_LastRows_HaveNoTarget()
    {
        var (predictions, targets) = (Tensors.Leaf(Tensors.Normal(1, Images, Width, Rows, Columns)), Tensors.Normal(2, Images, Width, Rows, Columns));

        CPCLoss.AmongAll(predictions, targets, targets, 2).backward();

        Assert.Equal(0, predictions.grad!.narrow(2, 2, 2).abs().max().item<float>());
        Assert.True(predictions.grad.narrow(2, 0, 2).abs().min().item<float>() > 0);
    }

    [Fact]
    public void AmongSampled_EveryCellBelow_IsAmongAllOfThem()
    {
        var (predictions, targets) = (Tensors.Normal(1, Images, Width, Rows, Columns), Tensors.Normal(2, Images, Width, Rows, Columns));
        const int below = Images * (Rows - 1) * Columns;
        var every = arange(below, dtype: int64).repeat(below).view(Images, -1);   // the positive counts twice

        var loss = CPCLoss.AmongSampled(predictions, targets, targets, 1, every);

        var (p, t) = (Cells(predictions.narrow(2, 0, Rows - 1)), Cells(targets.narrow(2, 1, Rows - 1)));
        var scores = p.mm(t.t()).exp();
        var own = scores.diagonal();
        Assert.Equal(-(own / (scores.sum([1]) + own)).log().mean().item<float>(), loss.item<float>(), tolerance: 1e-5);

        static Tensor Cells(Tensor grid) => grid.permute(0, 2, 3, 1).flatten(0, 2);
    }
}
