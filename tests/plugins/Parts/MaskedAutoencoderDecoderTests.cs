using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class MaskedAutoencoderDecoderTests
{
    private static readonly MaskedDecoderShape _shape = new(Width: 16, Depth: 2, Heads: 4, Outputs: 12);

    [Fact]
    public void Unshuffle_PutsEveryTokenBackToItsPlace()
    {
        var tokens = Tensors.Normal(1, 2, 6, 4);
        var order = tensor(new long[] { 4, 0, 5, 2, 1, 3, 1, 2, 3, 0, 5, 4 }, [2, 6]);
        var visible = tokens.gather(1, order.narrow(1, 0, 4).unsqueeze(2).expand(2, 4, 4));

        var restored = MaskedAutoencoderDecoder.Unshuffle(visible, full([1, 1, 4], 7f), order.argsort(1));

        foreach (var (image, patch) in from image in Enumerable.Range(0, 2) from patch in Enumerable.Range(0, 6) select (image, patch))
        {
            var isHidden = order[image, 4].item<long>() == patch || order[image, 5].item<long>() == patch;
            Tensors.AssertClose(isHidden ? full([4], 7f) : tokens[image, patch], restored[image, patch], tolerance: 0);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    public void Call_AnyTokensBeforeThePatches_PredictsEveryPatch(int prefix)
    {
        var decoder = new MaskedAutoencoderDecoder(8, prefix, gridSide: 3, _shape);

        Assert.Equal([2, 9, 12], decoder.call(Tensors.Normal(1, 2, prefix + 2, 8), arange(9, dtype: int64).expand(2, 9)).shape);
    }

    [Fact]
    public void Call_OrderOfVisibleTokens_DoesNotMatter()
    {
        var decoder = new MaskedAutoencoderDecoder(8, 1, gridSide: 2, _shape);
        var (tokens, restore) = (Tensors.Normal(1, 1, 3, 8), tensor(new long[] { 2, 0, 1, 3 }, [1, 4]));
        var (swapped, restoreSwapped) = (tokens.index_select(1, tensor(new long[] { 0, 2, 1 })), tensor(new long[] { 2, 1, 0, 3 }, [1, 4]));

        Tensors.AssertClose(decoder.call(tokens, restore), decoder.call(swapped, restoreSwapped));
    }

    [Fact]
    public void Constructor_Names_AreThoseOfTheAuthorsCode()
    {
        var decoder = new MaskedAutoencoderDecoder(8, 1, gridSide: 2, _shape);

        Assert.Equal(
            ["decoder_blocks", "decoder_embed", "decoder_norm", "decoder_pos_embed", "decoder_pred", "mask_token"],
            decoder.state_dict().Keys.Select(key => key.Split('.')[0]).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(["decoder_pos_embed"], decoder.named_parameters().Where(named => !named.parameter.requires_grad).Select(named => named.name));
        Assert.All(decoder.named_parameters().Where(named => named.name.EndsWith("bias", StringComparison.Ordinal)), named =>
            Assert.Equal(0, named.parameter.abs().max().item<float>()));
    }
}
