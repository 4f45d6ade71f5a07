using Parallax.Contracts;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class EqualPartitionTests
{
    [Fact]
    public void Labels_OfSkewedProbabilities_AreNearlyEquallyFrequent()
    {
        var logs = (Tensors.Normal(2, 400, 8) + (0.5f * arange(8).to(float32))).log_softmax(1);   // the last cluster is liked most

        var labels = Labels(logs, lambda: 25, tolerance: 0.1);

        Assert.All(ClusterSizes.Of(labels, 8), size => Assert.InRange(size, 42, 58));
        Assert.True(ClusterSizes.Of(logs.argmax(1), 8).Max() > 100);
    }

    [Fact]
    public void Labels_ProbabilitiesThatUnderflow_AreStillBalanced()
    {
        var logs = (1000 * Tensors.Normal(2, 64, 4)).log_softmax(1);   // down to exp(-4000 * 25)

        Assert.All(ClusterSizes.Of(Labels(logs, lambda: 25, tolerance: 0.1), 4), size => Assert.InRange(size, 10, 22));
    }

    [Fact]
    public void Balance_OfSeveralBlocks_IsThatOfOne()
    {
        var logs = Tensors.Normal(2, 5000, 1024).log_softmax(1);   // blocks of 4096 rows

        var (factors, rounds) = EqualPartition.Balance(logs, lambda: 2, tolerance: 1e9);

        var powers = (logs.to(float64) * 2).exp();
        var expected = -(1024 * (powers / 5000).sum([0])).log();   // r of the first round: 1 / (K P^lambda c), c = 1 / N
        Assert.Equal(1, rounds);
        Assert.True(factors.allclose(expected, 1e-9, 1e-9));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(3)]
    public void Balance_EndsInARoundThatIsTested(int checkEvery)
    {
        var logs = Tensors.Normal(2, 60, 5).log_softmax(1);

        var (_, rounds) = EqualPartition.Balance(logs, lambda: 10, tolerance: 1e-6, checkEvery: checkEvery);

        Assert.Equal(1, rounds % checkEvery);   // the first, then every so many
        Assert.InRange(EqualPartition.Balance(logs, lambda: 10, tolerance: 1e-6, checkEvery: 1).Rounds, rounds - checkEvery + 1, rounds);
    }

    [Fact]
    public void Cost_IsTheMeanNegativeLogarithmOfTheChosenProbability()
    {
        var logs = tensor(new[] { 0.5, 0.5, 0.8, 0.2 }).log().view(2, 2);

        Assert.Equal((Math.Log(2) + Math.Log(5)) / 2, EqualPartition.Cost(logs, tensor(new long[] { 0, 1 })).item<double>(), tolerance: 1e-12);
    }

    [Theory]
    [InlineData(RelabelPace.Linear, 5, new[] { 0, 2, 3, 4 })]      // by hand, 4 epochs: 0, 1.25, 2.5, 3.75, 5
    [InlineData(RelabelPace.Quadratic, 3, new[] { 0, 2 })]         // 0, 1.2525, 5.01
    [InlineData(RelabelPace.Quadratic, 100, new[] { 0, 1, 2, 3, 4 })]
    public void IsDue_IsTheFirstEpochFromEachTimeOn(RelabelPace pace, int relabellings, int[] expected)
    {
        var schedule = new RelabelSchedule(epochs: 4, relabellings, pace);

        Assert.Equal(expected, Enumerable.Range(0, 5).Where(schedule.IsDue));
    }

    [Fact]
    public void DueBefore_EachRelabelling_CountsOnUp()
    {
        var schedule = new RelabelSchedule(epochs: 200, relabellings: 101, RelabelPace.Linear);   // due in epochs 0, 3, 5, 7, ...

        var turns = Enumerable.Range(0, 200).Where(schedule.IsDue).Select(schedule.DueBefore).ToList();

        Assert.Equal(Enumerable.Range(0, turns.Count), turns);   // so that every head has its turn
    }

    [Fact]
    public void Balance_NumbersThatAreNotFinite_AreRefused()
    {
        var logs = Tensors.Normal(1, 6, 3).log_softmax(1);
        logs[2, 1] = float.NaN;

        Assert.Throws<ConfigurationException>(() => EqualPartition.Balance(logs, lambda: 10, tolerance: 0.1));
    }

    [Fact]
    public void Balance_ToleranceBelowRounding_Ends()
    {
        var (_, rounds) = EqualPartition.Balance(Tensors.Normal(1, 6, 3).log_softmax(1), lambda: 10, tolerance: double.Epsilon);

        Assert.InRange(rounds, 1, 10_001);
    }

    private static Tensor Labels(Tensor logs, double lambda, double tolerance) =>
        EqualPartition.Labels(logs, lambda, EqualPartition.Balance(logs, lambda, tolerance).LogFactors);
}
