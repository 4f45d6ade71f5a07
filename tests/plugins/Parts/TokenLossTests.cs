using Parallax.Contracts;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class TokenLossTests
{
    [Fact]
    public void KoLeo_ThreeFeatures_IsWorkedOutByHand()
    {
        var features = Tensors.Matrix([2, 0], [0, 3], [0.6f, 0.8f]);   // the third is nearest to both others: cosines 0.6 and 0.8

        var loss = KoLeoLoss.Compute(features);

        Assert.Equal(-(Math.Log(Math.Sqrt(0.8)) + (2 * Math.Log(Math.Sqrt(0.4)))) / 3, loss.item<float>(), tolerance: 1e-5);
    }

    [Fact]
    public void KoLeo_EqualFeatures_IsFinite() => Tensors.AssertFinite(KoLeoLoss.Compute(ones([3, 4])).reshape(1));

    [Fact]
    public void KoLeo_OneFeature_IsRefused() => Assert.Throws<ArgumentException>(() => KoLeoLoss.Compute(ones([1, 4])));

    [Fact]
    public void RegionMatching_EqualRegionsInAnotherOrder_FindsThem()
    {
        var features = Tensors.Normal(1, 1, 3, 4);
        var order = tensor(new long[] { 2, 0, 1 });
        var targets = tensor(new float[] { 1, 0, 0, 0, 1, 0, 0, 0, 1 }).reshape(1, 3, 3);   // one output for each region
        var scores = (targets * 20).index_select(1, order);

        var right = RegionMatchingLoss.Compute(
            [new(features, zeros([1, 3, 3])), new(features.index_select(1, order), scores)], [new(features, targets)], temperature: 1);
        var wrong = RegionMatchingLoss.Compute([new(features, zeros([1, 3, 3])), new(features, scores)], [new(features, targets)], temperature: 1);

        Assert.Equal(0, right.item<float>(), tolerance: 1e-4);
        Assert.Equal(20, wrong.item<float>(), tolerance: 1e-4);
    }

    [Fact]
    public void RegionMatching_OneView_IsRefused()
    {
        var view = new Regions(ones([1, 2, 3]), ones([1, 2, 4]));

        Assert.Throws<ArgumentException>(() => RegionMatchingLoss.Compute([view], [view], temperature: 0.1));
    }

    [Fact]
    public void MeanOfLast_FewerLayersThanAsked_TakesAll()
    {
        Tensor[] layers = [Tensors.Normal(1, 2, 3, 4), Tensors.Normal(2, 2, 3, 4)];

        Tensors.AssertClose(TokenTargets.MeanOfLast(layers, 2), TokenTargets.MeanOfLast(layers, 8));
        Tensors.AssertClose(TokenTargets.Normalised(TokenTargets.Normalised(layers[1])), TokenTargets.MeanOfLast(layers, 1));
    }

    [Fact]
    public void Normalised_OfTokensWithGradient_IsConstant() => Assert.False(TokenTargets.Normalised(Tensors.Leaf(Tensors.Normal(1, 2, 3, 4))).requires_grad);

    [Theory]
    [InlineData(0, 4.25)]        // 0.5² + 2²
    [InlineData(1, 1.625)]       // 0.5² / 2 + (2 - 0.5)
    [InlineData(4, 0.53125)]     // (0.5² + 2²) / 8
    public void OfTokens_ByHand_IsTheSumOverTheRootOfTheWidth(double beta, double sum)
    {
        var losses = TokenRegressionLoss.OfTokens(Tensors.Matrix([0.5f, -2, 0, 0]), zeros([1, 4]), beta);

        Assert.Equal(sum / 2, Assert.Single(Tensors.Values(losses)), tolerance: 1e-6);
    }

    [Fact]
    public void Sinkhorn_RowsOfTwoProcesses_IsThatOfAll()
    {
        var scores = Tensors.Normal(1, 7, 4);
        var (own, others) = (scores[..3], scores[3..]);

        var assignments = SinkhornAssignment.Compute(own, 0.3, 1, others: new Pair((others / 0.3).to(float64).exp().sum([0], keepdim: true)));

        Tensors.AssertClose(SinkhornAssignment.Compute(scores, 0.3, 1)[..3], assignments);
    }

    [Fact]
    public void Predict_Targets_AreIndependentBlocksInTheirOrder()
    {
        manual_seed(3);
        var predictor = new MaskedPredictor(6, 4, new(8, 2, 2));
        var (tokens, context) = (Tensors.Normal(1, 2, 3, 6), tensor(new long[,] { { 0, 5, 9 }, { 1, 2, 15 } }));
        var targets = tensor(new long[,,] { { { 3, 4 }, { 7, 8 } }, { { 12, 13 }, { 0, 3 } } });

        var predictions = predictor.Predict(tokens, context, targets);   // [2, 2, 2, 6]

        Assert.Equal([2, 2, 2, 6], predictions.shape);
        Tensors.AssertClose(predictions[.., 1..], predictor.Predict(tokens, context, targets[.., 1..]));
        Tensors.AssertClose(predictions.flip(2), predictor.Predict(tokens, context, targets.flip(2)));
        Assert.DoesNotContain(predictor.named_parameters(), p => p.name == "predictor_pos_embed" && p.parameter.requires_grad);
    }

    [Fact]
    public void Normalised_WithinImages_LeavesOutWhatAllPatchesShare()
    {
        var tokens = Tensors.Normal(5, 2, 6, 4);
        var brighter = tokens + Tensors.Normal(6, 2, 1, 4);   // the same for all patches of an image
        var (mean, std) = (tokens.mean([1], keepdim: true), tokens.var(1, unbiased: false, keepdim: true).add(1e-5).sqrt());

        Tensors.AssertClose(
            TokenTargets.Normalised((tokens - mean) / std), TokenTargets.Normalised(brighter, TargetNorm.Image), tolerance: 1e-3);
        Tensors.AssertClose(TokenTargets.Normalised(tokens), TokenTargets.Normalised(tokens, TargetNorm.Token));
        Assert.False(torch.allclose(TokenTargets.Normalised(tokens), TokenTargets.Normalised(brighter), atol: 0.1));
        Assert.False(TokenTargets.Normalised(Tensors.Leaf(tokens), TargetNorm.Image).requires_grad);
    }

    [Theory]
    [InlineData(2, 0, 1, 0)]
    [InlineData(0, 2, 0, 1)]
    [InlineData(3, 4, 0.36, 0.64)]
    [InlineData(0, 0, 0, 0)]
    public void Shares_OfPlacesAndImages_AreWorkedOutByHand(float ofPlace, float ofImage, double places, double images)
    {
        var signs = tensor(new float[] { -1, 1 });
        var tokens = ((signs.view(1, 2, 1) * ofPlace) + (signs.view(2, 1, 1) * ofImage)).expand(2, 2, 3);   // [N, L, D]

        var shares = TokenVariance.Shares(tokens);

        Assert.Equal((places, images), (Math.Round(shares.OfPlaces.item<float>(), 5), Math.Round(shares.OfImages.item<float>(), 5)));
    }

    [Fact]
    public void Shares_DifferencesWithinImages_BelongToNeither()
    {
        var tokens = tensor(new float[] { 1, -1, -1, 1 }).view(2, 2, 1);   // [N, L, D]: neither a place nor an image has a mean of its own

        var shares = TokenVariance.Shares(tokens);

        Assert.Equal((0f, 0f), (shares.OfPlaces.item<float>(), shares.OfImages.item<float>()));
    }

    // The other process's totals are known.
    private sealed class Pair(Tensor others) : IProcesses
    {
        public int Count => 2;

        public Tensor Gather(Tensor rows) => throw new NotSupportedException();

        public Tensor Mean(Tensor value) => (value + others) / 2;

        public Tensor Own(Tensor rows) => throw new NotSupportedException();
    }
}
