using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class TextTransformerTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]   // fills the caption up, and is attended to all the same
    public void Forward_OtherTokenBehindTheFirst_ChangesTheCaption(int place)
    {
        manual_seed(1);
        using var encoder = new TextTransformer(vocabulary: 10, length: 4, width: 8, depth: 1, heads: 2);
        var (caption, other) = (tensor(new long[] { 5, 6, 0, 0 }).unsqueeze(0), tensor(new long[] { 5, 6, 0, 0 }).unsqueeze(0));
        other[0, place] = tensor(7L);

        Assert.Equal([1, 8], encoder.call(caption).shape);
        Assert.False(encoder.call(caption).allclose(encoder.call(other)));
    }

    [Fact]
    public void Forward_SeveralCaptions_AreEncodedEachByItself()
    {
        manual_seed(1);
        using var encoder = new TextTransformer(vocabulary: 10, length: 4, width: 8, depth: 2, heads: 2);
        var captions = tensor(new long[,] { { 5, 6, 0, 0 }, { 1, 2, 3, 4 } });

        Tensors.AssertClose(encoder.call(captions.narrow(0, 1, 1)), encoder.call(captions).narrow(0, 1, 1));
    }

    [Fact]
    public void Parameters_OfFlipBase_AreThePapers53Million()
    {
        using var encoder = new TextTransformer(vocabulary: 30522, length: 32, width: 512, depth: 12, heads: 8);

        Assert.Equal(53_473_280, encoder.parameters().Sum(parameter => parameter.numel()));
    }
}
