namespace Parallax.Torch.Tests.Optimizers;

public sealed class HandValueTests
{
    private const float Tolerance = 1e-6f;

    [Fact]
    public void Sgd_TwoStepsWithMomentum_MatchPaper()
    {
        var p = new Parameter(torch.tensor(new[] { 1f }));
        using var optimizer = new FusedSgd([p], new() { LearningRate = 0.1, Momentum = 0.5, WeightDecay = 1 });

        Step(optimizer, p, 1);   // d = 1 + 1 = 2, buffer 2, p = 1 - 0.2
        Assert.Equal(0.8f, p.item<float>(), Tolerance);
        Step(optimizer, p, 1);   // d = 1.8, buffer 0.5 * 2 + 1.8 = 2.8, p = 0.8 - 0.28
        Assert.Equal(0.52f, p.item<float>(), Tolerance);
    }

    [Fact]
    public void AdamW_FirstStep_IsSignTimesRateAfterDecay()
    {
        var p = new Parameter(torch.tensor(new[] { 2f }));
        using var optimizer = new FusedAdamW([p], new() { LearningRate = 0.1, WeightDecay = 0.5 });

        Step(optimizer, p, 7);   // 2 * (1 - 0.1 * 0.5) - 0.1 * 7 / 7

        Assert.Equal(1.8f, p.item<float>(), Tolerance);
    }

    [Fact]
    public void Lars_NormOfDecayedGrad_StepsAShareOfTheNorm()
    {
        var p = new Parameter(torch.tensor(new[,] { { 3f, 4f } }));
        using var optimizer = new Lars([p], new() { LearningRate = 1, TrustCoefficient = 0.1, Momentum = 0 });

        p.grad = torch.tensor(new[,] { { 0f, 10f } });
        optimizer.step();   // |p| = 5, so the step is 0.1 * 5 along the gradient

        Assert.Equal([3f, 3.5f], OptimizerRuns.Values(p));
    }

    [Fact]
    public void Lars_Vector_TakesThePlainStep()
    {
        var p = new Parameter(torch.tensor(new[] { 3f, 4f }));
        using var optimizer = new Lars([p], new() { LearningRate = 0.1, TrustCoefficient = 0.1, WeightDecay = 1 });

        p.grad = torch.tensor(new[] { 0f, 10f });
        optimizer.step();

        Assert.Equal([3f, 3f], OptimizerRuns.Values(p));
    }

    [Fact]
    public void Lamb_ZeroGradientNorm_DoesNotDivideByZero()
    {
        var p = new Parameter(torch.tensor(new[] { 3f, 4f }));
        using var optimizer = new Lamb([p], new() { LearningRate = 0.1, WeightDecay = 0 });

        p.grad = torch.zeros([2]);
        optimizer.step();

        Assert.Equal([3f, 4f], OptimizerRuns.Values(p));
    }

    private static void Step(optim.Optimizer optimizer, Parameter p, float gradient)
    {
        p.grad = torch.tensor(new[] { gradient });
        optimizer.step();
    }
}
