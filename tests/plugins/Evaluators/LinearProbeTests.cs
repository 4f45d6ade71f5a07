using Parallax.Contracts;
using Parallax.Plugins.Evaluators;

namespace Parallax.Plugins.Tests.Evaluators;

public sealed class LinearProbeTests
{
    [Fact]
    public void LinearSgd_SeparableClasses_AreSeparated()
    {
        var (train, test) = WeightedKnnTests.Sets(noise: 0.2);

        var result = new LinearSgd(new()).Evaluate(train, test, seed: 0);

        Assert.Equal(1, result.Accuracy);
        Assert.Equal(1, result.BestAccuracy);
    }

    [Fact]
    public void Evaluate_LinearProbes_NameAClassOfEachTestImage()
    {
        var (train, test) = WeightedKnnTests.Sets(noise: 3);

        foreach (var probe in new IEvaluator[] { new LinearSgd(new()), new LinearMoCo() })
        {
            var result = probe.Evaluate(train, test, seed: 0);

            var right = result.Predicted!.Zip(test.Labels.data<long>().ToArray(), (taken, label) => taken == label);
            Assert.Equal(result.Accuracy, right.Average(isRight => isRight ? 1.0 : 0), tolerance: 1e-6);
        }
    }

    [Fact]
    public void LinearSgd_LabelsWithoutRelation_StayAtChance()
    {
        var (train, test) = WeightedKnnTests.Sets(noise: 0.2, perClass: 400);
        var shuffled = train with { Labels = train.Labels.index_select(0, randperm(train.Labels.shape[0], dtype: int64, generator: new Generator(3))) };

        Assert.InRange(new LinearSgd(new()).Evaluate(shuffled, test, seed: 0).Accuracy, 0.1, 0.6);
    }

    [Fact]
    public void LinearSgd_KnownSources_AreHeldOutWhole()
    {
        var order = tensor([4L, 0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);   // a tenth of 20 are two
        var sources = arange(20, dtype: int64).div(3, rounding_mode: RoundingMode.floor);               // 0 to 2, 3 to 5, ...

        var (held, kept) = LinearSgd.HeldOut(order, sources);

        Assert.Equal([4, 3, 5], held.data<long>().ToArray());   // the source of row 4, in their order
        Assert.Equal([0, 1, 2, .. Enumerable.Range(6, 14).Select(row => (long)row)], kept.data<long>().ToArray());
    }

    [Fact]
    public void LinearSgd_OneSource_HoldsNothingOut()
    {
        var (train, test) = WeightedKnnTests.Sets(noise: 0.2);

        var result = new LinearSgd(new()).Evaluate(train with { Sources = zeros_like(train.Labels) }, test, seed: 0);

        Assert.Equal(0.03, result.Details["learning_rate"]);   // the one in the middle: nothing to choose by
    }

    [Theory]
    [InlineData(1e-3)]
    [InlineData(1e3)]
    public void LinearSgd_FeaturesOfAnySizeAndOffset_GiveTheSame(double scale)
    {
        var (train, test) = WeightedKnnTests.Sets(noise: 0.9);
        var (changedTrain, changedTest) = (train with { Features = (train.Features * scale) + scale },
            test with { Features = (test.Features * scale) + scale });

        Assert.Equal(new LinearSgd(new()).Evaluate(train, test, seed: 0).Accuracy, new LinearSgd(new()).Evaluate(changedTrain, changedTest, seed: 0).Accuracy,
            tolerance: 0.03);
    }

    [Fact]
    public void LinearSgd_ConstantFeature_ChangesNothing()
    {
        var (train, test) = WeightedKnnTests.Sets(noise: 0.2);
        var wider = (train with { Features = cat([train.Features, ones([train.Features.shape[0], 1])], 1) },
            test with { Features = cat([test.Features, ones([test.Features.shape[0], 1])], 1) });

        Assert.Equal(1, new LinearSgd(new()).Evaluate(wider.Item1, wider.Item2, seed: 0).Accuracy);
    }

    [Fact]
    public void Evaluate_SameSeed_IsSameResult()
    {
        var (train, test) = WeightedKnnTests.Sets(noise: 1.2);

        foreach (IEvaluator probe in new IEvaluator[] { new LinearSgd(new()), new LinearMoCo() })
        {
            Assert.Equal(probe.Evaluate(train, test, seed: 4).Accuracy, probe.Evaluate(train, test, seed: 4).Accuracy);
        }
    }

    [Fact]
    public void Evaluate_FeaturesThatSayNothing_AnswersTheMostFrequentClass()
    {
        var (train, test) = WeightedKnnTests.Sets(noise: 0.2);
        var labels = zeros_like(train.Labels);
        labels.narrow(0, 0, labels.shape[0] * 2 / 3).fill_(2);   // only the bias can know it
        var silent = (train with { Features = zeros_like(train.Features), Labels = labels },
            test with { Features = zeros_like(test.Features), Labels = full_like(test.Labels, 2) });

        foreach (IEvaluator probe in new IEvaluator[] { new LinearSgd(new()), new LinearMoCo() })
        {
            Assert.Equal(1, probe.Evaluate(silent.Item1, silent.Item2, seed: 4).Accuracy);
        }
    }

    [Fact]
    public void Evaluate_Best_IsAtLeastLast()
    {
        var (train, test) = WeightedKnnTests.Sets(noise: 1.2);

        var result = new LinearMoCo().Evaluate(train, test, seed: 0);

        Assert.True(result.BestAccuracy >= result.Accuracy);
        Assert.Equal(30, result.Details["learning_rate"]);
    }

    [Fact]
    public void Evaluate_Progress_EndsAtOne()
    {
        var (train, test) = WeightedKnnTests.Sets(noise: 0.2);
        var seen = new List<double>();

        new LinearSgd(new()).Evaluate(train, test, seed: 0, new Recorder(seen));

        Assert.Equal(seen.Order(), seen);
        Assert.Equal(1, seen[^1]);
    }

    private sealed class Recorder(List<double> seen) : IProgress<double>
    {
        public void Report(double value) => seen.Add(value);
    }
}
