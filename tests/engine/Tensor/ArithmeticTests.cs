namespace Parallax.Engine.Tests.Tensors;

public sealed class ArithmeticTests
{
    [Fact]
    public void Operators_WithNumbersOnEitherSide_AreElementwise()
    {
        using var scope = NewDisposeScope();
        var x = torch.tensor([1f, 2f, 4f]);

        Assert.Equal([3f, 4f, 6f], (x + 2).data<float>().ToArray());
        Assert.Equal([1f, 0f, -2f], (2 - x).data<float>().ToArray());
        Assert.Equal([8f, 4f, 2f], (8.0 / x).data<float>().ToArray());
        Assert.Equal([1f, 0f, 0f], (x % 2f).data<float>().ToArray());
        Assert.Equal([-1f, -2f, -4f], (-x).data<float>().ToArray());
        Assert.Equal(torch.float32, (x * 1.5).dtype);
    }

    [Fact]
    public void Operators_WithANumber_RoundItToTheTensorsType()
    {
        using var scope = NewDisposeScope();
        var (single, whole) = (torch.tensor([3f]), torch.tensor([3L]));

        Assert.Equal([3f * 0.1f], (single * 0.1).data<float>().ToArray());
        Assert.Equal([3f / 7f], (single / 7).data<float>().ToArray());
        Assert.Equal([3 - (0.5 * 0.1)], single.to(torch.float64).sub(0.1, alpha: 0.5).data<double>().ToArray());
        Assert.Equal(torch.float32, (whole * 0.1).dtype);
        Assert.Equal(torch.float64, (torch.tensor(2.0) * whole * 0.1f).dtype);
    }

    [Theory]
    [InlineData(1e300, float.PositiveInfinity)]
    [InlineData(double.NegativeInfinity, float.NegativeInfinity)]
    [InlineData(double.NaN, float.NaN)]
    public void Operators_WithANumberBeyondFloat32_GiveInfinityOrNaN(double number, float expected)
    {
        using var scope = NewDisposeScope();
        var x = torch.tensor([2f]);

        Assert.Equal([expected], (x * number).data<float>().ToArray());
        Assert.Equal([expected], x.add_(number).data<float>().ToArray());
    }

    [Fact]
    public void Operators_WithANumber_CarryGradients()
    {
        using var scope = NewDisposeScope();
        var x = torch.tensor([2f]).requires_grad_();

        ((x * 3.0 + 1) / 2.0 - 5).backward();

        Assert.Equal([1.5f], x.grad!.data<float>().ToArray());
    }

    [Fact]
    public void Comparison_GivesTensors()
    {
        using var scope = NewDisposeScope();
        var x = torch.tensor([1L, 2L, 3L]);

        Assert.Equal([false, true, false], (x == 2).data<bool>().ToArray());
        Assert.Equal([true, false, false], (2 > x).data<bool>().ToArray());
        Assert.Equal([false, true, true], (~(x < 2)).data<bool>().ToArray());
        Assert.Equal([true, false, true], ((x < 2) | (x > 2)).data<bool>().ToArray());
    }

    [Fact]
    public void Reductions_MatchHandValues()
    {
        using var scope = NewDisposeScope();
        var x = torch.tensor(new[,] { { 1f, 5f }, { 3f, 2f } });

        Assert.Equal(11f, x.sum().item<float>());
        Assert.Equal([2f, 3.5f], x.mean([0]).data<float>().ToArray());
        Assert.Equal([5f, 3f], x.max(1).values.data<float>().ToArray());
        Assert.Equal([1L, 0L], x.argmax(1).data<long>().ToArray());
        Assert.Equal(MathF.Sqrt(2), x.std(dim: 0)[0].item<float>(), 1e-6f);
        Assert.Equal(1f, x.var(0, unbiased: false)[0].item<float>(), 1e-6f);
        Assert.Equal([5f], x.flatten().topk(1).values.data<float>().ToArray());
        Assert.Equal([1f, 2f, 3f, 5f], x.flatten().sort().Values.data<float>().ToArray());
    }

    [Fact]
    public void Lists_Cat_Stack_Split_RoundTrip()
    {
        using var scope = NewDisposeScope();
        var parts = torch.arange(6).reshape(3, 2).split(2);

        Assert.Equal(2, parts.Length);
        Assert.Equal([3L, 2L], torch.cat(parts).shape);
        Assert.Equal([2L, 1L, 2L], torch.stack([parts[1], parts[1]]).shape);
        Assert.Equal(15L, torch.cat(parts).sum().item<long>());
    }

    [Fact]
    public void Einsum_MatchesMatmul()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (torch.randn(3, 4), torch.randn(4, 5));

        Assert.True(torch.einsum("ij,jk->ik", a, b).allclose(a.mm(b), atol: 1e-6));
    }

    [Fact]
    public void Factories_FollowTypesAndShapes()
    {
        using var scope = NewDisposeScope();

        Assert.Equal(torch.int64, torch.arange(3).dtype);
        Assert.Equal([0f, 0.5f], torch.arange(0, 1, 0.5).data<float>().ToArray());
        Assert.Equal([1L, 0L, 0L, 1L], torch.eye(2, dtype: torch.int64).data<long>().ToArray());
        Assert.Equal([], torch.zeros([]).shape);
        Assert.Equal(torch.int64, torch.full(2, 3L).dtype);
        Assert.Equal(torch.float32, torch.full([2], 3.0).dtype);
        Assert.Equal([3L, 0L], torch.empty(3, 0).shape);
    }

    [Fact]
    public void To_SameType_GivesNewObject()
    {
        using var scope = NewDisposeScope();
        var x = torch.ones(1);

        var y = x.to(torch.float32);
        x.Dispose();

        Assert.Equal(1f, y.item<float>());
    }

    [Fact]
    public void Mm_WrongShapes_NamesOperatorAndShapes()
    {
        using var scope = NewDisposeScope();

        var error = Assert.Throws<TorchException>(() => torch.zeros(2, 3).mm(torch.zeros(4, 5)));

        Assert.EndsWith("in aten::mm([2, 3] Float32, [4, 5] Float32)", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Mm_WrongTypes_NamesThem()
    {
        using var scope = NewDisposeScope();

        var error = Assert.Throws<TorchException>(() => torch.zeros(2, 2).mm(torch.zeros([2, 2], torch.float64)));

        Assert.Contains("[2, 2] Float64", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cuda_WithoutDevice_ThrowsAndNames()
    {
        Assert.SkipWhen(torch.cuda.is_available(), "This machine has a CUDA device.");
        using var scope = NewDisposeScope();

        var error = Assert.Throws<TorchException>(() => torch.ones(2).to("cuda"));

        Assert.Contains("[2] Float32", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Device_UnknownName_ListsTheKnown()
    {
        var error = Assert.Throws<ArgumentException>(() => new Device("gpu"));

        Assert.Contains("cuda:N", error.Message, StringComparison.Ordinal);
    }
}
