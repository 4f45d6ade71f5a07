namespace Parallax.Torch.Tests.Precision;

public sealed class GradScalerTests
{
    [Fact]
    public void Step_FiniteGradients_MovesAsWithoutScaling()
    {
        var (scaled, plain) = (new Parameter(torch.ones([3])), new Parameter(torch.ones([3])));
        using var scaler = new GradScaler(torch.CPU);
        using var scaledOptimizer = new FusedSgd([scaled], new() { LearningRate = 0.25 });
        using var plainOptimizer = new FusedSgd([plain], new() { LearningRate = 0.25 });

        scaler.Scale((scaled * 3).sum()).backward();
        var moved = scaler.Step(scaledOptimizer);
        scaler.Update();
        (plain * 3).sum().backward();
        plainOptimizer.step();

        Assert.True(moved);
        Assert.Equal(plain.data<float>().ToArray(), scaled.data<float>().ToArray());
        Assert.Equal(65536, scaler.SaveState()["scale"].item<float>());
    }

    [Theory]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NaN)]
    public void Step_NonFiniteGradient_SkipsAndHalvesTheScale(float bad)
    {
        var parameter = new Parameter(torch.ones([2]));
        using var scaler = new GradScaler(torch.CPU);
        using var optimizer = new FusedSgd([parameter], new() { LearningRate = 1 });
        parameter.grad = torch.tensor(new[] { 1f, bad });

        var moved = scaler.Step(optimizer);
        scaler.Update();

        Assert.False(moved);
        Assert.Equal([1f, 1f], parameter.data<float>().ToArray());
        Assert.Equal(32768, scaler.SaveState()["scale"].item<float>());
    }

    [Fact]
    public void Update_AfterTheInterval_DoublesOnce()
    {
        using var scaler = new GradScaler(torch.CPU, initialScale: 4, growthInterval: 3);
        var parameter = new Parameter(torch.ones([1])) { grad = torch.zeros([1]) };
        var scales = new List<double>();

        for (var step = 0; step < 4; step++)
        {
            scaler.Unscale([parameter]);
            scaler.Update();
            scales.Add(scaler.SaveState()["scale"].item<float>());
        }

        Assert.Equal([4, 4, 8, 8], scales);
    }

    [Fact]
    public void LoadState_SavedMidInterval_GrowsAtTheSameStep()
    {
        using var first = new GradScaler(torch.CPU, initialScale: 4, growthInterval: 2);
        using var second = new GradScaler(torch.CPU, initialScale: 64, growthInterval: 2);
        var parameter = new Parameter(torch.ones([1])) { grad = torch.zeros([1]) };
        first.Unscale([parameter]);
        first.Update();

        second.LoadState(first.SaveState());
        second.Unscale([parameter]);
        second.Update();

        Assert.Equal(8, second.SaveState()["scale"].item<float>());
    }

    [Fact]
    public void Unscale_Twice_Throws()
    {
        using var scaler = new GradScaler(torch.CPU);
        scaler.Unscale([]);

        Assert.Throws<InvalidOperationException>(() => scaler.Unscale([]));
    }
}
