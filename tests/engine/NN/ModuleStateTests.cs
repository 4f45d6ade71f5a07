namespace Parallax.Engine.Tests.NN;

public sealed class ModuleStateTests
{
    [Fact]
    public void LoadStateDict_OtherShape_NamesKeyAndBothShapesAndChangesNothing()
    {
        using var scope = NewDisposeScope();
        using var net = Linear(2, 3);
        var before = net.bias!.detach().clone();
        var source = new Dictionary<string, Tensor> { ["weight"] = torch.ones(3, 4), ["bias"] = torch.ones(3) };

        var error = Assert.Throws<InvalidOperationException>(() => net.load_state_dict(source, strict: false));

        Assert.Contains("'weight': Linear has [3, 2], the source [3, 4]", error.Message, StringComparison.Ordinal);
        Assert.True(before.allclose(net.bias!));
    }

    [Fact]
    public void LoadStateDict_Strict_NamesMissingAndUnknownKeys()
    {
        using var scope = NewDisposeScope();
        using var net = Linear(2, 3);
        var source = new Dictionary<string, Tensor> { ["weight"] = torch.ones(3, 2), ["extra"] = torch.ones(1) };

        var error = Assert.Throws<InvalidOperationException>(() => net.load_state_dict(source));

        Assert.Contains("Missing in the source (1): bias", error.Message, StringComparison.Ordinal);
        Assert.Contains("Unknown to the module (1): extra", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LoadStateDict_NotStrict_LoadsCommonKeysAndReportsTheRest()
    {
        using var scope = NewDisposeScope();
        using var net = Linear(2, 3);
        var source = new Dictionary<string, Tensor> { ["weight"] = torch.ones([3, 2], float64), ["extra"] = torch.ones(1) };

        var (missing, unexpected) = net.load_state_dict(source, strict: false);

        Assert.Equal(["bias"], missing);
        Assert.Equal(["extra"], unexpected);
        Assert.Equal(6, net.weight.sum().item<float>());
        Assert.Equal(float32, net.weight.dtype);
    }

    [Fact]
    public void To_OtherType_KeepsParameterObjectsAndConvertsGradients()
    {
        using var scope = NewDisposeScope();
        using var net = Sequential(Linear(2, 2), BatchNorm1d(2));
        net.call(torch.randn(4, 2)).sum().backward();
        var before = net.parameters().ToList();

        var same = net.to(float64);

        Assert.Same(net, same);
        Assert.Equal(before, net.parameters());
        Assert.All(net.parameters(), p => Assert.Equal((float64, float64, true, true), (p.dtype, p.grad!.dtype, p.requires_grad, p.is_leaf)));
        Assert.Equal(int64, net.get_buffer("1.num_batches_tracked")!.dtype);
        Assert.Equal(float64, net.get_buffer("1.running_mean")!.dtype);
    }

    [Fact]
    public void To_AfterOptimizerWasBuilt_TheStepStillMovesTheParameters()
    {
        using var scope = NewDisposeScope();
        using var net = Linear(2, 1, hasBias: false);
        using var optimizer = torch.optim.SGD(net.parameters(), 1.0);
        net.to(float64);
        var before = net.weight.detach().clone();

        net.call(torch.ones([1, 2], float64)).sum().backward();
        optimizer.step();

        Assert.True(before.sub(torch.ones([1, 2], float64)).allclose(net.weight));
    }

    [Fact]
    public void To_IntegerType_IsRefused()
    {
        using var net = Linear(2, 1);

        Assert.Throws<ArgumentException>(() => net.to(int64));
    }
}
