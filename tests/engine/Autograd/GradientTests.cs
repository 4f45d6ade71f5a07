namespace Parallax.Engine.Tests.Autograd;

public sealed class GradientTests
{
    [Fact]
    public void Backward_Square_GivesTwiceTheValue()
    {
        using var scope = NewDisposeScope();
        var x = torch.tensor([1f, -2f], requires_grad: true);

        (x * x).sum().backward();

        Assert.Equal([2f, -4f], x.grad!.data<float>().ToArray());
    }

    [Fact]
    public void Backward_CalledTwice_Accumulates()
    {
        using var scope = NewDisposeScope();
        var x = torch.tensor([3f], requires_grad: true);

        (x * 2f).sum().backward();
        (x * 5f).sum().backward();

        Assert.Equal(7f, x.grad!.item<float>());
    }

    [Fact]
    public void Grad_SetToNull_IsForgotten()
    {
        using var scope = NewDisposeScope();
        var x = torch.tensor([3f], requires_grad: true);
        x.sum().backward();

        x.grad = null;

        Assert.Null(x.grad);
    }

    [Fact]
    public void Grad_OfWrongShape_IsRefused()
    {
        using var scope = NewDisposeScope();
        var x = torch.zeros(2, requires_grad: true);

        var error = Assert.Throws<TorchException>(() => x.grad = torch.zeros(3));

        Assert.Contains("shape [2]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NoGrad_Inside_RecordsNothing()
    {
        using var scope = NewDisposeScope();
        var x = torch.ones(1, requires_grad: true);

        using (torch.no_grad())
        {
            Assert.False((x * 2f).requires_grad);
            using (torch.enable_grad())
            {
                Assert.True((x * 2f).requires_grad);
            }
        }

        Assert.True((x * 2f).requires_grad);
    }

    [Fact]
    public void InferenceMode_Inside_RecordsNothingAndEnds()
    {
        using var scope = NewDisposeScope();
        var x = torch.ones(1, requires_grad: true);

        using (torch.inference_mode())
        {
            Assert.True(torch.is_inference_mode_enabled());
            Assert.False((x * 2f).requires_grad);
        }

        Assert.False(torch.is_inference_mode_enabled());
    }

    [Fact]
    public void AutogradGrad_CreateGraph_GivesSecondDerivative()
    {
        using var scope = NewDisposeScope();
        var x = torch.tensor([2.0], requires_grad: true);
        var y = x.pow(3).sum();

        var first = torch.autograd.grad([y], [x], create_graph: true)[0];
        var second = torch.autograd.grad([first.sum()], [x])[0];

        Assert.Equal(12.0, first.item<double>(), 1e-12);
        Assert.Equal(12.0, second.item<double>(), 1e-12);
    }

    [Fact]
    public void AutogradGrad_UnusedInput_IsNullWhenAllowedAndRefusedOtherwise()
    {
        using var scope = NewDisposeScope();
        var (x, unused) = (torch.ones(1, requires_grad: true), torch.ones(1, requires_grad: true));

        Assert.Null(torch.autograd.grad([x * 2f], [unused], allow_unused: true)[0]);
        Assert.Throws<TorchException>(() => torch.autograd.grad([x * 2f], [unused]));
    }

    [Fact]
    public void RequiresGrad_OffForResult_SaysUseDetach()
    {
        using var scope = NewDisposeScope();
        var y = torch.ones(1, requires_grad: true) * 2f;

        var error = Assert.Throws<TorchException>(() => y.requires_grad = false);

        Assert.Contains("detach()", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Backward_SavedTensorChangedInPlace_Throws()
    {
        using var scope = NewDisposeScope();
        var x = torch.ones(2, requires_grad: true);
        var y = x.exp();
        y.add_(1f);

        var error = Assert.Throws<TorchException>(() => y.sum().backward());

        Assert.Contains("modified by an inplace operation", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Backward_FourThreads_GiveTheirOwnGradients()
    {
        var results = new float[4];

        Parallel.For(0, 4, i =>
        {
            using var scope = NewDisposeScope();
            var x = torch.full([1], i + 1, dtype: torch.float32).requires_grad_();
            for (var repeat = 0; repeat < 50; repeat++)
            {
                x.grad = null;
                (x * x).sum().backward();
            }

            results[i] = x.grad!.item<float>();
        });

        Assert.Equal([2f, 4f, 6f, 8f], results);
    }

    [Fact]
    public void DeepGraph_Freed_DoesNotOverflowTheStack()
    {
        using var scope = NewDisposeScope();
        var x = torch.ones(1, requires_grad: true);
        var y = x;
        for (var i = 0; i < 100_000; i++)
        {
            var next = y + 0f;
            if (!ReferenceEquals(y, x))
            {
                y.Dispose();
            }

            y = next;
        }

        y.sum().backward();

        Assert.Equal(1f, x.grad!.item<float>());
    }
}
