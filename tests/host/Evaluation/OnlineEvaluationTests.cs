using Parallax.Host.Data;
using Parallax.Host.Evaluation;
using Parallax.Host.Tests.Data;
using Parallax.Host.Tests.Training;
using Parallax.Host.Training;

namespace Parallax.Host.Tests.Evaluation;

[Collection(GeneratorCollection.Name)]
public sealed class OnlineEvaluationTests : IDisposable
{
    private readonly TrainingBench _bench = new();
    private readonly DisposeScope _scope = torch.NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _bench.Dispose();
    }

    [Fact]
    public void Measure_Accuracies_BestIsOnlyWhatIsBetter()
    {
        using var session = _bench.Session(new LineMethod(), "trainer.epochs=5");
        using var online = Online(session, new Scripted(0.5, 0.5, 0.7, 0.6, 0.7));
        List<(double?, bool, double?)> seen = [];

        for (var epoch = 0; epoch < 5; epoch++)
        {
            Epoch(session);
            seen.Add((Measure(online, session, out var isBest), isBest, session.Progress.BestAccuracy));
        }

        Assert.Equal([(0.5, true, 0.5), (0.5, false, 0.5), (0.7, true, 0.7), (0.6, false, 0.7), (0.7, false, 0.7)], seen);   // a tie keeps the earlier one
    }

    [Fact]
    public void Measure_FirstOfZero_IsTheBestSoFar()
    {
        using var session = _bench.Session(new LineMethod());
        using var online = Online(session, new Scripted(0));
        Epoch(session);

        Measure(online, session, out var isBest);

        Assert.True(isBest);
        Assert.Equal(0, session.Progress.BestAccuracy);
    }

    [Fact]
    public void Measure_AfterAResume_ComparesWithTheBestBeforeIt()
    {
        using var first = _bench.Session(new LineMethod(), "trainer.epochs=3");
        using var second = _bench.Session(new LineMethod(), "trainer.epochs=3");
        using var one = Online(first, new Scripted(0.8));
        using var other = Online(second, new Scripted(0.8, 0.81));
        Epoch(first);
        Measure(one, first, out _);
        using (var checkpoint = TrainingBench.Checkpoint(first))
        {
            second.Restore(checkpoint);
        }

        Epoch(second);
        Measure(other, second, out var isBest);
        var atTheTie = (isBest, second.Progress.BestAccuracy);
        Epoch(second);
        Measure(other, second, out isBest);

        Assert.Equal((false, 0.8), atTheTie);
        Assert.Equal((true, 0.81), (isBest, second.Progress.BestAccuracy));
    }

    [Fact]
    public void Measure_EveryThirdEpoch_AndAtTheEnd()
    {
        using var session = _bench.Session(new LineMethod(), "trainer.epochs=7", "evaluation.onlineEveryEpochs=3");
        var scripted = new Scripted(0.9, 0.1, 0.2);
        using var online = Online(session, scripted);
        List<double?> seen = [];
        List<bool> best = [];

        for (var epoch = 0; epoch < 7; epoch++)
        {
            Epoch(session);
            seen.Add(Measure(online, session, out var isBest));
            best.Add(isBest);
        }

        Assert.Equal([null, null, 0.9, null, null, 0.1, 0.2], seen);
        Assert.Equal([false, false, true, false, false, false, false], best);   // an epoch without measurement is never the best
        Assert.Equal(3, scripted.Sets.Count);
    }

    [Theory]
    [InlineData(10, 10, 2)]
    [InlineData(4, 4, 1)]        // a fifth, but one at least
    [InlineData(12, 12, 2)]
    [InlineData(0, 16, 11)]      // all
    [InlineData(5000, 16, 11)]
    public void Measure_OnlineSamples_BoundTheBankAndAFifthOfThemTheQueries(int samples, long bank, long queries)
    {
        using var session = _bench.Session(new LineMethod(), $"evaluation.onlineSamples={samples}");
        var scripted = new Scripted(0.5);
        using var online = Online(session, scripted);
        Epoch(session);

        Measure(online, session, out _);

        var (train, test, seed) = Assert.Single(scripted.Sets);
        Assert.Equal((bank, queries), (train.Length, test.Length));
        Assert.Equal(Expected(TrainingBench.Images, bank), train, (a, b) => Math.Abs(a - b) < 1e-5);   // the session's own images are the bank
        Assert.Equal(Expected(11, queries), test, (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.Equal(7, seed);
    }

    [Fact]
    public void Run_SeveralProtocols_ComeInOrderWithNamesAndOneSeed()
    {
        var (first, second) = (new Scripted(0.25), new Scripted(0.75));
        var runner = new ProtocolRunner([("first", first), ("second", second)], seed: 9);
        List<string> announced = [];

        var results = runner.Run(
            _ => (Set(3), Set(2)), (name, _) => throw new InvalidOperationException(name), _ => throw new InvalidOperationException(),
            (name, _) => throw new InvalidOperationException(name), () => null, new(announced.Add, _ => { }, _ => { }));

        Assert.Equal(["first", "second"], announced);
        Assert.Equal([("first", 0.25), ("second", 0.75)], results.Results.Select(result => (result.Protocol, result.Result.Accuracy)));
        Assert.Equal([(3, 2, 9L), (3, 2, 9L)], first.Sets.Concat(second.Sets).Select(set => (set.Train.Length, set.Test.Length, set.Seed)));

        static FeatureSet Set(int count) => new(torch.zeros(count, 1), torch.zeros(count, dtype: torch.int64), 2);
    }

    // The feature is the mean of the normalised pixels, and the weight is 1.
    private static IEnumerable<float> Expected(int count, long used)
    {
        IEnumerable<long> indices = used < count ? EpochOrder.Shuffled(count, seed: 0, epoch: 0).Take((int)used).Order() : Enumerable.Range(0, count)
            .Select(i => (long)i);

        return indices.Select(index => ((index / (float)count) - 0.5f) / 0.25f);
    }

    private static OnlineEvaluation Online(TrainingSession session, IEvaluator evaluator) =>
        new(session.Experiment, "scripted", new([("scripted", evaluator)], seed: 7), new FakeDataset(11));

    private static double? Measure(OnlineEvaluation online, TrainingSession session, out bool isBest)
    {
        var accuracy = online.Measure(session.Progress.Position.Epoch, session.Progress.IsAtEnd, CancellationToken.None);
        isBest = accuracy is { } measured && session.Progress.IsNewBest(measured);

        return accuracy;
    }

    private static void Epoch(TrainingSession session)
    {
        for (var step = 0; step < session.Experiment.Run.StepsPerEpoch; step++)
        {
            session.Progress.Advance();
        }
    }

    /// <summary>Gives the accuracies it was made with and keeps what it is shown.</summary>
    private sealed class Scripted(params double[] accuracies) : IEvaluator
    {
        public List<(float[] Train, float[] Test, long Seed)> Sets { get; } = [];

        public EvaluationResult Evaluate(FeatureSet train, FeatureSet test, long seed, IProgress<double>? progress = null)
        {
            Sets.Add(([.. train.Features.data<float>()], [.. test.Features.data<float>()], seed));
            var accuracy = accuracies[Sets.Count - 1];

            return new(accuracy, 1, new Dictionary<string, double>());   // the best of a protocol's own epochs plays no part
        }
    }
}
