namespace Parallax.Engine.Tests.Autograd;

public sealed class FunctionTests
{
    private sealed class Cube : torch.autograd.SingleTensorFunction<Cube>
    {
        public override string Name => nameof(Cube);

        public override Tensor forward(torch.autograd.AutogradContext ctx, params object[] vars)
        {
            var x = (Tensor)vars[0];
            ctx.save_for_backward([x]);
            return x * x * x;
        }

        public override List<Tensor> backward(torch.autograd.AutogradContext ctx, Tensor grad_output)
        {
            var x = ctx.get_saved_variables()[0];
            return [3f * x * x * grad_output];
        }
    }

    private sealed class Scaled : torch.autograd.SingleTensorFunction<Scaled>
    {
        public override string Name => nameof(Scaled);

        public override Tensor forward(torch.autograd.AutogradContext ctx, params object[] vars)
        {
            ctx.save_data("factor", vars[1]);
            return (Tensor)vars[0] * (float)vars[1];
        }

        public override List<Tensor> backward(torch.autograd.AutogradContext ctx, Tensor grad_output) => [grad_output * (float)ctx.get_data("factor")!, null!];
    }

    private sealed class Exponential : torch.autograd.SingleTensorFunction<Exponential>
    {
        public override string Name => nameof(Exponential);

        public override Tensor forward(torch.autograd.AutogradContext ctx, params object[] vars)
        {
            var y = ((Tensor)vars[0]).exp();
            ctx.save_for_backward([y]);
            return y;
        }

        public override List<Tensor> backward(torch.autograd.AutogradContext ctx, Tensor grad_output) => [ctx.get_saved_variables()[0] * grad_output];
    }

    private sealed class Identity : torch.autograd.SingleTensorFunction<Identity>
    {
        public override string Name => nameof(Identity);

        public override Tensor forward(torch.autograd.AutogradContext ctx, params object[] vars) => (Tensor)vars[0];

        public override List<Tensor> backward(torch.autograd.AutogradContext ctx, Tensor grad_output) => [grad_output * 10f];
    }

    private sealed class Failing : torch.autograd.SingleTensorFunction<Failing>
    {
        public override string Name => nameof(Failing);

        public override Tensor forward(torch.autograd.AutogradContext ctx, params object[] vars) => (Tensor)vars[0] * 2f;

        public override List<Tensor> backward(torch.autograd.AutogradContext ctx, Tensor grad_output) => throw new InvalidDataException("bad gradient");
    }

    private sealed class SumAndDifference : torch.autograd.MultiTensorFunction<SumAndDifference>
    {
        public override string Name => nameof(SumAndDifference);

        public override List<Tensor> forward(torch.autograd.AutogradContext ctx, params object[] vars) => [(Tensor)vars[0] + (Tensor)vars[1], (Tensor)vars[0] - (Tensor)vars[1]];

        public override List<Tensor> backward(torch.autograd.AutogradContext ctx, List<Tensor> grad_outputs) => [grad_outputs[0] + grad_outputs[1], grad_outputs[0] - grad_outputs[1]];
    }

    private sealed class TripleInPlace : torch.autograd.SingleTensorFunction<TripleInPlace>
    {
        public override string Name => nameof(TripleInPlace);

        public override Tensor forward(torch.autograd.AutogradContext ctx, params object[] vars)
        {
            var x = (Tensor)vars[0];
            ctx.mark_dirty([x]);
            return x.mul_(3f);
        }

        public override List<Tensor> backward(torch.autograd.AutogradContext ctx, Tensor grad_output) => [grad_output * 3f];
    }

    private sealed class WrongCount : torch.autograd.SingleTensorFunction<WrongCount>
    {
        public override string Name => nameof(WrongCount);

        public override Tensor forward(torch.autograd.AutogradContext ctx, params object[] vars) => (Tensor)vars[0] + (Tensor)vars[1];

        public override List<Tensor> backward(torch.autograd.AutogradContext ctx, Tensor grad_output) => [grad_output];
    }

    [Fact]
    public void Apply_SavedInput_GivesGradient()
    {
        using var scope = NewDisposeScope();
        var x = torch.tensor([2f, -1f], requires_grad: true);

        var y = Cube.apply(x);
        y.sum().backward();

        Assert.Equal([8f, -1f], y.data<float>().ToArray());
        Assert.Equal([12f, 3f], x.grad!.data<float>().ToArray());
    }

    [Fact]
    public void Apply_CreateGraph_GivesSecondDerivative()
    {
        using var scope = NewDisposeScope();
        var x = torch.tensor([2f], requires_grad: true);

        var first = torch.autograd.grad([Cube.apply(x)], [x], create_graph: true)[0];
        var second = torch.autograd.grad([first], [x])[0];

        Assert.Equal(12f, second.item<float>());
    }

    [Fact]
    public void Apply_SavedOutput_GivesGradientAndIsFreed()
    {
        var before = torch.Tensor.TotalCount;
        using (NewDisposeScope())
        {
            var x = torch.tensor([1f], requires_grad: true);
            Exponential.apply(x).sum().backward();
            Assert.Equal(MathF.E, x.grad!.item<float>(), 1e-6f);
        }

        Assert.InRange(torch.Tensor.TotalCount, 0, before);   // finalizers of other tests may lower it
    }

    [Fact]
    public void Apply_PlainArgument_ReachesBackward()
    {
        using var scope = NewDisposeScope();
        var x = torch.ones(1, requires_grad: true);

        Scaled.apply(x, 4f).sum().backward();

        Assert.Equal(4f, x.grad!.item<float>());
    }

    [Fact]
    public void Apply_InputReturned_GivesNewTensorAndLeavesInputAlone()
    {
        using var scope = NewDisposeScope();
        var x = torch.ones(1, requires_grad: true);

        var y = Identity.apply(x);
        y.sum().backward();

        Assert.NotSame(x, y);
        Assert.True(x.is_leaf);
        Assert.Equal(10f, x.grad!.item<float>());
    }

    [Fact]
    public void Apply_SeveralOutputs_MaterializesUnusedGradients()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (torch.tensor([1f], requires_grad: true), torch.tensor([2f], requires_grad: true));

        SumAndDifference.apply(a, b)[1].sum().backward();

        Assert.Equal((1f, -1f), (a.grad!.item<float>(), b.grad!.item<float>()));
    }

    [Fact]
    public void Apply_DirtyInput_IsReturnedWithNewHistory()
    {
        using var scope = NewDisposeScope();
        var x = torch.ones(1, requires_grad: true);
        var y = x * 2f;

        var z = TripleInPlace.apply(y);
        z.sum().backward();

        Assert.Same(y, z);
        Assert.Equal((6f, 6f), (y.item<float>(), x.grad!.item<float>()));
    }

    [Fact]
    public void Apply_DirtyLeaf_IsRefused()
    {
        using var scope = NewDisposeScope();
        var x = torch.ones(1, requires_grad: true);

        var error = Assert.Throws<InvalidOperationException>(() => TripleInPlace.apply(x));

        Assert.Contains("clone()", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Apply_NoGrad_RecordsNothing()
    {
        using var scope = NewDisposeScope();
        using var off = torch.no_grad();

        Assert.False(Cube.apply(torch.ones(1, requires_grad: true)).requires_grad);
    }

    [Fact]
    public void Backward_CallbackThrows_CarriesTheException()
    {
        using var scope = NewDisposeScope();
        var y = Failing.apply(torch.ones(1, requires_grad: true)).sum();

        var error = Assert.Throws<TorchException>(() => y.backward());

        Assert.Equal(TorchErrorCode.Callback, error.Code);
        Assert.Equal("bad gradient", Assert.IsType<InvalidDataException>(error.InnerException).Message);
    }

    [Fact]
    public void Backward_WrongNumberOfGradients_SaysHowMany()
    {
        using var scope = NewDisposeScope();
        var y = WrongCount.apply(torch.ones(1, requires_grad: true), torch.ones(1)).sum();

        var error = Assert.Throws<TorchException>(() => y.backward());

        Assert.Contains("returned 1 gradients; forward has 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Backward_SecondTimeWithoutRetain_SaysWhatToDo()
    {
        using var scope = NewDisposeScope();
        var y = Cube.apply(torch.ones(1, requires_grad: true)).sum();
        y.backward();

        Assert.Throws<TorchException>(() => y.backward());
    }

    [Fact]
    public void Apply_ManyNodesHalfUnused_LeavesNoTensorAlive()
    {
        var before = torch.Tensor.TotalCount;

        for (var i = 0; i < 2_000; i++)
        {
            using var scope = NewDisposeScope();
            var y = Cube.apply(torch.ones(4, requires_grad: true));
            if (i % 2 == 0)
            {
                y.sum().backward();
            }
        }

        Assert.InRange(torch.Tensor.TotalCount, 0, before);   // finalizers of other tests may lower it
    }

    [Fact]
    public void Apply_LongChain_RunsAndIsFreed()
    {
        using var scope = NewDisposeScope();
        var x = torch.ones(1, requires_grad: true);
        var y = x;
        for (var i = 0; i < 5_000; i++)
        {
            y = Scaled.apply(y, 1f);
        }

        y.sum().backward();

        Assert.Equal(1f, x.grad!.item<float>());
    }
}
