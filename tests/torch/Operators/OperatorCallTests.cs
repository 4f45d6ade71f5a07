namespace Parallax.Torch.Tests.Operators;

public sealed class OperatorCallTests
{
    [Fact]
    public void RunForTensor_Exp_CarriesTheGradient()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new[] { 0f, 1f }, requires_grad: true);

        new OperatorCall("aten::exp").Add(x).RunForTensor().sum().backward();

        Assert.Equal(Math.E, x.grad![1].item<float>(), 1e-6);
    }

    [Fact]
    public void Run_UnknownOperator_NamesIt()
    {
        using var scope = NewDisposeScope();
        var x = zeros(2);

        Assert.Contains("aten::no_such", Assert.Throws<InvalidOperationException>(() => new OperatorCall("aten::no_such").Add(x).RunForTensor()).Message);
    }
}
