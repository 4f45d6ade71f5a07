namespace Parallax.Engine.Tests.NN;

public sealed class ModuleCallTests
{
    [Fact]
    public void Call_HundredTimes_LeavesNoTensorBehind()
    {
        using var input = torch.randn(2, 3, 8, 8);
        using var net = Sequential(Conv2d(3, 4, 3), BatchNorm2d(4), ReLU(inplace: true), AdaptiveAvgPool2d(1), Flatten(), Linear(4, 2));
        var before = torch.Tensor.TotalCount;

        for (var i = 0; i < 100; i++)
        {
            using var output = net.call(input);
        }

        Assert.InRange(torch.Tensor.TotalCount, 0, before);   // finalizers of other tests may lower it
    }

    [Fact]
    public void Call_InsideAScope_OnlyTheResultJoinsIt()
    {
        using var outer = NewDisposeScope();
        using var input = torch.ones(2);
        var module = new Do<Tensor>(x => (x + 1) * (x + 2) - x);
        var before = outer.DisposablesCount;

        var result = module.call(input);

        Assert.Equal(before + 1, outer.DisposablesCount);
        Assert.Equal([5f, 5f], result.data<float>().ToArray());
    }

    [Fact]
    public void Call_TuplesListsDictionariesAndRecords_KeepTheirTensors()
    {
        using var outer = NewDisposeScope();
        using var x = torch.ones(2);

        var tuple = new Do<(Tensor, (int, Tensor))>(x => (x + 1, (3, x + 2))).call(x);
        var list = new Do<List<Tensor>>(x => [x + 1, x + 2]).call(x);
        var dictionary = new Do<Dictionary<string, Tensor>>(x => new() { ["a"] = x + 3 }).call(x);
        var record = new Do<Pair>(x => new Pair(x + 1, [x + 4])).call(x);

        Assert.Equal(10, (tuple.Item1 + tuple.Item2.Item2).sum().item<float>());
        Assert.Equal(10, (list[0] + list[1]).sum().item<float>());
        Assert.Equal(8, dictionary["a"].sum().item<float>());
        Assert.Equal(14, (record.First + record.Rest[0]).sum().item<float>());
    }

    [Fact]
    public void Call_ForwardReturnsItsInput_TheInputKeepsItsScope()
    {
        using var outer = NewDisposeScope();
        Tensor input;
        using (NewDisposeScope())
        {
            input = torch.ones(2);

            var result = new Do<Tensor>(x => x).call(input);

            Assert.Same(input, result);
        }

        Assert.True(input.IsInvalid);
    }

    [Fact]
    public void Call_ForwardThrows_FreesWhatItMade()
    {
        using var input = torch.ones(2);
        var before = torch.Tensor.TotalCount;
        var module = new Do<Tensor>(x => (x + 1).sum().item<float>() > 0 ? throw new InvalidOperationException("no") : x);

        Assert.Throws<InvalidOperationException>(() => module.call(input));

        Assert.InRange(torch.Tensor.TotalCount, 0, before);   // finalizers of other tests may lower it
    }

    [Fact]
    public void Call_TensorKeptInAFieldWithoutDetaching_IsDisposedWithAClearMessage()
    {
        using var outer = NewDisposeScope();
        Tensor? kept = null;
        var module = new Do<Tensor>(x => kept = x + 1).call(torch.ones(1));
        var lost = new Do<Tensor>(x =>
        {
            kept = x + 1;
            return x + 2;
        }).call(module);

        var error = Assert.Throws<ObjectDisposedException>(() => kept!.sum());

        Assert.Contains("DetachFromDisposeScope", error.Message, StringComparison.Ordinal);
        Assert.False(lost.IsInvalid);
    }

    [Fact]
    public void Hooks_AllKinds_RunInOrderAndMayReplace()
    {
        using var outer = NewDisposeScope();
        var order = new List<string>();
        var module = new Do<Tensor>(x =>
        {
            order.Add("forward");
            return x * 10;
        });
        module.register_forward_pre_hook(_ => order.Add("before"));
        module.register_forward_pre_hook((_, x) => x + 1);
        module.register_forward_hook((_, x, result) => result + x);
        var last = module.register_forward_hook(_ => order.Add("after"));

        var first = module.call(torch.ones(1)).item<float>();
        last.remove();
        module.call(torch.ones(1));

        Assert.Equal(22, first);   // (1 + 1) * 10 + 2
        Assert.Equal(["before", "forward", "after", "before", "forward"], order);
    }

    [Fact]
    public void Hooks_DetachedIntermediateOfSequential_SurvivesTheCall()
    {
        using var outer = NewDisposeScope();
        Tensor? features = null;
        var body = Linear(3, 2);
        body.register_forward_hook((_, _, result) =>
        {
            features = result.DetachFromDisposeScope();
            return result;
        });
        using var net = Sequential(body, ReLU(), Linear(2, 1));

        net.call(torch.randn(4, 3));

        Assert.Equal([4, 2], features!.shape);
        features.Dispose();
    }

    [Fact]
    public void Call_InPlaceModule_ReturnsTheChangedInputAsAnotherObject()
    {
        using var outer = NewDisposeScope();
        var input = torch.tensor([-1f, 2f]);

        var output = ReLU(inplace: true).call(input);
        output.Dispose();

        Assert.NotSame(input, output);
        Assert.Equal([0f, 2f], input.data<float>().ToArray());
    }

    [Fact]
    public void Call_SixInputs_PassesThemInOrder()
    {
        using var module = new Six();

        Assert.Equal("123456", module.call(1, 2, 3, 4, 5, 6));
    }

    private sealed record Pair(Tensor First, Tensor[] Rest);

    private sealed class Do<TResult>(Func<Tensor, TResult> body) : Module<Tensor, TResult>("Do")
    {
        public override TResult forward(Tensor input) => body(input);
    }

    private sealed class Six() : Module<int, int, int, int, int, int, string>("Six")
    {
        public override string forward(int input1, int input2, int input3, int input4, int input5, int input6) =>
            $"{input1}{input2}{input3}{input4}{input5}{input6}";
    }
}
