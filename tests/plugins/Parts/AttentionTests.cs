using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

/// <summary>In float32 the fused kernel is taken in every form of attention; every way gives what the definition gives.</summary>
public sealed class AttentionTests
{
    private const string Fused = "aten::_scaled_dot_product_flash_attention_for_cpu";
    private const int N = 6, H = 2, L = 5, S = 7, D = 8;

    /// <summary>Masks by name, as methods use them.</summary>
    public static TheoryData<string> Masks => ["none", "boolean", "additive", "padding", "windows", "per head", "bias of heads", "of every image", "strided"];

    [Theory]
    [MemberData(nameof(Masks))]
    public void Attend_WithGradients_IsFusedAndEqualsTheDefinition(string mask)
    {
        var inputs = Inputs();

        AssertFusedAndEqual(inputs, Mask(mask), expectedCalls: mask == "windows" ? 2 : 1);
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, H, L)]
    [InlineData(3, H, L)]
    [InlineData(N, 1, L)]
    public void Attend_MaskThatIsLearned_GivesItsGradient(long masks, long heads, long queries)
    {
        var (inputs, bias) = (Inputs(), Tensors.Leaf(Tensors.Normal(9, masks, heads, queries, S)));

        AssertEqual(inputs, bias);

        using var noGrad = no_grad();
        AssertFused(() => Attention.Attend(inputs[0], inputs[1], inputs[2], bias), masks == 3 ? 2 : 1);
    }

    [Theory]
    [InlineData(8, 12)]
    [InlineData(12, 8)]
    [InlineData(7, 7)]
    [InlineData(1, 3)]
    public void Attend_AnyWidthOfHeads_IsFused(long width, long valueWidth)
    {
        Tensor[] inputs =
        [
            Tensors.Leaf(Tensors.Normal(1, N, H, L, width)), Tensors.Leaf(Tensors.Normal(2, N, H, S, width)),
            Tensors.Leaf(Tensors.Normal(3, N, H, S, valueWidth)),
        ];

        AssertFusedAndEqual(inputs, Mask("padding"), expectedCalls: 1);
        AssertEqual(inputs, Tensors.Leaf(Tensors.Normal(9, 1, H, L, S)));
    }

    [Fact]
    public void Attend_NumbersOfAHeadApartInMemory_IsFused()
    {
        Tensor[] inputs =
        [
            Tensors.Leaf(Tensors.Normal(1, N, H, D, L)).transpose(-2, -1), Tensors.Leaf(Tensors.Normal(2, N, H, D, S)).transpose(-2, -1),
            Tensors.Leaf(Tensors.Normal(3, N, H, D, S)).transpose(-2, -1),
        ];
        using var recorder = OperatorRecorder.Start();

        var attended = Attention.Attend(inputs[0], inputs[1], inputs[2]);

        Assert.Equal(1, recorder.Counts[Fused]);
        recorder.Dispose();
        Tensors.AssertClose(Definition(inputs, null), attended);
    }

    [Theory]
    [MemberData(nameof(Masks))]
    public void Attend_UnderAutocast_IsFusedAndComputesInBfloat16(string mask)
    {
        var inputs = Inputs();
        using var recorder = OperatorRecorder.Start();

        Tensor attended;
        using (Autocast.Enter(CPU, bfloat16))
        {
            attended = Attention.Attend(inputs[0], inputs[1], inputs[2], Mask(mask));
        }

        attended.to(float32).sum().Backpropagate();
        AssertFused(recorder.Counts, mask == "windows" ? 2 : 1);
        recorder.Dispose();
        Assert.Equal(bfloat16, attended.dtype);
        Tensors.AssertClose(Definition(inputs, Mask(mask)), attended.to(float32), tolerance: 0.03);
    }

    [Theory]
    [InlineData("none", 5, 7, 1)]
    [InlineData("boolean", 5, 7, 1)]
    [InlineData("learned", 5, 7, 1)]
    [InlineData("none", 200, 1200, 2)]
    [InlineData("boolean", 200, 1200, 2)]
    [InlineData("learned", 200, 1200, 2)]
    public void Attend_Bfloat16_IsComputedByTheDefinition_LargeMatricesForAFewImagesAtATime(string mask, int queries, int keys, int softmaxes)
    {
        Tensor[] inputs =
        [
            Tensors.Leaf(Tensors.Normal(1, 3, H, queries, D)), Tensors.Leaf(Tensors.Normal(2, 3, H, keys, D)), Tensors.Leaf(Tensors.Normal(3, 3, H, keys, D)),
        ];
        var given = mask switch
        {
            "none" => null,
            "boolean" => Tensors.Normal(8, queries, keys).gt(0),
            _ => Tensors.Leaf(Tensors.Normal(9, 1, H, queries, keys)),
        };
        Tensor[] leaves = mask == "learned" ? [.. inputs, given!] : inputs;
        using var recorder = OperatorRecorder.Start();

        Tensor attended;
        using (Autocast.Enter(CPU, bfloat16))
        {
            attended = Attention.Attend(inputs[0].to(bfloat16), inputs[1].to(bfloat16), inputs[2].to(bfloat16), given);
        }

        Assert.Equal(softmaxes, recorder.Counts["aten::_softmax"]);
        Assert.DoesNotContain(Fused, recorder.Counts.Keys);
        recorder.Dispose();
        (attended.to(float32) * Weights(attended)).sum().Backpropagate();
        var actual = leaves.Select(Take).ToList();
        var expected = Definition(inputs, given);
        (expected * Weights(attended)).sum().Backpropagate();
        Assert.Equal(bfloat16, attended.dtype);
        AssertNear(expected, attended.to(float32));
        foreach (var (gradient, leaf) in actual.Zip(leaves))
        {
            Assert.Equal(float32, gradient.dtype);
            AssertNear(Take(leaf), gradient);
        }
    }

    [Theory]
    [InlineData(5, false)]
    [InlineData(400, true)]
    public void Attend_MaskThatIsLearned_LeavesNoGradientAliveInTheStep(int length, bool isBfloat16)
    {
        using var scope = NewDisposeScope();
        var (x, bias) = (Tensors.Leaf(Tensors.Normal(1, 2, H, length, D)), Tensors.Leaf(Tensors.Normal(9, 1, H, length, length)));
        var tokens = isBfloat16 ? x.to(bfloat16) : x;
        Attention.Attend(x, x, x, bias).sum().Backpropagate();   // ends what a plain backward() of an earlier test has left on this thread
        var attended = Attention.Attend(Attention.Attend(tokens, tokens, tokens, bias), tokens, tokens, bias);
        var loss = attended.to(float32).sum();
        var (inScope, ofThread) = (scope.DisposablesCount, DisposeScopeManager.Statistics.ThreadTotalLiveCount);

        loss.Backpropagate();

        Assert.Equal(inScope, scope.DisposablesCount);
        Assert.Equal(ofThread, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Attend_Bfloat16WithoutKeys_GetsZeros()
    {
        var inputs = Inputs().Select(input => input.to(bfloat16)).ToList();
        var mask = ones([L, S], dtype: @bool);
        mask[2] = tensor(false);

        var attended = Attention.Attend(inputs[0], inputs[1], inputs[2], mask);

        Assert.All(Tensors.Values(attended.select(2, 2).to(float32)), value => Assert.Equal(0, value));
    }

    [Fact]
    public void Attend_QueryWithoutKeys_GetsZerosAndFiniteGradients()
    {
        var inputs = Inputs();
        var mask = ones([L, S], dtype: @bool);
        mask[2] = tensor(false);

        var attended = Attention.Attend(inputs[0], inputs[1], inputs[2], mask);
        attended.sum().Backpropagate();

        Assert.All(Tensors.Values(attended.select(2, 2)), value => Assert.Equal(0, value));
        Assert.All(inputs, input => Tensors.AssertFinite(input.grad!));
    }

    [Fact]
    public void Attend_WhatDoesNotFit_IsSaid()
    {
        var inputs = Inputs();
        Tensor Attend(Tensor mask) => Attention.Attend(inputs[0], inputs[1], inputs[2], mask);

        Assert.Contains("A mask of [4, 1, 7] does not fit 6 images", Assert.Throws<ArgumentException>(() => Attend(ones(4, 1, S))).Message,
            StringComparison.Ordinal);
        Assert.Contains("does not fit", Assert.Throws<ArgumentException>(() => Attend(ones(S))).Message, StringComparison.Ordinal);
        Assert.Contains("Int64", Assert.Throws<ArgumentException>(() => Attend(ones([L, S], dtype: int64))).Message, StringComparison.Ordinal);
        Assert.Contains("expected [N, H, L, D]", Assert.Throws<ArgumentException>(() => Attention.Attend(inputs[0][0], inputs[1], inputs[2])).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void SelfAttention_InTraining_IsFused()
    {
        var layer = new SelfAttention(16, heads: 2);
        using var recorder = OperatorRecorder.Start();

        layer.call(Tensors.Normal(4, 3, L, 16)).sum().Backpropagate();

        AssertFused(recorder.Counts, calls: 1);
    }

    private static void AssertFusedAndEqual(Tensor[] inputs, Tensor? mask, int expectedCalls)
    {
        AssertFused(() => Attention.Attend(inputs[0], inputs[1], inputs[2], mask).sum().Backpropagate(), expectedCalls);
        Array.ForEach(inputs, input => input.grad = null);
        AssertEqual(inputs, mask);
    }

    private static void AssertFused(Action attend, int calls)
    {
        using var recorder = OperatorRecorder.Start();
        attend();
        AssertFused(recorder.Counts, calls);
        Assert.Equal(is_grad_enabled() ? calls : 0, recorder.Counts.GetValueOrDefault(Fused + "_backward"));
    }

    private static void AssertEqual(Tensor[] inputs, Tensor? mask)
    {
        Tensor[] leaves = mask is { requires_grad: true } ? [.. inputs, mask] : inputs;
        var attended = Attention.Attend(inputs[0], inputs[1], inputs[2], mask);
        (attended * Weights(attended)).sum().Backpropagate();
        var actual = leaves.Select(Take).ToList();
        var expected = Definition(inputs, mask);
        (expected * Weights(attended)).sum().Backpropagate();
        Tensors.AssertClose(expected, attended);
        foreach (var (gradient, leaf) in actual.Zip(leaves))
        {
            Tensors.AssertClose(Take(leaf), gradient, tolerance: 1e-4);
        }
    }

    private static void AssertFused(IReadOnlyDictionary<string, long> counts, int calls)
    {
        Assert.Equal(calls, counts.GetValueOrDefault(Fused));
        Assert.DoesNotContain(counts.Keys, name => name is "aten::_softmax" or "aten::softmax" or "aten::_scaled_dot_product_attention_math");
    }

    // As good as bfloat16: its error is a part of the largest numbers.
    private static void AssertNear(Tensor expected, Tensor actual)
    {
        var error = (expected - actual).norm().item<float>() / expected.norm().item<float>();
        Assert.True(error < 0.02, $"The relative error is {error}.");
    }

    private static Tensor Take(Tensor leaf)
    {
        var gradient = leaf.grad!.clone();
        leaf.grad = null;

        return gradient;
    }

    private static Tensor Weights(Tensor like) => Tensors.Normal(5, like.shape);

    private static Tensor[] Inputs() =>
        [Tensors.Leaf(Tensors.Normal(1, N, H, L, D)), Tensors.Leaf(Tensors.Normal(2, N, H, S, D)), Tensors.Leaf(Tensors.Normal(3, N, H, S, D))];

    private static Tensor? Mask(string name)
    {
        Tensor Kept(params long[] shape)
        {
            var kept = Tensors.Normal(8, shape).gt(0);
            kept.select(-1, 0).fill_(true);   // every query has a key

            return kept;
        }

        return name switch
        {
            "none" => null,
            "boolean" => Kept(L, S),
            "additive" => Tensors.Normal(8, L, S),
            "padding" => Kept(N, 1, S),
            "windows" => Kept(3, L, S),
            "per head" => Kept(N, H, L, S),
            "bias of heads" => Tensors.Normal(8, 1, H, L, S),
            "of every image" => Tensors.Normal(8, N, L, S),
            _ => Tensors.Normal(8, S, L).t(),
        };
    }

    private static Tensor Definition(Tensor[] inputs, Tensor? mask)
    {
        var images = inputs[0].shape[0];
        var scores = inputs[0].matmul(inputs[1].transpose(-2, -1)) / Math.Sqrt(inputs[0].shape[^1]);   // [N, H, L, S]
        if (mask is not null)
        {
            var whole = mask.dim() switch { 2 => mask.unsqueeze(0).unsqueeze(0), 3 => mask.unsqueeze(1), _ => mask };
            whole = whole.repeat(whole.shape[0] == 1 ? 1 : images / whole.shape[0], 1, 1, 1);
            scores = mask.dtype == @bool ? scores.masked_fill(whole.logical_not(), double.NegativeInfinity) : scores + whole;
        }

        return scores.softmax(-1).matmul(inputs[2]);
    }
}
