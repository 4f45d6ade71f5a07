namespace Parallax.Torch.Tests.Optimizers;

public sealed class GradientNormTests
{
    [Fact]
    public void Clip_NormAboveBound_ScalesAllGradientsTogether()
    {
        var parameters = WithGradients([3f], [4f]);   // norm 5

        var norm = GradientNorm.Clip(parameters, maxNorm: 1);

        Assert.Equal(5, norm.item<double>(), 1e-9);
        Assert.Equal(0.6f, parameters[0].grad!.item<float>(), 1e-6f);
        Assert.Equal(0.8f, parameters[1].grad!.item<float>(), 1e-6f);
    }

    [Fact]
    public void Clip_NormBelowBound_LeavesEveryBit()
    {
        var parameters = WithGradients([3f], [4f]);

        GradientNorm.Clip(parameters, maxNorm: 5.1);

        Assert.Equal(3f, parameters[0].grad!.item<float>());
    }

    [Fact]
    public void ClipEach_OneGradientAboveTheBound_ScalesThatOneOnly()
    {
        var parameters = WithGradients([3f, 4f], [0.6f, 0.8f]);   // norms 5 and 1

        var norm = GradientNorm.ClipEach(parameters, maxNorm: 2);

        Assert.Equal(Math.Sqrt(26), norm.item<double>(), 1e-6);
        Assert.Equal(2 / 5.0, parameters[0].grad![0].item<float>() / 3, 1e-6);
        Assert.Equal([0.6f, 0.8f], parameters[1].grad!.data<float>());
    }

    [Fact]
    public void Clip_ParametersWithoutGradients_IsZero() =>
        Assert.Equal(0, GradientNorm.Clip([new Parameter(torch.ones([2]))], maxNorm: 1).item<double>());

    [Fact]
    public void Clip_NonFiniteGradient_IsNotFinite() =>
        Assert.False(double.IsFinite(GradientNorm.Clip(WithGradients([1f, float.NaN], [1f]), maxNorm: 1).item<double>()));

    private static List<Parameter> WithGradients(params float[][] gradients) =>
        [.. gradients.Select(gradient => new Parameter(torch.zeros([gradient.Length])) { grad = torch.tensor(gradient) })];
}
