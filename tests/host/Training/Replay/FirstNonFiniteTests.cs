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

        var found = FirstNonFinite.InWeights(network.named_parameters(), 5)!;

        Assert.Equal(("1", "'1.bias' was no finite number before step 5 began: see the step before it, --step 4."), (found.Module, found.Text));
    }

    private static Sequential Network() => Sequential(Linear(3, 3), Linear(3, 2));

    private static FirstNonFinite? Find(Func<Tensor, Tensor> lossOf, Sequential? special = null)
    {
        torch.manual_seed(1);
        using var scope = torch.NewDisposeScope();
        using var network = special ?? Network();
        using var watch = new ModuleWatch(network);
        var loss = lossOf(network.call(torch.ones(2, 3)));
        loss.backward();

        return FirstNonFinite.Find(watch.Calls, loss.item<float>(), network.named_parameters());
    }

    private sealed class RootOfZero() : Module<Tensor, Tensor>(nameof(RootOfZero))
    {
        public override Tensor forward(Tensor input) => (input * 0).sqrt();
    }
}
