namespace Parallax.Engine.Tests.NN;

public sealed class ModuleTests
{
    [Fact]
    public void RegisterComponents_PrivateAndInheritedFields_RegistersThemByFieldName()
    {
        using var net = new Net();

        var state = net.state_dict();

        Assert.Equal(["scale", "counts", "head.weight", "head.bias", "stem.weight"], state.Keys);
        Assert.Equal(["scale", "head.weight", "head.bias", "stem.weight"], net.named_parameters().Select(p => p.name));
        Assert.True(net.has_parameter("head.bias"));
        Assert.True(net.has_buffer("counts"));
        Assert.Null(net.get_parameter("head.nothing"));
        Assert.Equal(["head", "stem"], net.named_modules().Select(m => m.name));
    }

    [Fact]
    public void RegisterComponents_ModulesInAPlainList_ThrowsAndNamesTheField()
    {
        var error = Assert.Throws<InvalidOperationException>(() => new ListNet());

        Assert.Contains("field 'blocks'", error.Message, StringComparison.Ordinal);
        Assert.Contains("ModuleList", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RegisterComponents_ModuleInAnAutomaticProperty_ThrowsAndNamesIt()
    {
        var error = Assert.Throws<InvalidOperationException>(() => new PropertyNet());

        Assert.Contains("'Head'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RegisterComponents_ListOfRegisteredModules_IsAllowed()
    {
        using var net = new ViewNet();

        Assert.Equal(["first.weight", "first.bias"], net.state_dict().Keys);
    }

    [Fact]
    public void RegisterBuffer_NotPersistent_MovesButIsNotSaved()
    {
        using var net = new Net();
        net.register_buffer("cache", torch.ones(2), persistent: false);

        net.to(float64);

        Assert.DoesNotContain("cache", net.state_dict().Keys);
        Assert.Equal(float64, net.get_buffer("cache")!.dtype);
    }

    [Fact]
    public void RegisterParameter_NameTwice_IsRefused()
    {
        using var net = new Net();
        using var other = new Parameter(torch.ones(1));

        Assert.Throws<InvalidOperationException>(() => net.register_parameter("scale", other));
    }

    [Fact]
    public void ZeroGrad_Default_RemovesGradients_OtherwiseFillsZeros()
    {
        using var scope = NewDisposeScope();
        using var net = Linear(2, 1);

        net.call(torch.ones(1, 2)).sum().backward();
        net.zero_grad(set_to_none: false);
        var filled = net.weight.grad!.sum().item<float>();
        net.zero_grad();

        Assert.Equal(0, filled);
        Assert.Null(net.weight.grad);
    }

    [Fact]
    public void Train_Net_ReachesEveryModule_ApplyVisitsChildrenFirst()
    {
        using var net = new Net();
        var visited = new List<string>();

        net.eval();
        net.apply(m => visited.Add(m.GetName()));

        Assert.All(net.modules(), m => Assert.False(m.training));
        Assert.Equal(["Linear", "Linear", "Net"], visited);
    }

    [Fact]
    public void Dispose_Net_FreesEverything()
    {
        var before = torch.Tensor.TotalCount;
        var net = Sequential(Conv2d(1, 2, 3), BatchNorm2d(2), Linear(2, 2), Others());

        net.Dispose();

        Assert.InRange(torch.Tensor.TotalCount, 0, before);   // finalizers of other tests may lower it
    }

    [Fact]
    public void Constructor_InsideAScope_ParametersOutliveIt()
    {
        Net net;
        using (NewDisposeScope())
        {
            net = new Net();
        }

        Assert.All(net.parameters(), p => Assert.False(p.IsInvalid));
        net.Dispose();
    }

    private static Sequential Others() => Sequential(LayerNorm(2), PReLU(1), Embedding(2, 2));

    private abstract class Base : Module<Tensor, Tensor>
    {
        private readonly Linear stem = Linear(2, 2, hasBias: false);

        protected Base(string name)
            : base(name)
        {
        }

        protected Tensor Start(Tensor x) => stem.call(x);
    }

    private sealed class Net : Base
    {
        private readonly Parameter scale = new(torch.ones(1));
        private readonly Linear head = Linear(2, 1);
        private readonly Tensor counts = torch.zeros(3);

        public Net()
            : base(nameof(Net)) => RegisterComponents();

        public override Tensor forward(Tensor input) => head.call(Start(input)) * scale + counts.sum();
    }

    private sealed class ListNet : Module<Tensor, Tensor>
    {
        private readonly List<Module<Tensor, Tensor>> blocks = [Linear(2, 2)];

        public ListNet()
            : base(nameof(ListNet)) => RegisterComponents();

        public override Tensor forward(Tensor input) => blocks[0].call(input);
    }

    private sealed class PropertyNet : Module<Tensor, Tensor>
    {
        public PropertyNet()
            : base(nameof(PropertyNet)) => RegisterComponents();

        public Linear Head { get; } = Linear(2, 2);

        public override Tensor forward(Tensor input) => Head.call(input);
    }

    private sealed class ViewNet : Module<Tensor, Tensor>
    {
        private readonly Linear first = Linear(2, 2);
        private readonly Module[] all;

        public ViewNet()
            : base(nameof(ViewNet))
        {
            all = [first];
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => ((Linear)all[0]).call(input);
    }
}
