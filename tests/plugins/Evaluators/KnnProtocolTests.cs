using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Parallax.Contracts;
using Parallax.Host.Configuration;
using Parallax.Host.Plugins;
using Parallax.Plugins.Evaluators;
using Parallax.Plugins.Tests.Conformance;

namespace Parallax.Plugins.Tests.Evaluators;

/// <summary>Features made so that one neighbour more or less, or another temperature, gives another answer.</summary>
public sealed class KnnProtocolTests
{
    /// <summary>Numbers of the papers: neighbours, temperature.</summary>
    public static TheoryData<string, int, double> Numbers => new()
    {
        { "knn-dino", 20, 0.07 },
        { "knn-instdisc", 200, 0.07 },
        { "knn-lightly", 200, 0.1 },
    };

    public static TheoryData<string, int> Sizes => new(Numbers.Select(row => (row.Data.Item1, row.Data.Item2)));

    public static TheoryData<string> Names => new(Numbers.Select(row => row.Data.Item1));

    [Theory, MemberData(nameof(Numbers))]
    public void Evaluate_Temperature_DecidesBetweenOneNearAndManyFar(string name, int k, double temperature)
    {
        var bank = new Bank();
        // the near one wins up to 1.04 T
        bank.Place(plane: 0, nearClass: 0, near: 1, nearCosine: 1, farClass: 1, far: k - 1, farCosine: FarCosine(k, 1.04 * temperature));
        // the far ones win from 0.96 T on
        bank.Place(plane: 1, nearClass: 2, near: 1, nearCosine: 1, farClass: 3, far: k - 1, farCosine: FarCosine(k, 0.96 * temperature));

        var result = Run(name, bank.Set(), Queries([0, 3]));

        Assert.Equal(1, result.Accuracy);
    }

    [Theory, MemberData(nameof(Numbers))]
    public void Evaluate_Neighbours_OneMoreOrFewerWouldDecideOtherwise(string name, int k, double temperature)
    {
        var half = k / 2;
        var bank = new Bank();
        // Far votes count a little less: with k neighbours near wins by them, one more far neighbour would turn that over.
        bank.Place(0, nearClass: 0, near: half, nearCosine: 0.9, farClass: 1, far: half + 5,
            farCosine: 0.9 + (temperature * Math.Log((half + 0.5) / (half + 1))));
        // Here the far ones win only with the k-th neighbour.
        bank.Place(1, nearClass: 2, near: half - 1, nearCosine: 0.9, farClass: 3, far: half + 5,
            farCosine: 0.9 + (temperature * Math.Log((half - 1.0) / (half + 0.5))));

        var result = Run(name, bank.Set(), Queries([0, 3]));

        Assert.Equal(1, result.Accuracy);
        Assert.Equal(k, result.Details["neighbours"]);
    }

    [Theory, MemberData(nameof(Numbers))]
    public void Evaluate_BankAndQueriesOfAnyLength_AreNormalised(string name, int k, double temperature)
    {
        var bank = new Bank();
        bank.Place(0, 0, 1, 1, 1, k - 1, FarCosine(k, 1.04 * temperature), nearLength: 0.01, farLength: 100);
        bank.Place(1, 2, 1, 1, 3, k - 1, FarCosine(k, 0.96 * temperature), nearLength: 100, farLength: 0.01);

        Assert.Equal(1, Run(name, bank.Set(), Queries([0, 3], length: 1e-2)).Accuracy);   // short queries alone would be a high temperature
        Assert.Equal(1, Run(name, bank.Set(), Queries([0, 3], length: 1e2)).Accuracy);
    }

    [Fact]
    public void Evaluate_FarNeighboursOfFeaturesAsTheyAre_StillCountAmongFive()
    {
        var train = new FeatureSet(Tensors.Matrix([100f, 0], [0, 1f], [0, 2f], [0, 3f], [0, 4f], [0, 5f]), tensor(new long[] { 0, 1, 2, 3, 4, 5 }), 6);
        var test = new FeatureSet(Tensors.Matrix([1f, 0], [1f, 0]), tensor(new long[] { 0, 1 }), 6);   // 1,400 T from the nearest to the others

        var result = WeightedKnn.Evaluate(train, test, new() { Neighbours = 5, Temperature = 0.07, Normalise = false }, null);

        Assert.Equal(0.5, result.Accuracy);
        Assert.InRange(result.Details["top5"], 0.5, 1);
        var scores = WeightedKnn.Scores(test.Features, train.Features, train.Labels, 6, new() { Neighbours = 5, Normalise = false });
        Assert.Equal(5, scores[0].count_nonzero().item<long>());
    }

    [Theory, MemberData(nameof(Sizes))]
    public void Evaluate_TheTrainingSetVotes_OnTheTestSet(string name, int k)
    {
        var bank = new Bank();
        bank.Place(0, 0, 3 * k, 1, 1, 1, 0);
        bank.Place(1, 2, 2 * k, 1, 3, 1, 0);

        // The last label is wrong: five of six are right, whatever the training set's own labels.
        var result = Run(name, bank.Set(), Queries([0, 2], [0, 2], [0, 1]));

        Assert.Equal(5 / 6.0, result.Accuracy, tolerance: 1e-6);
        Assert.Equal(result.Accuracy, result.BestAccuracy);
        Assert.Equal(k, result.Details["neighbours"]);
    }

    [Theory, MemberData(nameof(Sizes))]
    public void Evaluate_BankOfKImages_IsLargeEnough_OneLessIsNoted(string name, int k)
    {
        var (enough, small) = (new NoteLogger(), new NoteLogger());

        Run(name, Alike(k), Alike(4), enough);
        var result = Run(name, Alike(k - 1), Alike(4), small);

        Assert.Empty(enough.Notes);
        Assert.StartsWith(
            $"The bank has the features of {k - 1} images, fewer than the protocol's k = {k}", Assert.Single(small.Notes), StringComparison.Ordinal);
        Assert.Equal(k - 1, result.Details["neighbours"]);
    }

    [Theory, MemberData(nameof(Names))]
    public void Evaluate_Top5_CountsFivePlaces_AndNeedsMoreClasses(string name)
    {
        // Eight orthogonal rows, one per class; a query whose cosines fall with the class ranks class c at place c.
        var bank = new FeatureSet(eye(8), arange(8, dtype: int64), 8);
        var query = tensor(new float[] { 8, 7, 6, 5, 4, 3, 2, 1 }).view(1, 8);

        var fifth = Run(name, bank, new(query, tensor(new long[] { 4 }), 8));
        var sixth = Run(name, bank, new(query, tensor(new long[] { 5 }), 8));
        var fiveClasses = Run(name, new(eye(5), arange(5, dtype: int64), 5), new(query.narrow(1, 0, 5), tensor(new long[] { 4 }), 5));
        var sixClasses = Run(name, new(eye(6), arange(6, dtype: int64), 6), new(query.narrow(1, 0, 6), tensor(new long[] { 4 }), 6));

        Assert.Equal((0.0, 1.0), (fifth.Accuracy, fifth.Details["top5"]));
        Assert.Equal((0.0, 0.0), (sixth.Accuracy, sixth.Details["top5"]));
        Assert.DoesNotContain("top5", fiveClasses.Details.Keys);
        Assert.Equal(1.0, sixClasses.Details["top5"]);
        Assert.Equal(8, fifth.Details["neighbours"]);
    }

    [Theory, MemberData(nameof(Names))]
    public void Evaluate_ClassesOfOneSplitOnly_AreCountedNotRefused(string name)
    {
        var bank = new FeatureSet(eye(4), arange(4, dtype: int64), 4);
        var queries = new FeatureSet(eye(4), tensor(new long[] { 0, 1, 2, 6 }), 7);

        var result = Run(name, bank, queries);

        Assert.Equal(0.75, result.Accuracy);
        Assert.Contains("top5", result.Details.Keys);   // the classes of both count
        Assert.Equal(0.75, Run(name, bank with { Labels = queries.Labels, Classes = 7 }, queries with { Labels = arange(4, dtype: int64), Classes = 4 })
            .Accuracy);
    }

    [Theory, MemberData(nameof(Names))]
    public void Evaluate_Seed_PlaysNoPart(string name)
    {
        var (train, test) = WeightedKnnTests.Sets(noise: 1.5);

        Assert.Equal(Protocol(name).Evaluate(train, test, seed: 1).Accuracy,
            Protocol(name).Evaluate(train, test, seed: 2).Accuracy);
    }

    [Fact]
    public void Create_NumbersOfTheRecipe_AreTaken()
    {
        var plugin = ConformanceHost.Catalog.Get(PluginKind.Evaluator, "knn");
        var choice = PluginChoice.From(plugin, new Dictionary<string, object> { ["neighbours"] = 3 });

        var result = choice.Create<IEvaluator>(ConformanceHost.Get<PluginFactory>(), NullLogger.Instance).Evaluate(Alike(8), Alike(4), seed: 0);

        Assert.Equal(3, result.Details["neighbours"]);
    }

    [Fact]
    public void From_NamedProtocol_TakesNoNumbers()
    {
        var plugin = ConformanceHost.Catalog.Get(PluginKind.Evaluator, "knn-dino");

        var fault = Assert.Throws<ConfigurationException>(() => PluginChoice.From(plugin, new Dictionary<string, object> { ["neighbours"] = 3 }));

        Assert.Equal("knn-dino.neighbours is not a known key: the protocol 'knn-dino' has no options. Remove it.", fault.Message);
    }

    [Fact]
    public void Evaluate_SeveralChunks_TellsTheShareDone()
    {
        List<double> seen = [];
        var bank = new FeatureSet(Tensors.UnitRows(1, 1 << 15, 4), arange(1 << 15, dtype: int64).remainder(2), 2);   // 512 queries per chunk
        var queries = new FeatureSet(Tensors.UnitRows(2, 1280, 4), arange(1280, dtype: int64).remainder(2), 2);

        Protocol("knn-dino").Evaluate(bank, queries, seed: 0, new Progress(seen));

        Assert.Equal([0.4, 0.8, 1], seen);
    }

    // One neighbour at cosine 1 and k - 1 at cosine c have equal votes where exp(1 / T) = (k - 1) exp(c / T).
    private static double FarCosine(int k, double temperature) => 1 - (temperature * Math.Log(k - 1));

    private static EvaluationResult Run(string name, FeatureSet train, FeatureSet test, ILogger? logger = null) =>
        Protocol(name, logger).Evaluate(train, test, seed: 0);

    // As a recipe names it.
    private static IEvaluator Protocol(string name, ILogger? logger = null) => PluginChoice.From(ConformanceHost.Catalog.Get(PluginKind.Evaluator, name))
        .Create<IEvaluator>(ConformanceHost.Get<PluginFactory>(), logger ?? NullLogger.Instance);

    private static FeatureSet Alike(int count) => new(Tensors.UnitRows(3, count, 4), arange(count, dtype: int64).remainder(2), 2);

    /// <summary>One query per plane, along its first axis.</summary>
    private static FeatureSet Queries(params long[][] labels) => new(cat([.. labels.Select(_ => Axes(1))]), tensor(labels.SelectMany(l => l).ToArray()), 4);

    private static FeatureSet Queries(long[] labels, double length) => new(Axes(length), tensor(labels), 4);

    private static Tensor Axes(double length) => Tensors.Matrix([(float)length, 0, 0, 0], [0, 0, (float)length, 0]);

    /// <summary>Rows in orthogonal planes, so that a query along the first axis of one sees the other with cosine 0.</summary>
    private sealed class Bank
    {
        private readonly List<float[]> _rows = [];
        private readonly List<long> _labels = [];

        public void Place(
            int plane, long nearClass, int near, double nearCosine, long farClass, int far, double farCosine, double nearLength = 1, double farLength = 1)
        {
            Add(plane, farClass, far, farCosine, farLength);
            Add(plane, nearClass, near, nearCosine, nearLength);
        }

        public FeatureSet Set() => new(Tensors.Matrix([.. _rows]), tensor(_labels.ToArray()), 4);

        private void Add(int plane, long label, int count, double cosine, double length)
        {
            for (var i = 0; i < count; i++)
            {
                var row = new float[4];
                row[2 * plane] = (float)(length * cosine);
                row[(2 * plane) + 1] = (float)(length * Math.Sqrt(1 - (cosine * cosine)));
                _rows.Add(row);
                _labels.Add(label);
            }
        }
    }

    private sealed class Progress(List<double> seen) : IProgress<double>
    {
        public void Report(double value) => seen.Add(value);
    }
}
