using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class StochasticDepthTests
{
    [Fact]
    public void Rates_RiseEvenlyFromZero() =>
        Assert.Equal([0, 0.1, 0.2], StochasticDepth.Rates(0.2, 3).Select(rate => Math.Round(rate, 12)));

    [Fact]
    public void Rates_OfOneBlock_IsZero() => Assert.Equal([0.0], StochasticDepth.Rates(0.2, 1));

    [Fact]
    public void Drop_InTraining_ZeroesWholeSamplesAndScalesTheOthers()
    {
        manual_seed(1);

        var dropped = StochasticDepth.Drop(ones([4000, 2, 3]), rate: 0.25, training: true).reshape(4000, 6);

        var values = Tensors.Values(dropped.select(1, 0));
        Tensors.AssertClose(dropped.select(1, 0), dropped.amax([1]));   // all entries of a sample alike
        Assert.All(values, value => Assert.True(value == 0 || Math.Abs(value - (1 / 0.75)) < 1e-6));
        Assert.Equal(1, values.Average(), tolerance: 0.05);   // the mean stays
    }

    [Fact]
    public void Drop_InEvaluation_KeepsTheBranch()
    {
        var branch = Tensors.Normal(1, 4, 3);

        Assert.Same(branch, StochasticDepth.Drop(branch, rate: 0.9, training: false));
    }
}
