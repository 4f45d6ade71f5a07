namespace Parallax.Engine.Tests.NN;

public sealed class ContainerTests
{
    [Fact]
    public void Sequential_NamedAndNumbered_HasPyTorchKeysAndSlices()
    {
        using var net = Sequential(("a", Linear(1, 1, hasBias: false)), ("b", ReLU()), ("c", Linear(1, 1, hasBias: false)));
        var tail = net[1..];

        Assert.Equal(["a.weight", "c.weight"], net.state_dict().Keys);
        Assert.Equal(["c.weight"], tail.state_dict().Keys);
        Assert.Equal((3, 2, 2), (net.Count, tail.Count, net[(0, 2)].Count));
        Assert.Same(net[2], tail[1]);
    }

    [Fact]
    public void Sequential_Empty_ReturnsItsInputAsAnotherObject()
    {
        using var input = torch.ones(2);
        using var net = Sequential();

        using var output = net.call(input);

        Assert.NotSame(input, output);
        Assert.True(output.allclose(input));
    }

    [Fact]
    public void ModuleList_InsertAndRemove_RenumbersTheKeys()
    {
        using var list = ModuleList(Linear(1, 1, hasBias: false), Linear(1, 2, hasBias: false));
        var first = list[0];

        list.Insert(0, Linear(3, 3, hasBias: false));
        list.Remove(first);

        Assert.Equal(["0.weight", "1.weight"], list.state_dict().Keys);
        Assert.Equal([3, 3], list.state_dict()["0.weight"].shape);
        first.Dispose();
    }

    [Fact]
    public void ModuleDict_Field_RegistersUnderItsNames()
    {
        using var net = new Heads();

        Assert.Equal(Heads.Keys, net.state_dict().Keys);
        Assert.Equal(2, net.call(torch.ones(1, 1)).shape[1]);
    }

    private sealed class Heads : Module<Tensor, Tensor>
    {
        public static readonly string[] Keys = ["heads.small.weight", "heads.large.weight", "tokens.0", "tokens.1", "scales.main"];

        private readonly ModuleDict<Linear> heads = ModuleDict(("small", Linear(1, 1, hasBias: false)), ("large", Linear(1, 2, hasBias: false)));
        private readonly ParameterList tokens = new(new Parameter(torch.ones(1)), new Parameter(torch.ones(2)));
        private readonly ParameterDict scales = ParameterDict(("main", new Parameter(torch.ones(1))));

        public Heads()
            : base(nameof(Heads)) => RegisterComponents();

        public override Tensor forward(Tensor input) => heads["large"].call(input) * scales["main"] + tokens[1];
    }
}
