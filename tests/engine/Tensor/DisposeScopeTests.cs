namespace Parallax.Engine.Tests.Tensors;

/// <remarks>Finalizers of other tests' tensors may lower the count of live tensors at any time, so it is bounded from above.</remarks>
public sealed class DisposeScopeTests
{
    [Fact]
    public void Dispose_Scope_FreesItsTensors()
    {
        var before = torch.Tensor.TotalCount;
        Tensor inside;

        using (var scope = NewDisposeScope())
        {
            inside = torch.ones(3) + 1f;
            Assert.Equal(2, scope.DisposablesCount);
        }

        Assert.True(inside.IsInvalid);
        Assert.InRange(torch.Tensor.TotalCount, 0, before);
    }

    [Fact]
    public void MoveToOuterDisposeScope_Result_SurvivesTheInnerScope()
    {
        using var outer = NewDisposeScope();
        Tensor kept;

        using (NewDisposeScope())
        {
            kept = torch.full([2], 7).MoveToOuterDisposeScope();
        }

        Assert.Equal(7f, kept.sum().item<long>() / 2f);
        Assert.Equal(2, outer.DisposablesCount);
    }

    [Fact]
    public void WrappedTensorDisposeScope_KeepsOnlyTheResult()
    {
        using var outer = NewDisposeScope();

        var result = torch.WrappedTensorDisposeScope(() => (torch.ones(2) * 2f) + 1f);

        Assert.Equal([3f, 3f], result.data<float>().ToArray());
        Assert.Equal(1, outer.DisposablesCount);
    }

    [Fact]
    public void DetachFromDisposeScope_OutlivesEveryScope()
    {
        Tensor kept;
        using (NewDisposeScope())
        {
            kept = torch.ones(1).DetachFromDisposeScope();
        }

        Assert.Equal(1f, kept.item<float>());
        kept.Dispose();
    }

    [Fact]
    public void Use_AfterScopeEnded_ThrowsObjectDisposed()
    {
        Tensor dead;
        using (NewDisposeScope())
        {
            dead = torch.ones(1);
        }

        var error = Assert.Throws<ObjectDisposedException>(() => dead + 1f);

        Assert.Contains("MoveToOuterDisposeScope", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Dispose_EarlyAndOutOfOrder_LeavesTheRestUsable()
    {
        using var scope = NewDisposeScope();
        var tensors = Enumerable.Range(0, 100).Select(i => torch.full([1], i)).ToArray();

        foreach (var tensor in tensors.Where((_, i) => i % 3 == 0))
        {
            tensor.Dispose();
        }

        Assert.Equal(66, scope.DisposablesCount);
        Assert.All(tensors.Select((tensor, i) => (tensor, i)).Where(t => t.i % 3 != 0), t => Assert.Equal(t.i, t.tensor.item<long>()));
    }

    [Fact]
    public void Dispose_InnerScopeForgotten_ClosesWithTheOuter()
    {
        var before = torch.Tensor.TotalCount;

        using (NewDisposeScope())
        {
            _ = NewDisposeScope();
            _ = torch.ones(1);
        }

        Assert.InRange(torch.Tensor.TotalCount, 0, before);
        Assert.Null(torch.CurrentDisposeScope);
    }

    [Fact]
    public void Dispose_OnAnotherThread_IsRefused()
    {
        using var scope = NewDisposeScope();
        Exception? caught = null;

        var thread = new Thread(() => caught = Record.Exception(scope.Dispose));
        thread.Start();
        thread.Join();

        Assert.IsType<InvalidOperationException>(caught);
    }

    [Fact]
    public void Tensor_DisposedOnAnotherThread_IsFreedOnce()
    {
        var before = torch.Tensor.TotalCount;
        using (NewDisposeScope())
        {
            var tensor = torch.ones(1);
            var thread = new Thread(tensor.Dispose);
            thread.Start();
            thread.Join();
            Assert.True(tensor.IsInvalid);
        }

        Assert.InRange(torch.Tensor.TotalCount, 0, before);
    }

    [Fact]
    public void DisposeEverythingBut_KeepsTheNamed()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (torch.ones(1), torch.ones(1));

        scope.DisposeEverythingBut(b);

        Assert.True(a.IsInvalid);
        Assert.Equal(1f, b.item<float>());
        Assert.Equal(1, scope.DisposablesCount);
    }

    [Fact]
    public void InPlace_ReturnsTheSameObject()
    {
        using var scope = NewDisposeScope();
        var x = torch.ones(2);

        Assert.Same(x, x.add_(1f));
        Assert.Same(x, x.mul_(torch.ones(2)));
        Assert.Same(x, x.zero_());
        Assert.Same(x, x.requires_grad_());
    }
}
