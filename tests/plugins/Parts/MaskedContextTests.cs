using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class MaskedContextTests
{
    [Fact]
    public void Forward_RowsBelow_AreNotSeen()
    {
        var context = new MaskedContext(6, 8, 3);
        var codes = Tensors.Normal(1, 2, 6, 5, 4);

        for (var row = 1; row < 5; row++)
        {
            var changed = codes.clone();
            changed.narrow(2, row, 5 - row).add_(1);
            var (before, after) = (context.call(codes), context.call(changed));

            Tensors.AssertClose(before.narrow(2, 0, row), after.narrow(2, 0, row));
            Assert.NotEqual(Tensors.Values(before.select(2, row)), Tensors.Values(after.select(2, row)));
        }
    }

    [Fact]
    public void Forward_OneRowUp_IsSeenWithItsWholeWidthInTime()
    {
        var (one, three) = (new MaskedContext(6, 8, 1), new MaskedContext(6, 8, 3));
        var codes = Tensors.Normal(1, 1, 6, 5, 7).requires_grad_();

        Assert.Equal([0, 0, 1, 1, 1, 0, 0], Seen(one));
        Assert.Equal([1, 1, 1, 1, 1, 1, 1], Seen(three));

        // which columns of row 3 the middle cell of row 4 depends on
        int[] Seen(MaskedContext context)
        {
            codes.grad = null;
            context.call(codes)[0, .., 4, 3].sum().backward();

            return [.. Tensors.Values(codes.grad![0].select(1, 3).abs().amax([0])).Select(size => size > 0 ? 1 : 0)];
        }
    }
}
