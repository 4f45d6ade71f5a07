using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class SiameseHeadsTests
{
    [Theory]
    [InlineData(HeadBias.First, "0.bias")]
    [InlineData(HeadBias.Last, "3.bias")]
    [InlineData(HeadBias.Both, "0.bias", "3.bias")]
    public void BYOL_HeadBias_SaysWhichLinearLayersHaveOne(HeadBias bias, params string[] expected)
    {
        var head = SiameseHeads.BYOL(8, 6, 4, bias);

        Assert.Equal(expected, head.state_dict().Keys.Where(key => key is "0.bias" or "3.bias").Order(StringComparer.Ordinal));
        Assert.Single(head.state_dict().Keys, key => key.EndsWith("running_var", StringComparison.Ordinal));   // nothing is normalised at the end
    }

    [Theory]
    [InlineData(3, "6.bias")]
    [InlineData(2, "3.bias")]
    [InlineData(1, "0.bias")]
    public void SimSiamProjector_LastBias_IsKeptAndNotTrained(int layers, string frozen)
    {
        var projector = SiameseHeads.SimSiamProjector(8, 6, 4, layers);

        Assert.Equal([frozen], projector.named_parameters().Where(named => !named.parameter.requires_grad).Select(named => named.name));
        Assert.Contains(frozen, projector.state_dict().Keys);
    }

    [Fact]
    public void SimSiamProjector_Output_IsStandardisedOverTheBatch()
    {
        var z = SiameseHeads.SimSiamProjector(8, 6, 4).call(Tensors.Normal(1, 64, 8));   // [64, 4]

        Tensors.AssertClose(zeros([4]), z.mean([0]), tolerance: 1e-4);
        Tensors.AssertClose(ones([4]), z.var(0, unbiased: false), tolerance: 1e-2);
    }

    [Fact]
    public void SimSiamPredictor_IsABottleneckWithOneBiasAtTheEnd() =>
        Assert.Equal(
            ["0.weight", "1.bias", "1.weight", "3.bias", "3.weight"],
            SiameseHeads.SimSiamPredictor(8, 2).named_parameters().Select(named => named.name).Order(StringComparer.Ordinal));
}
