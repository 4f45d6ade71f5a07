using Parallax.Plugins.Evaluators;

namespace Parallax.Plugins.Tests.Evaluators;

public sealed class StandardizerTests
{
    [Fact]
    public void Apply_TwoFeatures_TakesMeanAndDeviationOfTheTrainingSplitOnly()
    {
        var (train, test) = Standardizer.Apply(Tensors.Matrix([1, 10], [3, 30], [5, 20], [7, 20]), Tensors.Matrix([4, 120], [400, 20]));

        // by hand: means 4 and 20; deviations sqrt((9 + 1 + 1 + 9) / 4) = sqrt 5 and sqrt((100 + 100) / 4) = sqrt 50
        var (a, b) = ((float)Math.Sqrt(5), (float)Math.Sqrt(50));
        Tensors.AssertClose(Tensors.Matrix([-3 / a, -10 / b], [-1 / a, 10 / b], [1 / a, 0], [3 / a, 0]), train);
        Tensors.AssertClose(Tensors.Matrix([0, 100 / b], [396 / a, 0]), test);
    }

    [Theory]
    [InlineData(4e-7, 1)]       // nearly constant: only centred
    [InlineData(4e-6, 4e-6)]    // small, but not constant
    [InlineData(0.25, 0.25)]
    public void Apply_SmallDeviation_IsDividedByOnlyAboveTheBound(double deviation, double divisor)
    {
        var d = (float)deviation;

        var (train, test) = Standardizer.Apply(Tensors.Matrix([d], [-d]), Tensors.Matrix([2f]));

        Assert.Equal(d / divisor, train[0, 0].item<float>(), tolerance: 1e-5);
        Assert.Equal(1, test[0, 0].item<float>() / (2 / divisor), tolerance: 1e-4);
    }
}
