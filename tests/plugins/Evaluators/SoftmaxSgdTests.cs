using Parallax.Plugins.Evaluators;

namespace Parallax.Plugins.Tests.Evaluators;

public sealed class SoftmaxSgdTests
{
    [Theory]
    [InlineData(40, 16)]   // 16, 16 and 8 rows
    [InlineData(32, 16)]
    [InlineData(10, 16)]   // fewer rows than a batch
    public void Train_SomeEpochs_EqualsAutograd(long count, int batch)
    {
        var (train, test) = ReferenceProbe.Problem(count, 50, width: 6, noise: 1);
        double[] rates = [0.5, 0.05];
        using var classifiers = new SoftmaxSgd(6, 3, new(Epochs: 4, batch, rates, done => 1 - (0.75 * done)), seed: 9);

        classifiers.Train(train.Features, train.Labels, seed: 9, _ => { });

        var logits = classifiers.Logits(test.Features);   // [50, 2, 3]
        for (var i = 0; i < rates.Length; i++)
        {
            var (reference, rate) = (new ReferenceProbe(6, 3, seed: 9), rates[i]);
            reference.Train(train.Features, train.Labels, epochs: 4, batch, done => rate * (1 - (0.75 * done)));
            Tensors.AssertClose(reference.Logits(test.Features).detach(), logits.select(1, i), 1e-4);
            Assert.Equal(reference.Accuracy(test.Features, test.Labels), classifiers.Accuracies(test.Features, test.Labels)[i], tolerance: 1e-6);
        }
    }

    [Fact]
    public void Constructor_Weights_AreSmallTheSameForEveryRateAndOfTheSeed()
    {
        using var one = Fresh(seed: 1);
        using var again = Fresh(seed: 1);
        using var other = Fresh(seed: 2);
        var rows = eye(2000);

        var logits = one.Logits(rows);   // the weights themselves: the bias is 0

        Tensors.AssertClose(logits.select(1, 0), logits.select(1, 1), 0);
        Tensors.AssertClose(logits, again.Logits(rows), 0);
        Assert.False(allclose(logits, other.Logits(rows)));
        Assert.Equal(0.01, logits.std().item<float>(), tolerance: 5e-4);
        Assert.Equal(0, logits.mean().item<float>(), tolerance: 5e-4);
        Assert.Equal(0, one.Logits(zeros(1, 2000)).abs().max().item<float>());

        static SoftmaxSgd Fresh(long seed) => new(2000, 4, new(1, 8, [0.1, 0.2], _ => 1), seed);
    }

    [Fact]
    public void Train_Callback_CountsEpochsFromOne()
    {
        var (train, _) = ReferenceProbe.Problem(20, 5, width: 4, noise: 1);
        using var classifier = new SoftmaxSgd(4, 3, new(Epochs: 3, 8, [0.1], _ => 1), seed: 0);
        List<int> epochs = [];

        classifier.Train(train.Features, train.Labels, seed: 0, epochs.Add);

        Assert.Equal([1, 2, 3], epochs);
    }

    [Fact]
    public void Train_Schedule_IsAskedForTheShareDone()
    {
        var (train, _) = ReferenceProbe.Problem(20, 5, width: 4, noise: 1);
        List<double> asked = [];
        using var classifier = new SoftmaxSgd(4, 3, new(Epochs: 2, BatchSize: 8, [0.1], done => { asked.Add(done); return 1; }), seed: 0);

        classifier.Train(train.Features, train.Labels, seed: 0, _ => { });

        Assert.Equal([0, 1 / 6.0, 2 / 6.0, 3 / 6.0, 4 / 6.0, 5 / 6.0], asked, (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void Accuracies_OfEveryRate_AreSharesOfTheRows()
    {
        using var classifiers = new SoftmaxSgd(2, 2, new(1, 4, [0.1, 0.2], _ => 1), seed: 3);
        var (x, labels) = (Tensors.Normal(1, 8, 2), classifiers.Logits(Tensors.Normal(1, 8, 2)).select(1, 0).argmax(1));
        labels[0] = 1 - labels[0];

        Assert.Equal([7 / 8.0, 7 / 8.0], classifiers.Accuracies(x, labels));
    }
}
