using static Parallax.Torch.torch.optim.lr_scheduler;

namespace Parallax.Engine.Tests.Optim;

public sealed class LRSchedulerTests
{
    [Fact]
    public void StepLR_EveryTwoEpochs_Halves() => Rates(o => StepLR(o, 2, gamma: 0.5), 1, 1, 0.5, 0.5, 0.25);

    [Fact]
    public void MultiStepLR_AtMilestones_Drops() => Rates(o => MultiStepLR(o, [1, 3]), 1, 0.1, 0.1, 0.01);

    [Fact]
    public void ExponentialLR_EachEpoch_Multiplies() => Rates(o => ExponentialLR(o, 0.5), 1, 0.5, 0.25);

    [Fact]
    public void CosineAnnealingLR_HalfWay_IsHalf() => Rates(o => CosineAnnealingLR(o, 4), 1, (1 + Math.Sqrt(0.5)) / 2, 0.5, (1 - Math.Sqrt(0.5)) / 2, 0);

    [Fact]
    public void LinearLR_TwoEpochs_ReachesTheEnd() => Rates(o => LinearLR(o, 0.5, 1, 2), 0.5, 0.75, 1, 1);

    [Fact]
    public void LambdaLR_Function_Multiplies() => Rates(o => LambdaLR(o, epoch => 1.0 / (epoch + 1)), 1, 0.5, 1.0 / 3);

    [Fact]
    public void SequentialLR_WarmupThenDecay_CountsAgain() =>
        Rates(o => SequentialLR(o, [LinearLR(o, 0.5, 1, 2), ExponentialLR(o, 0.5)], [2]), 0.5, 0.75, 1, 0.5, 0.25);

    [Fact]
    public void SequentialLR_WrongNumberOfMilestones_Throws()
    {
        using var optimizer = torch.optim.SGD([new Parameter(torch.ones([1]))], 1);

        Assert.Throws<ArgumentException>(() => SequentialLR(optimizer, [ExponentialLR(optimizer)], [1]));
    }

    private static void Rates(Func<torch.optim.Optimizer, LRScheduler> make, params double[] expected)
    {
        using var optimizer = torch.optim.SGD([new Parameter(torch.ones([1]))], 1);
        var scheduler = make(optimizer);
        foreach (var rate in expected)
        {
            Assert.Equal(rate, scheduler.get_last_lr().Single(), 1e-12);
            scheduler.step();
        }
    }
}
