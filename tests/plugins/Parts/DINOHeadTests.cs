using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class DINOHeadTests
{
    private static readonly DINOHeadShape _shape = new(Outputs: 7, Hidden: 10, Bottleneck: 4, BatchNorm: false, NormLastLayer: true);

    [Fact]
    public void Forward_FixedLengths_GivesCosinesWithTheLastLayer()
    {
        var head = new DINOHead(6, _shape);
        using (no_grad())
        {
            head.state_dict()["last_layer.weight_v"].mul_(13);   // directions only
        }

        var (h, directions) = (Tensors.Normal(1, 5, 6), F.normalize(head.state_dict()["last_layer.weight_v"], dim: 1));

        Tensors.AssertClose(F.linear(head.Embed(h), directions), head.call(h));
        Tensors.AssertClose(ones([5]), head.Embed(h).square().sum(1));
    }

    [Fact]
    public void StateDict_FixedLengths_HasNone_TrainedOnesStartAtOne()
    {
        Assert.DoesNotContain("last_layer.weight_g", new DINOHead(6, _shape).state_dict().Keys);
        Tensors.AssertClose(ones([7, 1]), new DINOHead(6, _shape with { NormLastLayer = false }).state_dict()["last_layer.weight_g"]);
    }

    [Fact]
    public void StateDict_Names_AreTheAuthors() =>
        Assert.Equal(
            ["last_layer.weight_v", "mlp.0.bias", "mlp.0.weight", "mlp.2.bias", "mlp.2.weight", "mlp.4.bias", "mlp.4.weight"],
            new DINOHead(6, _shape).state_dict().Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void WeightNorm_TrainedLengths_ScaleTheRows()
    {
        var layer = new WeightNormLinear(2, 1, trainsLengths: true);
        using (no_grad())
        {
            layer.state_dict()["weight_v"].copy_(Tensors.Matrix([3, 4]));
            layer.state_dict()["weight_g"].fill_(10);
        }

        Tensors.AssertClose(Tensors.Matrix([14]), layer.call(Tensors.Matrix([1, 1])));   // by hand: 10 * (3 + 4) / 5
    }

    [Fact]
    public void Constructor_BatchNorm_StandsBehindHiddenLayersOnly() =>
        Assert.Equal(2, new DINOHead(6, _shape with { BatchNorm = true }).modules().Count(module => module is BatchNorm1d));
}
