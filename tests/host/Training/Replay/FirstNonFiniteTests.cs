using Parallax.Host.Training;

namespace Parallax.Host.Tests.Training;

[Collection(GeneratorCollection.Name)]
public sealed class FirstNonFiniteTests
{
    [Fact]
    public void Find_AllFinite_FindsNothing() => Assert.Null(Find(y => y.sum()));

    [Fact]
    public void Find_LossOfFiniteValues_IsTheLossAndNoModule()
    {
        var found = Find(y => y.sum() * double.NaN)!;

        Assert.Null(found.Module);
        Assert.StartsWith("the loss: what every module gave is finite", found.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_GradientOfTheLoss_IsItsBackwardAndNoModule()
    {
        var found = Find(y => (y * 0).sqrt().sum())!;

        Assert.Null(found.Module);
        Assert.StartsWith("backward of the loss: the gradient that comes to '1'", found.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_GradientWithinTheNetwork_IsTheInnermostModuleThatMadeIt()
    {
        var found = Find(y => y.sum(), Sequential(Linear(3, 3), Sequential(Linear(3, 3), new RootOfZero()), Linear(3, 2)))!;

        Assert.Equal("1.1", found.Module);
        Assert.StartsWith("backward of '1.1' (RootOfZero)", found.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void InWeights_OneNotFinite_NamesItsModuleAndTheStepBefore()
    {
        using var network = Network();
        using (torch.no_grad())
        {
            ((Linear)network[1]).bias!.fill_(double.NaN);
        }

        var found = FirstNonFinite.InWeights(network, 5)!;

        Assert.Equal(("1", "'1.bias' was no finite number before step 5 began: see the step before it, --step 4."), (found.Module, found.Text));
    }

    [Fact]
    public void InWeights_BufferThatIsNaN_NamesItsModule()
    {
        using var network = Sequential(Linear(3, 3), BatchNorm1d(3));
        ((BatchNorm1d)network[1]).running_var!.fill_(double.NaN);

        Assert.Equal("1", FirstNonFinite.InWeights(network, 5)!.Module);
    }

    [Fact]
    public void Find_InputThatIsNotFinite_IsNoModule()
    {
        var found = Find(y => y.sum(), input: double.NaN)!;

        Assert.Equal(
            (null, "what '0' was given is no finite number already: made by the views, or by the method between modules."), (found.Module, found.Text));
    }

    [Fact]
    public void Find_ValueMadeWithinAModule_IsThatModule()
    {
        var found = Find(y => y.sum(), Sequential(Linear(3, 3), new Breaking(Linear(3, 2))))!;

        Assert.Equal("1", found.Module);
        Assert.StartsWith("forward of '1' (Breaking): what it gives to '1.inner'", found.Text, StringComparison.Ordinal);
    }

    private static Sequential Network() => Sequential(Linear(3, 3), Linear(3, 2));

    private static FirstNonFinite? Find(Func<Tensor, Tensor> lossOf, Sequential? special = null, double input = 1)
    {
        torch.manual_seed(1);
        using var scope = torch.NewDisposeScope();
        using var network = special ?? Network();
        using var watch = new ModuleWatch(network);
        var loss = lossOf(network.call(torch.full([2, 3], input, dtype: torch.float32)));
        loss.backward();

        return FirstNonFinite.Find(watch.Calls, loss.item<float>(), network.named_parameters());
    }

    /// <summary>Gives NaN to the module within.</summary>
    private sealed class Breaking : Module<Tensor, Tensor>
    {
        private readonly Linear inner;

        public Breaking(Linear layer)
            : base(nameof(Breaking))
        {
            inner = layer;
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => inner.call(input * double.NaN);
    }

    private sealed class RootOfZero() : Module<Tensor, Tensor>(nameof(RootOfZero))
    {
        public override Tensor forward(Tensor input) => (input * 0).sqrt();
    }
}
