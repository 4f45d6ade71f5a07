namespace Parallax.Engine.Tests.Tensors;

public sealed class SmokeTests
{
    [Fact]
    public void Add_TwoTensors_AddsElements()
    {
        using var scope = NewDisposeScope();

        var sum = torch.tensor([1f, 2f]) + torch.tensor([3f, 5f]);

        Assert.Equal([4f, 7f], sum.data<float>().ToArray());
    }

    [Fact]
    public void Backward_Square_GivesTwiceTheValue()
    {
        using var scope = NewDisposeScope();
        var x = torch.tensor([1f, -2f], requires_grad: true);

        (x * x).sum().backward();

        Assert.Equal([2f, -4f], x.grad!.data<float>().ToArray());
    }

    [Fact]
    public void Indexer_MixedExpression_SelectsAndSlices()
    {
        using var scope = NewDisposeScope();
        var x = torch.arange(24).reshape(2, 3, 4);

        Assert.Equal([20L, 21L], x[1, ^1, ..2].data<long>().ToArray());
        Assert.Equal([5, 17], x[.., 1, 1].data<long>().ToArray());
        Assert.Equal(7, x[x > 16].numel());
    }

    [Fact]
    public void Matmul_WrongShapes_NamesOperatorAndShapes()
    {
        using var scope = NewDisposeScope();

        var error = Assert.Throws<TorchException>(() => torch.zeros(2, 3).mm(torch.zeros(4, 5)));

        Assert.Contains("aten::mm", error.Message, StringComparison.Ordinal);
        Assert.Contains("[2, 3] Float32", error.Message, StringComparison.Ordinal);
    }
}
