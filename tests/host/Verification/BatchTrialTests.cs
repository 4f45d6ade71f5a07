using Parallax.Host.Verification;

namespace Parallax.Host.Tests.Verification;

public sealed class BatchTrialTests
{
    [Theory]
    [InlineData(0.1, 0.49f, true)]     // at most 5 times as much as rounded weights make
    [InlineData(0.1, 0.51f, false)]
    [InlineData(0, 0.049f, true)]      // at least 0.05
    [InlineData(0, 0.051f, false)]
    [InlineData(0.3, 0.74f, true)]     // at most 0.75: a term that is lost or doubled is off by more
    [InlineData(0.3, 0.76f, false)]
    [InlineData(0.1, float.NaN, false)]
    public void InBf16_Gradients_MayDifferByAsMuchAsTheNetworkMakesOfRounding(double ofWeights, float off, bool holds)
    {
        using var scope = torch.NewDisposeScope();
        using var method = torch.nn.Sequential(("layer", torch.nn.Linear(1, 1)));
        using var single = Of(loss: 1, gradient: 1);
        using var half = Of(loss: 1, gradient: 1 + off);

        var result = BatchTrial.InBf16(method, single, half, ofWeights);

        Assert.Equal(holds ? Outcome.Holds : Outcome.Fails, result.Outcome);
        Assert.Equal(!holds, result.Detail.StartsWith(
            "module 'layer' (TorchSharp.Modules.Linear), the gradient of 'layer.weight' is off", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0.4, 0.74f, "Holds")]
    [InlineData(0.4, 0.76f, "NotChecked")]   // twice what rounded weights make is beyond the bound
    [InlineData(0.4, 1.9f, "NotChecked")]
    [InlineData(0.4, 2.1f, "Fails")]         // five times that
    [InlineData(0.37, 0.76f, "Fails")]
    [InlineData(0.4, float.NaN, "Fails")]
    public void InBf16_NetworkOfWhichRoundingMakesMuch_IsNotChecked(double ofWeights, float off, string expected)
    {
        using var scope = torch.NewDisposeScope();
        using var method = torch.nn.Sequential(("layer", torch.nn.Linear(1, 1)));
        using var single = Of(loss: 1, gradient: 1);
        using var half = Of(loss: 1, gradient: 1 + off);

        Assert.Equal(expected, $"{BatchTrial.InBf16(method, single, half, ofWeights).Outcome}");
    }

    [Theory]
    [InlineData(2, 2.09, true)]   // 0.045 of it
    [InlineData(2, 2.11, false)]
    [InlineData(0.4, 0.43, false)]   // 0.075 of it
    [InlineData(0.01, 0.014, true)]   // 0.04 of 0.1
    [InlineData(2, double.NaN, false)]
    public void InBf16_Loss_MayDifferByAShareOfIt(double expected, double loss, bool holds)
    {
        using var method = torch.nn.Sequential(("layer", torch.nn.Linear(1, 1)));
        using var single = Of(expected, gradient: 1);
        using var half = Of(loss, gradient: 1);

        Assert.Equal(holds ? Outcome.Holds : Outcome.Fails, BatchTrial.InBf16(method, single, half, ofWeights: 0.1).Outcome);
    }

    private static BatchGradients Of(double loss, float gradient) =>
        new(loss, new Dictionary<string, Tensor> { ["layer.weight"] = torch.tensor(new[] { gradient }).DetachFromDisposeScope() });
}
