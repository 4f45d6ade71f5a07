namespace Parallax.Engine.Tests.Tensors;

public sealed class IndexingTests
{
    [Fact]
    public void Indexer_Numbers_SelectFromEitherEnd()
    {
        using var scope = NewDisposeScope();
        var x = torch.arange(24).reshape(2, 3, 4);

        Assert.Equal([16L, 17L, 18L, 19L], x[1, 1].data<long>().ToArray());
        Assert.Equal(23L, x[-1, -1, -1].item<long>());
        Assert.Equal(23L, x[^1, ^1, ^1].item<long>());
    }

    [Fact]
    public void Indexer_Slices_AreViews()
    {
        using var scope = NewDisposeScope();
        var x = torch.arange(6).reshape(2, 3);

        x[.., 1..] = torch.tensor(0L);

        Assert.Equal([0L, 0L, 0L, 3L, 0L, 0L], x.data<long>().ToArray());
    }

    [Fact]
    public void Indexer_EllipsisAndNone_PlaceDimensions()
    {
        using var scope = NewDisposeScope();
        var x = torch.zeros(2, 3, 4);

        Assert.Equal([2L, 3L], x[TensorIndex.Ellipsis, 0].shape);
        Assert.Equal([1L, 2L, 3L, 4L], x[TensorIndex.None].shape);
        Assert.Equal([2L, 3L, 1L, 4L], x[TensorIndex.Colon, TensorIndex.Colon, TensorIndex.None].shape);
    }

    [Fact]
    public void Indexer_SliceWithStep_TakesEveryNth()
    {
        using var scope = NewDisposeScope();

        Assert.Equal([1L, 4L, 7L], torch.arange(9)[TensorIndex.Slice(1, null, 3)].data<long>().ToArray());
    }

    [Fact]
    public void Indexer_Mask_SelectsAndAssigns()
    {
        using var scope = NewDisposeScope();
        var x = torch.tensor([1f, -2f, 3f]);

        Assert.Equal([1f, 3f], x[x > 0].data<float>().ToArray());
        x[x < 0] = 0f;

        Assert.Equal([1f, 0f, 3f], x.data<float>().ToArray());
    }

    [Fact]
    public void Indexer_IndexTensorBetweenSlices_GathersRows()
    {
        using var scope = NewDisposeScope();
        var x = torch.arange(12).reshape(3, 4);

        var picked = x[TensorIndex.Tensor(torch.tensor([2L, 0L])), 1..3];

        Assert.Equal([9L, 10L, 1L, 2L], picked.data<long>().ToArray());
    }

    [Fact]
    public void Indexer_TooManyIndices_NamesTheShape()
    {
        using var scope = NewDisposeScope();
        var x = torch.zeros(2, 3);

        var error = Assert.Throws<ArgumentException>(() => x[0, 0, 0]);

        Assert.Contains("[2, 3]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Indexer_OutOfRange_IsAnIndexError()
    {
        using var scope = NewDisposeScope();
        var x = torch.zeros(2);

        Assert.Equal(TorchErrorCode.Index, Assert.Throws<TorchException>(() => x[2]).Code);
    }

    [Fact]
    public void IndexPut_Accumulate_AddsTwiceForRepeatedIndices()
    {
        using var scope = NewDisposeScope();
        var x = torch.zeros(3);

        x.index_put_(torch.ones(2), [torch.tensor([1L, 1L])], accumulate: true);

        Assert.Equal([0f, 2f, 0f], x.data<float>().ToArray());
    }

    [Fact]
    public void Indexer_SliceOfDifferentiable_PropagatesGradient()
    {
        using var scope = NewDisposeScope();
        var x = torch.ones(4, requires_grad: true);

        x[1..3].sum().backward();

        Assert.Equal([0f, 1f, 1f, 0f], x.grad!.data<float>().ToArray());
    }
}
