namespace Parallax.Torch.Tests.Autograd;

/// <remarks>Runs alone: an error of a thread without a pass belongs to whichever pass is running.</remarks>
[Collection("backward")]
[CollectionDefinition("backward", DisableParallelization = true)]
public sealed class CustomFunctionTests
{
    private sealed class Scaled : CustomFunction<Scaled>
    {
        protected override Tensor Compute(autograd.AutogradContext context, object[] inputs)
        {
            var x = (Tensor)inputs[0];
            context.save_for_backward([x]);
            context.save_data("factor", inputs[1]);
            return x * x * (float)inputs[1];
        }

        protected override IReadOnlyList<Tensor?> Differentiate(autograd.AutogradContext context, Tensor gradient) =>
            [context.get_saved_variables()[0] * 2 * gradient * (float)context.get_data("factor"), null];
    }

    private sealed class Failing : CustomFunction<Failing>
    {
        protected override Tensor Compute(autograd.AutogradContext context, object[] inputs) => (Tensor)inputs[0] * 2;

        protected override IReadOnlyList<Tensor?> Differentiate(autograd.AutogradContext context, Tensor gradient) =>
            throw new InvalidDataException("bad gradient");
    }

    private sealed class OneOfTwo : CustomFunction<OneOfTwo>
    {
        protected override Tensor Compute(autograd.AutogradContext context, object[] inputs) => (Tensor)inputs[0] + (Tensor)inputs[1];

        protected override IReadOnlyList<Tensor?> Differentiate(autograd.AutogradContext context, Tensor gradient) => [gradient];
    }

    private sealed class GradientOfANumber : CustomFunction<GradientOfANumber>
    {
        protected override Tensor Compute(autograd.AutogradContext context, object[] inputs) => (Tensor)inputs[0] * (float)inputs[1];

        protected override IReadOnlyList<Tensor?> Differentiate(autograd.AutogradContext context, Tensor gradient) => [gradient, gradient];
    }

    private sealed class PassedOn : CustomFunction<PassedOn>
    {
        protected override Tensor Compute(autograd.AutogradContext context, object[] inputs) => (Tensor)inputs[0] + (Tensor)inputs[1];

        protected override IReadOnlyList<Tensor?> Differentiate(autograd.AutogradContext context, Tensor gradient) => [gradient, gradient];
    }

    [Fact]
    public void Apply_GradientReturnedAsItCame_IsStillThere()
    {
        using var scope = NewDisposeScope();
        var (x, y) = (ones(3, requires_grad: true), ones(3, requires_grad: true));

        (PassedOn.apply(PassedOn.apply(x, y), y) * 5).sum().Backpropagate();

        Assert.Equal([5f, 5f, 5f], x.grad!.data<float>().ToArray());
        Assert.Equal([10f, 10f, 10f], y.grad!.data<float>().ToArray());
    }

    [Fact]
    public void Backpropagate_ManyFunctions_LeavesNothingAliveInTheStep()
    {
        using var scope = NewDisposeScope();
        var (x, y) = (ones(3, requires_grad: true), ones(3, requires_grad: true));
        var z = x;
        for (var layer = 0; layer < 5; layer++)
        {
            z = PassedOn.apply(Scaled.apply(z, 0.5f), y);
        }

        var loss = z.sum();
        var (inScope, ofThread) = (scope.DisposablesCount, DisposeScopeManager.Statistics.ThreadTotalLiveCount);

        loss.Backpropagate();

        Assert.Equal(inScope, scope.DisposablesCount);
        Assert.Equal(ofThread, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Apply_SavedTensorAndNumber_GiveTheGradient()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new[] { 2f, -1f }, requires_grad: true);

        Scaled.apply(x, 3f).sum().Backpropagate();

        Assert.Equal([12f, -6f], x.grad!.data<float>().ToArray());
    }

    [Fact]
    public void Backpropagate_FunctionThrows_CarriesThatExceptionWithItsTrace()
    {
        using var scope = NewDisposeScope();
        var loss = Failing.apply(ones(3, requires_grad: true)).sum();

        var error = Assert.Throws<InvalidDataException>(loss.Backpropagate);

        Assert.Equal("bad gradient", error.Message);
        Assert.Contains(nameof(Failing), error.StackTrace, StringComparison.Ordinal);
    }

    [Fact]
    public void Backpropagate_AfterAnError_WorksAgain()
    {
        using var scope = NewDisposeScope();
        var x = ones(1, requires_grad: true);
        Assert.Throws<InvalidDataException>(Failing.apply(x).sum().Backpropagate);

        Scaled.apply(x, 3f).sum().Backpropagate();

        Assert.Equal(6f, x.grad!.item<float>());
    }

    [Fact]
    public void Backpropagate_FunctionThrowsInsideANetwork_EndsThePass()
    {
        using var scope = NewDisposeScope();
        using var layer = Linear(4, 4);
        var hidden = layer.forward(ones(2, 4)).relu();
        var loss = Scaled.apply(Failing.apply(hidden.square()), 2f).mean();

        Assert.Throws<InvalidDataException>(loss.Backpropagate);
    }

    [Fact]
    public void Backpropagate_TwoFunctionsThrow_CarriesTheFirst()
    {
        using var scope = NewDisposeScope();
        var x = ones(1, requires_grad: true);
        var loss = OneOfTwo.apply(Failing.apply(x), ones(1));

        var error = Assert.Throws<InvalidOperationException>(loss.sum().Backpropagate);   // backward starts at the end

        Assert.Contains("returned 1 gradients; apply was given 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Backpropagate_GradientForANumber_IsRefused()
    {
        using var scope = NewDisposeScope();
        var loss = GradientOfANumber.apply(ones(1, requires_grad: true), 2f).sum();

        Assert.Contains("input 1", Assert.Throws<InvalidOperationException>(loss.Backpropagate).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_GradOfAFailingFunction_CarriesTheException()
    {
        using var scope = NewDisposeScope();
        var x = ones(1, requires_grad: true);
        var y = Failing.apply(x).sum();

        Assert.Throws<InvalidDataException>(() => Backward.Run(() => autograd.grad([y], [x], allow_unused: true)));
    }

    [Fact]
    public void TakeOver_NobodyWaits_LeavesTheException() => Assert.False(Backward.TakeOver(new InvalidDataException()));

    [Fact]
    public async Task TakeOver_OnAnotherThread_ReachesTheCaller()
    {
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => Task.Run(() => Backward.Run(() =>
        {
            var worker = new Thread(() => Assert.True(Backward.TakeOver(new InvalidDataException("from the device"))));
            worker.Start();
            worker.Join();
        })));

        Assert.Equal("from the device", error.Message);
    }

    [Fact]
    public void Backpropagate_ManyThreads_EachGetsItsOwn()
    {
        Parallel.For(0, 64, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            using var scope = NewDisposeScope();
            var x = ones(1, requires_grad: true);
            var fails = i % 2 == 0;
            var loss = (fails ? Failing.apply(x) : Scaled.apply(x, 1f)).sum();

            Assert.Equal(fails, Record.Exception(loss.Backpropagate) is InvalidDataException);
        });
    }
}
