using Parallax.Plugins.Methods;

namespace Parallax.Plugins.Tests.Methods;

public sealed class VicRegTests
{
    private static readonly VicRegOptions _small = new() { ProjectionDim = 6, HiddenDim = 10 };

    [Fact]
    public void Step_Diagnostics_AddUpToTheLossWithThePapersWeights()
    {
        var output = Create(_small).Step(TestRuns.Batch(), TestRuns.Step());

        var terms = output.Diagnostics.ToDictionary(d => d.Name, d => d.Value.item<float>());
        Assert.Equal((25 * terms["invariance"]) + (25 * terms["variance"]) + terms["covariance"], output.Loss.item<float>(), tolerance: 1e-4);
        Assert.All(output.Diagnostics, diagnostic => Assert.False(diagnostic.Value.requires_grad));
    }

    [Fact]
    public void Step_EqualViews_HaveNoDistance()
    {
        var batch = TestRuns.Batch();

        var output = Create(_small).Step(batch with { Views = [batch.Views[0], batch.Views[0]] }, TestRuns.Step());

        Assert.Equal(0, output.Diagnostics.Single(d => d.Name == "invariance").Value.item<float>());
    }

    [Fact]
    public void Step_VarianceReduction_CountsBothViewsFully()
    {
        var options = _small with { InvarianceWeight = 0, CovarianceWeight = 0 };
        var (mean, sum) = (Create(options), Create(options with { VarianceReduction = Plugins.Parts.VarianceReduction.SumOfViews }));
        sum.load_state_dict(mean.state_dict());

        Assert.Equal(2 * mean.Step(TestRuns.Batch(), TestRuns.Step()).Loss.item<float>(), sum.Step(TestRuns.Batch(), TestRuns.Step()).Loss.item<float>(), tolerance: 1e-4);
    }

    [Fact]
    public void Expander_LinearLayers_HaveABiasExceptTheLast()
    {
        var names = Create(_small).state_dict().Keys.Where(key => key is "projector.0.bias" or "projector.3.bias" or "projector.6.bias").Order(StringComparer.Ordinal);

        Assert.Equal(["projector.0.bias", "projector.3.bias"], names);
    }

    private static VicReg Create(VicRegOptions options) => new(new PixelBackbone(), options, TestRuns.Of());
}
