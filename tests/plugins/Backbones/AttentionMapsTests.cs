using Parallax.Plugins.Backbones;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Backbones;

public sealed class AttentionMapsTests
{
    private static readonly ViTOptions _small = new() { Width = 8, Depth = 1, Heads = 2, PatchSize = 2 };

    [Fact]
    public void ClassAttention_OfOneBlock_IsTheSoftmaxOfTheDefinition()
    {
        using var noGrad = no_grad();
        var network = Create(_small);
        var images = TestRuns.Batch().Views[0];
        var state = network.state_dict();
        var patches = network.EmbedPatches(images).flatten(1, 2);                                                          // [4, 16, 8]
        var tokens = cat([state["cls_token"].expand(4, 1, 8), patches], 1) + state["pos_embed"];                          // [4, 17, 8]
        var x = F.layer_norm(tokens, [8], state["blocks.0.norm1.weight"], state["blocks.0.norm1.bias"], TransformerBlock.NormEpsilon);
        var qk = F.linear(x, state["blocks.0.attn.qkv.weight"], state["blocks.0.attn.qkv.bias"]).narrow(2, 0, 16).reshape(4, 17, 2, 2, 4);
        var (q, k) = (qk.select(2, 0).transpose(1, 2), qk.select(2, 1).transpose(1, 2));                                  // [4, heads, 17, 4]
        var expected = (q.matmul(k.transpose(2, 3)) / 2).softmax(3).select(2, 0).narrow(2, 1, 16).reshape(4, 2, 4, 4);    // [4, heads, 4, 4]

        Tensors.AssertClose(expected, network.ClassAttention(images));
    }

    [Theory]
    [InlineData(1, ViTRelativePositions.None)]
    [InlineData(3, ViTRelativePositions.None)]
    [InlineData(3, ViTRelativePositions.Shared)]
    [InlineData(3, ViTRelativePositions.PerBlock)]
    public void ClassAttention_OfAnyDepth_IsAShareOfOne(int depth, ViTRelativePositions relative)
    {
        using var noGrad = no_grad();

        var maps = Create(_small with { Depth = depth, RelativePositions = relative }).ClassAttention(TestRuns.Batch().Views[0]);

        Assert.Equal([4, 2, 4, 4], maps.shape);
        Assert.All(Tensors.Values(maps.sum([2, 3]).flatten()), sum => Assert.InRange(sum, 0.5, 1));   // the rest falls to the class token itself
    }

    private static ViT Create(ViTOptions options)
    {
        manual_seed(3);

        return new(options, TestRuns.Of());
    }
}
