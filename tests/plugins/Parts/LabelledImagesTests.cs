using Microsoft.Extensions.Logging.Abstractions;
using Parallax.Contracts;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

/// <summary>Which images keep their label, and which an epoch shows.</summary>
public sealed class LabelledImagesTests
{
    private const int Images = 40;

    // thirty of class 0, seven of class 1, one of class 2, two unknown
    private static readonly long[] _labels = [.. Enumerable.Range(0, Images).Select(i => i switch { < 30 => 0L, < 37 => 1, 37 => 2, _ => -1 })];

    [Fact]
    public void Choose_AThird_TakesAsManyOfEachClassAndAllOfASmallOne()
    {
        var classes = Classes(Chosen(seed: 1));

        Assert.Equal([(0, 4), (1, 4), (2, 1)], classes.Where(c => c >= 0).CountBy(c => c).OrderBy(pair => pair.Key)
            .Select(pair => ((int)pair.Key, pair.Value)));
        Assert.All(classes.Index(), pair => Assert.True(pair.Item == -1 || pair.Item == _labels[pair.Index]));
    }

    [Fact]
    public void Choose_SameSeed_IsTheSameSubset_AnotherSeedAnother()
    {
        Assert.Equal(Classes(Chosen(seed: 1)), Classes(Chosen(seed: 1)));
        Assert.NotEqual(Classes(Chosen(seed: 1)), Classes(Chosen(seed: 2)));
    }

    [Fact]
    public void BeforeEpoch_OnlyTheFirst_Chooses()
    {
        var labelled = new LabelledImages(Run(seed: 1));
        EpochContext context = new(0, null!, NullLogger.Instance) { ReadLabels = () => tensor(_labels) };

        labelled.BeforeEpoch(context, fraction: 0.3);
        var first = Classes(labelled);
        labelled.BeforeEpoch(new(1, null!, NullLogger.Instance), fraction: 0.9);

        Assert.Equal(first, Classes(labelled));
    }

    [Fact]
    public void Order_TwoEpochs_LabelledImagesTakeTurnsWithEachImageOnce()
    {
        var labelled = Chosen(seed: 1);
        long[] subset = [.. Classes(labelled).Index().Where(pair => pair.Item >= 0).Select(pair => (long)pair.Index)];

        var epochs = new[] { 2, 3 }.Select(epoch => labelled.Order(epoch).ToArray()).ToArray();

        Assert.All(epochs, order => Assert.Equal(Images, order.Length));
        Assert.All(epochs, order => Assert.Equal(subset, Every(order, 0).Take(subset.Length).Order()));   // a whole pass first
        Assert.All(epochs, order => Assert.All(Every(order, 0).CountBy(image => image), count => Assert.InRange(count.Value, 2, 3)));   // 20 draws of 9
        Assert.Equal(Enumerable.Range(0, Images).Select(i => (long)i), epochs.SelectMany(order => Every(order, 1)).Order());
        Assert.NotEqual(Every(epochs[0], 0), Every(epochs[1], 0));
        Assert.Equal(epochs[0], labelled.Order(2));
    }

    [Fact]
    public void OrderOfLabelled_AnEpoch_GoesThroughThemAgainAndAgain()
    {
        var labelled = Chosen(seed: 1);
        long[] subset = [.. Classes(labelled).Index().Where(pair => pair.Item >= 0).Select(pair => (long)pair.Index)];

        var order = labelled.OrderOfLabelled(2);

        Assert.Equal(Images, order.Count);
        Assert.All(order.Chunk(subset.Length).Take(4), pass => Assert.Equal(subset, pass.Order()));   // four passes of 9, and four images of a fifth
        Assert.NotEqual(order.Take(9), order.Skip(9).Take(9));
        Assert.Equal(Every([.. labelled.Order(2)], 0), order.Take(Images / 2));                       // what S4L shows beside the others
    }

    [Fact]
    public void Order_OfACopyWithTheSameState_IsTheSame()
    {
        var (labelled, resumed) = (Chosen(seed: 1), new LabelledImages(Run(seed: 1)));

        resumed.load_state_dict(labelled.state_dict());

        Assert.Equal(labelled.Order(5), resumed.Order(5));
    }

    [Fact]
    public void Choose_WithoutAnyLabel_SaysSo() => Assert.Contains(
        "No training image of 'test' has a class",
        Assert.Throws<ConfigurationException>(() => new LabelledImages(Run(1)).Choose(full([Images], -1, dtype: int64), 0.1)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Faults_OddMicroBatch_NamesBatchAndMultiple()
    {
        var run = Run(1) with { BatchSize = 12, WorldSize = 2, Accumulation = 2 };

        Assert.Contains("expected a multiple of 8", Assert.Single(LabelledImages.Faults("s4l", run)), StringComparison.Ordinal);
        Assert.Empty(LabelledImages.Faults("s4l", run with { BatchSize = 16 }));
    }

    [Fact]
    public void Split_OfRows_PartsEvenFromOddImages()
    {
        var rows = arange(12, dtype: int64);   // four images of three rows

        var (labelled, others) = LabelledRows.Split(rows, copies: 3);

        Assert.Equal([0, 1, 2, 6, 7, 8], Tensors.Integers(labelled));
        Assert.Equal([3, 4, 5, 9, 10, 11], Tensors.Integers(others));
    }

    [Fact]
    public void ClassLoss_UnknownImage_AddsNothingAndCounts()
    {
        var loss = LabelledRows.ClassLoss(zeros(4, 5), tensor(new long[] { 2, -1 }));

        Assert.Equal(Math.Log(5) / 2, loss.item<float>(), 1e-6);
    }

    [Fact]
    public void ClassLoss_AllClassesKnown_IsTheMeanToTheLastBit()
    {
        var (own, other) = (Tensors.Leaf(Tensors.Normal(3, 37, 11)), Tensors.Leaf(Tensors.Normal(3, 37, 11)));
        var classes = arange(37, dtype: int64).remainder(11);
        var (loss, mean) = (LabelledRows.ClassLoss(own, classes), ClassPrediction.Loss(other, classes));

        loss.backward();
        mean.backward();

        Assert.Equal(mean.item<float>(), loss.item<float>());
        Assert.Equal(Tensors.Values(other.grad!), Tensors.Values(own.grad!));
    }

    private static IEnumerable<long> Every(long[] order, int parity) => order.Where((_, place) => place % 2 == parity);

    private static RunInfo Run(long seed) => TestRuns.Of() with { Seed = seed };

    private static LabelledImages Chosen(long seed)
    {
        var labelled = new LabelledImages(Run(seed));
        labelled.Choose(tensor(_labels), fraction: 0.3);   // 0.3 of 40 over three classes: four each

        return labelled;
    }

    private static long[] Classes(LabelledImages labelled) => Tensors.Integers(labelled.state_dict()["classes"]);
}
