using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class RowBlocksTests
{
    private const long Wide = 1 << 22;   // numbers of a row on its way: two rows are a block

    [Theory]
    [InlineData(2)]
    [InlineData(5)]   // the last block has one row
    public void Map_BlockByBlock_IsTheFunctionOfAllRows(int count)
    {
        using var scope = NewDisposeScope();
        var (rows, blocks) = (arange(3 * count).view(count, 3), new List<long>());

        var mapped = RowBlocks.Map(rows, Wide, part =>
        {
            blocks.Add(part.shape[0]);

            return 2 * part.narrow(1, 1, 2);
        });

        Assert.Equal([count, 2L], mapped.shape);
        Assert.Equal(Tensors.Integers(2 * rows.narrow(1, 1, 2)), Tensors.Integers(mapped));
        Assert.Equal(count == 2 ? [2L] : [2L, 2, 1], blocks);
    }

    [Fact]
    public void MakeUnit_InPlace_HasTheBitsOfUnit()
    {
        using var scope = NewDisposeScope();
        var rows = Tensors.Normal(5, 37, 19);
        rows[3].zero_();
        var expected = Tensors.Values(Rows.Unit(rows));

        Rows.MakeUnit(rows);

        Assert.Equal(expected, Tensors.Values(rows));
    }
}
