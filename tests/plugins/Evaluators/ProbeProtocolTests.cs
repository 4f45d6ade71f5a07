using Parallax.Contracts;
using Parallax.Plugins.Evaluators;

namespace Parallax.Plugins.Tests.Evaluators;

/// <summary>The linear protocols against a reference that follows their description, on problems whose accuracy tells every change of it.</summary>
public sealed class ProbeProtocolTests
{
    private const int Epochs = 100, BatchSize = 256;
    private static readonly double[] Rates = [0.3, 0.1, 0.03, 0.01, 0.003];

    [Fact]
    public void LinearMoCo_Settings_AreThoseOfThePaper()
    {
        var settings = LinearMoCo.Settings;

        Assert.Equal((100, 256), (settings.Epochs, settings.BatchSize));
        Assert.Equal([30], settings.LearningRates);
        Assert.Equal([1, 1, 0.1, 0.1, 0.01, 0.01], new[] { 0, 0.5999, 0.6, 0.7999, 0.8, 0.9999 }.Select(settings.Schedule));
    }

    [Fact]
    public void LinearMoCo_NoisyProblem_EqualsTheReference()
    {
        var (train, test) = ReferenceProbe.Problem(600, 2000, width: 12, noise: 2, scale: 0.02);
        var reference = new ReferenceProbe(12, 3, seed: 5);
        double best = 0;
        reference.Train(train.Features, train.Labels, Epochs, BatchSize, done => done < 0.6 ? 30 : done < 0.8 ? 3 : 0.3,
            () => best = Math.Max(best, reference.Accuracy(test.Features, test.Labels)));

        var result = new LinearMoCo().Evaluate(train, test, seed: 5);

        Assert.Equal(reference.Accuracy(test.Features, test.Labels), result.Accuracy, tolerance: 0.0011);   // two of 2000 rows may lie on a boundary
        Assert.Equal(best, result.BestAccuracy, tolerance: 0.0011);
        Assert.InRange(result.Accuracy, 0.5, result.BestAccuracy - 0.002);   // else the two could be one
        Assert.Equal(30, result.Details["learning_rate"]);
    }

    [Fact]
    public void LinearMoCo_Features_AreTakenAsTheyAre()
    {
        var (train, test) = ReferenceProbe.Problem(300, 2000, width: 12, noise: 2, scale: 0.001);

        var small = new LinearMoCo().Evaluate(train, test, seed: 5);
        var large = new LinearMoCo().Evaluate(train with { Features = train.Features * 100 }, test with { Features = test.Features * 100 }, seed: 5);

        Assert.NotEqual(small.Accuracy, large.Accuracy);
    }

    [Fact]
    public void LinearSgd_Settings_AreThoseOfTheDescription()
    {
        var settings = LinearSgd.Settings(Rates);

        Assert.Equal((100, 256), (settings.Epochs, settings.BatchSize));
        Assert.Equal(Rates, settings.LearningRates);
        Assert.Equal([1, 0.75, 0.5, 0.25, 0], new[] { 0, 1 / 3.0, 0.5, 2 / 3.0, 1 }.Select(done => Math.Round(settings.Schedule(done), 12)));
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(19, 1)]
    [InlineData(20, 2)]
    [InlineData(49_990, 4999)]
    [InlineData(50_000, 5000)]
    [InlineData(60_000, 5000)]
    public void LinearSgd_HeldOut_IsATenthUpToABound(long count, long expected) => Assert.Equal(expected, LinearSgd.HeldOut(count));

    [Fact]
    public void LinearSgd_NoisyProblem_ChoosesOnHeldOutFeaturesAndTrainsOnAll()
    {
        var (train, test) = ReferenceProbe.Problem(500, 2000, width: 80, noise: 4);
        const long seed = 3;
        var (x, y) = Standardised(train.Features, test.Features);
        var order = randperm(500, dtype: int64, generator: new Generator((ulong)seed));
        var (held, kept) = (order.slice(0, 0, 50, 1), order.slice(0, 50, 500, 1));
        var candidates = Rates.Select(rate => Trained(x.index_select(0, kept), train.Labels.index_select(0, kept), rate, seed)).ToList();
        var onHeld = candidates.Select(c => c.Accuracy(x.index_select(0, held), train.Labels.index_select(0, held))).ToList();
        var onKept = candidates.Select(c => c.Accuracy(x.index_select(0, kept), train.Labels.index_select(0, kept))).ToList();
        var onTest = candidates.Select(c => c.Accuracy(y, test.Labels)).ToList();
        var chosen = onHeld.IndexOf(onHeld.Max());
        double best = 0;
        var reference = Trained(x, train.Labels, Rates[chosen], seed, r => best = Math.Max(best, r.Accuracy(y, test.Labels)));

        var result = new LinearSgd(new()).Evaluate(train, test, seed);

        Assert.NotEqual(chosen, onKept.IndexOf(onKept.Max()));   // the choices differ, so a wrong one shows
        Assert.NotEqual(chosen, onTest.IndexOf(onTest.Max()));
        Assert.Equal(Rates[chosen], result.Details["learning_rate"]);
        Assert.Equal(reference.Accuracy(y, test.Labels), result.Accuracy, tolerance: 0.0011);
        Assert.Equal(best, result.BestAccuracy, tolerance: 0.0011);
        Assert.InRange(result.Accuracy, 0.5, result.BestAccuracy - 0.002);
    }

    [Fact]
    public void LinearSgd_AllRatesAlike_TakesTheLargest()
    {
        var (train, test) = WeightedKnnTests.Sets(noise: 0.1);

        Assert.Equal(0.3, new LinearSgd(new()).Evaluate(train, test, seed: 0).Details["learning_rate"]);
    }

    [Fact]
    public void LinearSgd_OneImage_TakesTheMiddleRate()
    {
        var one = new FeatureSet(ones(1, 3), zeros(1, dtype: int64), 2);

        Assert.Equal(0.03, new LinearSgd(new()).Evaluate(one, one, seed: 0).Details["learning_rate"]);
    }

    [Fact]
    public void Evaluate_OtherSeed_IsAnotherOrder()
    {
        var (train, test) = ReferenceProbe.Problem(600, 4000, width: 40, noise: 5);

        Assert.Equal(4, Enumerable.Range(0, 4).Select(seed => new LinearSgd(new()).Evaluate(train, test, seed).Accuracy).Distinct().Count());
        Assert.Equal(4, Enumerable.Range(0, 4).Select(seed => new LinearMoCo().Evaluate(train, test, seed).Accuracy).Distinct().Count());
    }

    [Fact]
    public void Evaluate_Progress_TellsEveryEpoch()
    {
        var (train, test) = WeightedKnnTests.Sets(noise: 0.2, perClass: 5);
        List<double> moco = [], sgd = [];

        new LinearMoCo().Evaluate(train, test, seed: 0, new Recorder(moco));
        new LinearSgd(new()).Evaluate(train, test, seed: 0, new Recorder(sgd));

        Assert.Equal(Enumerable.Range(1, Epochs).Select(i => i / 100.0), moco, (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal(Enumerable.Range(1, 2 * Epochs).Select(i => i / 200.0), sgd, (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void Evaluate_Inputs_StayAsTheyWere()
    {
        var (train, test) = WeightedKnnTests.Sets(noise: 1);
        var (before, beforeTest) = (train.Features.clone(), test.Features.clone());

        foreach (IEvaluator probe in new IEvaluator[] { new LinearSgd(new()), new LinearMoCo() })
        {
            probe.Evaluate(train, test, seed: 0);
        }

        Tensors.AssertClose(before, train.Features, 0);
        Tensors.AssertClose(beforeTest, test.Features, 0);
    }

    [Fact]
    public void Evaluate_ClassesOfOneSplitOnly_AreCountedNotRefused()
    {
        var (train, test) = WeightedKnnTests.Sets(noise: 0.1, perClass: 10);
        foreach (IEvaluator probe in new IEvaluator[] { new LinearSgd(new()), new LinearMoCo() })
        {
            // class 0 only
            Assert.Equal(1 / 3.0, probe.Evaluate(train, test with { Labels = test.Labels * 2, Classes = 5 }, seed: 0).Accuracy, tolerance: 1e-6);
            Assert.Equal(1 / 3.0, probe.Evaluate(train with { Labels = train.Labels * 2, Classes = 5 }, test, seed: 0).Accuracy, tolerance: 1e-6);
        }
    }

    [Fact]
    public void Evaluate_FaultySets_SayWhichAndWhat()
    {
        var (train, test) = WeightedKnnTests.Sets(noise: 1, perClass: 2);
        foreach (IEvaluator probe in new IEvaluator[] { new LinearSgd(new()), new LinearMoCo() })
        {
            Assert.Contains("The training set has features [6, 6], labels [5]", Fault(probe, train with { Labels = train.Labels.narrow(0, 0, 5) }, test),
                StringComparison.Ordinal);
            Assert.Contains("The test set has features [0, 6]", Fault(probe, train, new(zeros(0, 6), zeros(0, dtype: int64), 3)), StringComparison.Ordinal);
            Assert.Contains("and 1 classes", Fault(probe, train with { Classes = 1 }, test), StringComparison.Ordinal);
            Assert.Contains("The training features have width 6, the test features 4", Fault(probe, train, test with { Features = zeros(6, 4) }),
                StringComparison.Ordinal);
        }
    }

    private static string Fault(IEvaluator probe, FeatureSet train, FeatureSet test) =>
        Assert.Throws<ArgumentException>(() => probe.Evaluate(train, test, seed: 0)).Message;

    private static ReferenceProbe Trained(Tensor x, Tensor labels, double rate, long seed, Action<ReferenceProbe>? afterEpoch = null)
    {
        var probe = new ReferenceProbe(x.shape[1], 3, seed);
        probe.Train(x, labels, Epochs, BatchSize, done => rate * 0.5 * (1 + Math.Cos(Math.PI * done)), () => afterEpoch?.Invoke(probe));

        return probe;
    }

    private static (Tensor, Tensor) Standardised(Tensor train, Tensor test)
    {
        var (mean, std) = (train.mean([0]), train.std(0, unbiased: false));

        return ((train - mean) / std, (test - mean) / std);
    }

    private sealed class Recorder(List<double> seen) : IProgress<double>
    {
        public void Report(double value) => seen.Add(value);
    }
}
