namespace Parallax.Engine.Tests.NN;

public sealed class UtilsTests
{
    [Fact]
    public void ClipGradNorm_LongGradient_ScalesToTheLimit()
    {
        using var scope = NewDisposeScope();
        Parameter[] parameters = [WithGradient(3f, 0f), WithGradient(0f, 4f), new Parameter(torch.ones(1))];

        var norm = utils.clip_grad_norm_(parameters, max_norm: 1);

        Assert.Equal(5, norm, tolerance: 1e-6);   // 3, 4, 5
        Assert.Equal([0.6f, 0f], parameters[0].grad!.data<float>().ToArray(), Near);
        Assert.Equal([0f, 0.8f], parameters[1].grad!.data<float>().ToArray(), Near);
    }

    [Fact]
    public void ClipGradNorm_ShortGradient_ChangesNothing()
    {
        using var scope = NewDisposeScope();
        var parameter = WithGradient(0.25f, -0.5f);

        var norm = utils.clip_grad_norm_([parameter], max_norm: 1, norm_type: double.PositiveInfinity);

        Assert.Equal(0.5, norm);
        Assert.Equal([0.25f, -0.5f], parameter.grad!.data<float>().ToArray());
    }

    [Fact]
    public void ClipGradValue_Gradient_StaysWithinTheLimit()
    {
        using var scope = NewDisposeScope();
        var parameter = WithGradient(3f, -0.5f);

        utils.clip_grad_value_([parameter], 1);

        Assert.Equal([1f, -0.5f], parameter.grad!.data<float>().ToArray());
    }

    [Fact]
    public void ParametersToVector_AndBack_RestoresValues()
    {
        using var scope = NewDisposeScope();
        using var source = Linear(2, 3);
        using var target = Linear(2, 3);

        utils.vector_to_parameters(utils.parameters_to_vector(source.parameters()), target.parameters());

        Assert.All(source.parameters().Zip(target.parameters()), pair => Assert.True(pair.First.allclose(pair.Second)));
        Assert.Throws<ArgumentException>(() => utils.vector_to_parameters(torch.ones(3), target.parameters()));
    }

    [Fact]
    public void DropPath_Training_DropsWholeSamplesAndKeepsTheMean()
    {
        using var scope = NewDisposeScope();
        torch.manual_seed(3);
        using var path = new DropPath(0.25);

        var output = path.call(torch.ones(4000, 3));
        path.eval();
        var evaluated = path.call(torch.ones(2, 3));

        Assert.All(output.unbind(0), row => Assert.True(row[0].item<float>() == row[2].item<float>()));
        Assert.Equal(1, output.mean().item<float>(), tolerance: 0.05);
        Assert.Equal(6, evaluated.sum().item<float>());
    }

    private static bool Near(float a, float b) => Math.Abs(a - b) < 1e-5f;

    private static Parameter WithGradient(params float[] gradient)
    {
        var parameter = new Parameter(torch.zeros(gradient.Length));
        (parameter * torch.tensor(gradient)).sum().backward();
        return parameter;
    }
}
