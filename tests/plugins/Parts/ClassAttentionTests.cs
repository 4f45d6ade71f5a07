using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class ClassAttentionTests
{
    [Fact]
    public void Block_Patches_MayComeInAnyOrderAndNumber()
    {
        var block = new ClassAttentionBlock(width: 8, heads: 2, hidden: 16, layerScale: 1);
        var (token, patches) = (Tensors.Normal(1, 3, 1, 8), Tensors.Normal(2, 3, 5, 8));

        var output = block.call(token, patches);

        Assert.Equal([3L, 1, 8], output.shape);
        Tensors.AssertClose(output, block.call(token, patches.flip(1)));
        Assert.Equal([3L, 1, 8], block.call(token, patches.narrow(1, 0, 1)).shape);
    }

    [Fact]
    public void Block_FactorsOfZero_LeaveTheToken()
    {
        var block = new ClassAttentionBlock(width: 8, heads: 2, hidden: 16, layerScale: 1);
        using (no_grad())
        {
            block.get_parameter("gamma_1")!.zero_();
            block.get_parameter("gamma_2")!.zero_();
        }

        var token = Tensors.Normal(1, 2, 1, 8);

        Tensors.AssertClose(token, block.call(token, Tensors.Normal(2, 2, 4, 8)));
    }

    [Fact]
    public void Pooling_OfAnImage_LooksAtItsPatchesOnly()
    {
        var pooling = new ClassAttentionPooling(width: 64, depth: 2, layerScale: 0);
        var patches = Tensors.Normal(2, 3, 5, 64);

        var pooled = pooling.call(patches);

        Assert.Equal([3L, 1, 64], pooled.shape);
        Tensors.AssertClose(pooled.narrow(0, 1, 1), pooling.call(patches.narrow(0, 1, 1)));
        Assert.DoesNotContain(pooling.named_parameters(), p => p.name.Contains("gamma", StringComparison.Ordinal));
        Assert.All(pooling.named_parameters().Where(p => p.name.EndsWith("bias", StringComparison.Ordinal)), p => Assert.Equal(0, p.parameter.abs().max()
            .item<float>()));
    }

    [Theory]
    [InlineData(1, "12>6")]
    [InlineData(2, "12>10 LN GELU 10>6")]
    [InlineData(3, "12>10 LN GELU 10>10 LN GELU 10>6")]
    public void LayerNormHead_Layers_AreThePapers(int layers, string expected)
    {
        var head = LayerNormHead.Create(features: 12, hidden: 10, dimension: 6, layers);

        var text = string.Join(' ', head.children().Select(layer => layer switch
        {
            Linear { bias: not null } linear => $"{linear.weight!.shape[1]}>{linear.weight.shape[0]}",
            TorchSharp.Modules.LayerNorm => "LN",
            _ => layer.GetType().Name,
        }));
        Assert.Equal(expected, text);
        Assert.Equal([3L, 6], head.call(Tensors.Normal(1, 3, 12)).shape);
    }
}
