using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

/// <summary>Layers of transformers and their relative positions, against their definitions.</summary>
public sealed class TransformerPartsTests
{
    [Fact]
    public void Index_WithAClassToken_IsBEiTs() => Assert.Equal(
        [
            11, 9, 9, 9, 9,
            10, 4, 3, 1, 0,
            10, 5, 4, 2, 1,
            10, 7, 6, 4, 3,
            10, 8, 7, 5, 4,
        ],
        Tensors.Integers(RelativePositions.Index(2, 2, 2, hasClassToken: true)));   // by hand: (dy + 1) 3 + dx + 1, then 9 to patches, 10 from them, 11

    [Fact]
    public void Index_OfAPart_IsThatOfTheWholeAtThosePlaces()
    {
        var whole = RelativePositions.Index(4, 4, 4, hasClassToken: true);
        var part = RelativePositions.Index(4, 2, 3, hasClassToken: true);
        var places = tensor(new long[,] { { 0, 1, 2, 3, 5, 6, 7 } });   // the class token, and 2 x 3 of 4 x 4

        Assert.Equal(Tensors.Integers(part), Tensors.Integers(RelativePositions.Among(whole, places, places)));
    }

    [Fact]
    public void Resize_OfATable_IsBicubic_AndLeavesTheClassTokensRows()
    {
        var table = tensor(new float[] { 0, 1, 2, 0, 1, 2, 0, 1, 2, 7, 8, 9 }).unsqueeze(1);   // window 2: three rows of dx = -1, 0, 1

        var resized = RelativePositions.Resize(table, window: 3, hasClassToken: true)!;

        // By hand: places 3/5 apart, corners not aligned, weights of the cubic with a = -0.75: at -0.2 of 0, 0, 0, 1 they are -0.024, 0.2, 0.92, -0.096.
        float[] row = [-0.096f, 0.316f, 1, 1.684f, 2.096f];
        Tensors.AssertClose([.. Enumerable.Repeat(row, 5).SelectMany(values => values), 7, 8, 9], Tensors.Values(resized.squeeze(1)));
        Assert.Equal([28, 1], resized.shape);
    }

    [Theory]
    [InlineData(9, true)]   // 6 and three rows of a class token
    [InlineData(16, false)]   // an even side
    [InlineData(2, true)]
    public void Resize_OfRowsThatNoWindowHas_IsNone(long rows, bool hasClassToken) =>
        Assert.Null(RelativePositions.Resize(zeros(rows, 2), window: 3, hasClassToken));

    [Fact]
    public void SwiGlu_IsItsDefinition()
    {
        var layer = new SwiGlu(6, hidden: 12);
        var state = layer.state_dict();
        var input = Tensors.Normal(1, 2, 3, 6);

        var (w1, w2) = (state["w12.weight"].narrow(0, 0, 8), state["w12.weight"].narrow(0, 8, 8));
        var (b1, b2) = (state["w12.bias"].narrow(0, 0, 8), state["w12.bias"].narrow(0, 8, 8));
        var expected = F.linear(F.silu(F.linear(input, w1, b1)) * F.linear(input, w2, b2), state["w3.weight"], state["w3.bias"]);

        Tensors.AssertClose(expected, layer.call(input));
    }

    [Fact]
    public void TokenMlp_OfTheApproximateGelu_IsItsDefinition()
    {
        var layer = new TokenMlp(6, 24, isTanh: true);
        var state = layer.state_dict();
        var input = Tensors.Normal(1, 2, 3, 6);

        var x = F.linear(input, state["fc1.weight"], state["fc1.bias"]);
        var gelu = x * 0.5 * (1 + (Math.Sqrt(2 / Math.PI) * (x + (x.pow(3) * 0.044715))).tanh());

        Tensors.AssertClose(F.linear(gelu, state["fc2.weight"], state["fc2.bias"]), layer.call(input));
    }

    [Fact]
    public void SelfAttention_BiasesOfQueriesAndValues_AreThoseOfOneLayerWithoutThatOfKeys()
    {
        using var noGradients = no_grad();
        var (split, whole) = (new SelfAttention(8, 2, QkvBias.QueryValue), new SelfAttention(8, 2));
        var state = split.state_dict();
        state["q_bias"].copy_(Tensors.Normal(2, 8));
        state["v_bias"].copy_(Tensors.Normal(3, 8));
        whole.load_state_dict(new Dictionary<string, Tensor>
        {
            ["qkv.weight"] = state["qkv.weight"],
            ["qkv.bias"] = cat([state["q_bias"], zeros(8), state["v_bias"]]),
            ["proj.weight"] = state["proj.weight"],
            ["proj.bias"] = state["proj.bias"],
        });
        var input = Tensors.Normal(1, 2, 5, 8);

        Tensors.AssertClose(whole.call(input), split.call(input));
    }

    [Fact]
    public void SelfAttention_OwnTable_IsAddedToTheProducts()
    {
        using var noGradients = no_grad();
        var (layer, plain) = (new SelfAttention(8, 2, relativeSide: 2), new SelfAttention(8, 2));
        var state = layer.state_dict();
        state["relative_position_bias_table"].copy_(Tensors.Normal(2, 12, 2));
        plain.load_state_dict(state.Where(entry => !entry.Key.StartsWith("relative", StringComparison.Ordinal)).ToDictionary());
        var input = Tensors.Normal(1, 3, 5, 8);

        var bias = state["relative_position_bias_table"][RelativePositions.Index(2, 2, 2, hasClassToken: true)].permute(2, 0, 1).unsqueeze(0);   // [1, H, 5, 5]

        Tensors.AssertClose(plain.Attend(input, null, bias), layer.call(input));
        Tensors.AssertClose(plain.call(input), layer.Attend(input, null));
    }
}
