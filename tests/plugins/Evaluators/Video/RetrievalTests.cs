using Parallax.Contracts;
using Parallax.Plugins.Evaluators;

namespace Parallax.Plugins.Tests.Evaluators.Video;

public sealed class RetrievalTests
{
    [Fact]
    public void Evaluate_NearestOfAnotherClass_CountsFromTheNextOn()
    {
        var train = new FeatureSet(Tensors.Matrix([1, 0], [0.9f, 0.3f], [0, 1], [-1, 0], [0, -1], [-1, -1]), tensor(new long[] { 0, 1, 1, 0, 0, 0 }), 2);
        var test = new FeatureSet(Tensors.Matrix([2, 0.01f], [0.1f, 5]), tensor(new long[] { 1, 1 }), 2);

        var result = new Retrieval(new() { Centred = false }).Evaluate(train, test, seed: 0);

        Assert.Equal((0.5, "recall-at-1"), (result.Accuracy, result.Metric));
        Assert.Equal(1, result.Details["recall_at_5"]);
        Assert.False(result.Details.ContainsKey("recall_at_10"));   // six training videos
    }

    [Fact]
    public void Evaluate_SetsThatAreMoved_MatterOnlyWithoutCentring()
    {
        var (features, labels) = (Tensors.Normal(1, 40, 8), arange(40, dtype: int64).remainder(3));
        var (train, test) = (new FeatureSet(features, labels, 3), new FeatureSet(features + (0.1 * Tensors.Normal(2, 40, 8)) + 5, labels, 3));

        var (centred, plain) = (Recall(true), Recall(false));

        Assert.True(centred > 0.9 && plain < 0.9, $"centred {centred}, plain {plain}");

        double Recall(bool centre) => new Retrieval(new() { Centred = centre }).Evaluate(train, test, seed: 0).Accuracy;
    }
}
