namespace Parallax.Torch.Tests.Autograd;

public sealed class GradientHookTests
{
    [Fact]
    public void Callback_LeafUsedTwice_ComesOnceBeforeTheGradientIsAdded()
    {
        using var scope = NewDisposeScope();
        var leaf = ones(3).requires_grad_();
        leaf.grad = full(3, 5f);
        List<float> before = [];
        var hook = new GradientHook(leaf, () => before.Add(leaf.grad!.data<float>()[0]));

        ((leaf * 2) + (leaf * leaf)).sum().Backpropagate();

        Assert.Equal([5], before);
        Assert.Equal([9, 9, 9], leaf.grad!.data<float>().ToArray());
        GC.KeepAlive(hook);
    }

    [Fact]
    public void Callback_SeveralLeavesAndPasses_ComesInTheOrderOfBackward()
    {
        using var scope = NewDisposeScope();
        Tensor[] leaves = [ones(2).requires_grad_(), ones(2).requires_grad_(), ones(2).requires_grad_()];
        List<int> order = [];
        GradientHook[] hooks = [.. leaves.Select((leaf, i) => new GradientHook(leaf, () => order.Add(i)))];

        for (var pass = 0; pass < 2; pass++)
        {
            (((leaves[0] * leaves[1]).exp() * leaves[1]).exp().sum() + 1).Backpropagate();
        }

        Assert.Equal(4, order.Count);
        Assert.Equal(order[..2].Order(), [0, 1]);
        Assert.Equal(order[..2], order[2..]);
        GC.KeepAlive(hooks);
    }

    [Fact]
    public void Callback_EarlierLeaf_HasItsGradientWhenALaterOneIsCalled()
    {
        using var scope = NewDisposeScope();
        Tensor first = ones(2).requires_grad_(), last = ones(2).requires_grad_();
        var hasGradient = false;
        GradientHook[] hooks = [new(last, () => { }), new(first, () => hasGradient = last.grad is not null)];

        ((first * 2).exp() * last).sum().Backpropagate();

        Assert.True(hasGradient);
        GC.KeepAlive(hooks);
    }

    [Fact]
    public void Callback_Throws_ReachesTheCallerOfBackward()
    {
        using var scope = NewDisposeScope();
        var leaf = ones(2).requires_grad_();
        var hook = new GradientHook(leaf, () => throw new InvalidDataException("no"));

        Assert.Throws<InvalidDataException>(leaf.sum().Backpropagate);
        GC.KeepAlive(hook);
    }

    [Fact]
    public void Callback_ThereOrNot_BackwardCallsTheSameOperators()
    {
        using var scope = NewDisposeScope();
        Tensor plain = ones(3, 3).requires_grad_(), hooked = ones(3, 3).requires_grad_();
        var hook = new GradientHook(hooked, () => { });

        Assert.Equal(Operators(plain), Operators(hooked));
        GC.KeepAlive(hook);
    }

    [Fact]
    public void New_NoLeafOrNoGradient_Throws()
    {
        using var scope = NewDisposeScope();

        Assert.Throws<ArgumentException>(() => new GradientHook(ones(2), () => { }));
        Assert.Throws<ArgumentException>(() => new GradientHook(ones(2).requires_grad_() * 2, () => { }));
    }

    private static List<(string Name, long Calls)> Operators(Tensor leaf)
    {
        var loss = (leaf.mm(leaf) * leaf).sum();
        using var recorder = OperatorRecorder.Start();
        loss.Backpropagate();

        return [.. recorder.Counts.OrderBy(count => count.Key, StringComparer.Ordinal).Select(count => (count.Key, count.Value))];
    }
}
