using Microsoft.Extensions.Logging.Abstractions;
using Parallax.Contracts;
using Parallax.Plugins.Evaluators;

namespace Parallax.Plugins.Tests.Evaluators;

public sealed class WeightedKnnTests
{
    [Fact]
    public void Scores_TwoNeighbours_AreExponentialsOfTheirCosines()
    {
        var bank = Tensors.Matrix([1, 0], [0.6f, 0.8f], [0, 1]);

        var scores = WeightedKnn.Scores(Tensors.Matrix([1, 0]), bank, tensor(new long[] { 2, 0, 1 }), classes: 3, Options(2, 0.5));

        Tensors.AssertClose([(float)Math.Exp(1.2), 0, (float)Math.Exp(2)], Tensors.Values(scores));
    }

    [Fact]
    public void Scores_SeveralChunks_EqualOneChunk()
    {
        var bank = Tensors.UnitRows(1, 1 << 14, 4);   // 16 million similarities hold 1024 queries
        var queries = Tensors.UnitRows(2, 1500, 4);
        var labels = arange(1 << 14, dtype: int64).remainder(5);

        var all = WeightedKnn.Scores(queries, bank, labels, 5, Options(10, 0.1));
        var last = WeightedKnn.Scores(queries.narrow(0, 1400, 100), bank, labels, 5, Options(10, 0.1));

        Tensors.AssertClose(last, all.narrow(0, 1400, 100));
    }

    [Fact]
    public void Evaluate_RescaledFeatures_IsSame()
    {
        var (train, test) = Sets(noise: 0.8);
        var scaled = train with { Features = train.Features * (Tensors.Normal(9, train.Features.shape[0], 1).abs() + 0.1) };

        Assert.Equal(WeightedKnn.Evaluate(train, test, Options(10, 0.07), null).Accuracy, WeightedKnn.Evaluate(scaled, test, Options(10, 0.07), null).Accuracy);
    }

    [Fact]
    public void Evaluate_BankSmallerThanK_UsesAllOfItAndSaysSo()
    {
        var (train, test) = Sets(noise: 0.1);

        var result = new Knn(NullLogger.Instance, new() { Neighbours = 200 }).Evaluate(train, test, seed: 0);

        Assert.Equal(train.Features.shape[0], result.Details["neighbours"]);
        Assert.Equal(1, result.Accuracy);
    }

    [Theory]
    [InlineData(1, 0.25)]   // the vote alone
    [InlineData(2, 0.5)]    // and the class of the second neighbour
    public void Evaluate_FewerVotesThanFiveClasses_CountsTheClassesWithAVote(int k, double expected)
    {
        var bank = new FeatureSet(
            Tensors.Matrix([1, 0], [0.8f, 0.6f], [0.6f, 0.8f], [0, 1], [-0.6f, 0.8f], [-1, 0]), arange(6, dtype: int64), 6);
        var queries = new FeatureSet(Tensors.Matrix([1, 0], [1, 0], [1, 0], [1, 0]), tensor(new long[] { 0, 1, 2, 3 }), 6);

        var result = WeightedKnn.Evaluate(bank, queries, Options(k, 0.07), null);

        Assert.Equal((0.25, expected), (result.Accuracy, result.Details["top5"]));
    }

    [Theory]
    [InlineData(1, 4)]     // the nearest alone
    [InlineData(5, 2)]     // classes 2 and 3 have two equal votes each
    [InlineData(10, 2)]    // all five, as there are no more
    [InlineData(20, 2)]
    [InlineData(200, 2)]
    public void Evaluate_EqualVotesByHand_GoToTheLowestClass(int k, long told)
    {
        // Cosines with (1, 0): class 4 at 0.8; classes 3, 2 at 0.6, and once more each at 0.6. Classes 0, 1 and 5 have no image.
        var bank = new FeatureSet(
            Tensors.Matrix([0.8f, 0.6f], [0.6f, 0.8f], [0.6f, -0.8f], [0.6f, 0.8f], [0.6f, -0.8f]), tensor(new long[] { 4, 3, 2, 3, 2 }), 6);
        var temperature = k == 1 ? 0.07 : 100;   // then votes are nearly equal, and two count more than one
        FeatureSet Query(long label) => new(Tensors.Matrix([1, 0]), tensor(new[] { label }), 6);

        Assert.All(Enumerable.Range(0, 6), label => Assert.Equal(
            label == told ? 1 : 0, WeightedKnn.Evaluate(bank, Query(label), Options(k, temperature), null).Accuracy));
        Assert.Equal(Math.Min(k, 5), WeightedKnn.Evaluate(bank, Query(0), Options(k, temperature), null).Details["neighbours"]);
    }

    [Fact]
    public void Evaluate_WidthsDiffer_IsRefused()
    {
        var (train, test) = Sets(noise: 0.1);

        Assert.Throws<ArgumentException>(
            () => WeightedKnn.Evaluate(train, test with { Features = zeros([test.Features.shape[0], 2]) }, Options(10, 0.07), null));
    }

    [Fact]
    public void Scores_UniformVotes_CountNeighboursWhateverTheTemperature()
    {
        var bank = Tensors.Matrix([1, 0], [0.6f, 0.8f], [0.8f, -0.6f], [0, 1]);

        var scores = WeightedKnn.Scores(
            Tensors.Matrix([1, 0]), bank, tensor(new long[] { 2, 0, 0, 1 }), classes: 3, Options(3, 0.07) with { Weighting = KnnWeighting.Uniform });

        Tensors.AssertClose([2, 0, 1], Tensors.Values(scores), 0);   // rows 0, 2 and 1 are the nearest
    }

    [Fact]
    public void Evaluate_FeaturesAsTheyAre_CompareByProducts()
    {
        // The query is nearest to the first row by angle, and has the larger product with the second.
        var bank = new FeatureSet(Tensors.Matrix([1, 0], [1000, 1000]), tensor(new long[] { 0, 1 }), 2);
        var query = new FeatureSet(Tensors.Matrix([500, 0]), tensor(new long[] { 0 }), 2);

        Assert.Equal(1, WeightedKnn.Evaluate(bank, query, Options(2, 0.07), null).Accuracy);
        Assert.Equal(0, WeightedKnn.Evaluate(bank, query, Options(2, 0.07) with { Normalise = false }, null).Accuracy);
    }

    [Fact]
    public void Evaluate_LeaveOneOut_AsksTrainingImagesAboutTheOthers()
    {
        // Rows 0 and 1 are the same and of two classes, so that each tells the other's class; rows 2 and 3 tell each other's.
        var bank = new FeatureSet(Tensors.Matrix([1, 0], [1, 0], [0, 1], [0.1f, 1]), tensor(new long[] { 0, 1, 2, 2 }), 3);
        var queries = new FeatureSet(Tensors.Matrix([1, 0]), tensor(new long[] { 2 }), 3);

        var result = WeightedKnn.Evaluate(bank, queries, Options(1, 0.07) with { LeaveOneOut = true }, null);
        var all = WeightedKnn.Evaluate(bank, queries, Options(200, 0.07) with { LeaveOneOut = true }, null);

        Assert.Equal((0.5, "leave-one-out-accuracy"), (result.Accuracy, result.Metric));
        Assert.Equal(3, all.Details["neighbours"]);
        Assert.Equal("accuracy", WeightedKnn.Evaluate(bank, queries, Options(1, 0.07), null).Metric);
        Assert.Contains("Take 2 or more", Assert.Throws<ArgumentException>(() => WeightedKnn.Evaluate(
            new(ones(1, 2), zeros(1, dtype: int64), 2), queries, Options(1, 0.07) with { LeaveOneOut = true }, null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Scores_LeaveOneOut_InSeveralChunks_LeavesTheOwnRowOut()
    {
        var rows = Tensors.UnitRows(4, 5000, 3);   // 16 million similarities hold 3355 queries
        var labels = arange(5000, dtype: int64);   // a class for each

        var scores = WeightedKnn.Scores(rows, rows, labels, 5000, Options(1, 0.07) with { LeaveOneOut = true });

        Assert.False((scores.argmax(1) == labels).any().item<bool>());
    }

    private static KnnOptions Options(int neighbours, double temperature) => new() { Neighbours = neighbours, Temperature = temperature };

    /// <summary>Three classes around three directions.</summary>
    internal static (FeatureSet Train, FeatureSet Test) Sets(double noise, int perClass = 40)
    {
        return (Set(1), Set(2));

        FeatureSet Set(ulong seed)
        {
            var labels = arange(3 * perClass, dtype: int64).remainder(3);
            var centres = eye(3, 6) * 2;

            return new(centres.index_select(0, labels) + (Tensors.Normal(seed, 3 * perClass, 6) * noise), labels, 3);
        }
    }
}
