using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Parallax.Plugins.Methods;
using static Parallax.Plugins.Tests.Methods.Steps.Equations;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>DeepCluster against Caron et al. 2018 and its code.</summary>
public sealed class DeepClusterStepTests
{
    private const int Clusters = 5, Components = 4;

    [Fact]
    public void Step_IsThePapers()
    {
        var method = Create();
        method.BeforeEpoch(new(0, new ImageExtractor(), NullLogger.Instance));
        var (networks, batch) = (new Networks(method), Networks.Batch(8));

        var output = method.Step(batch, TestRuns.Step());

        var h = networks.Run(batch.Views[0], "backbone");
        var logits = Logits(networks, h);
        var labels = networks.State("clusters").index_select(0, batch.Indices);
        networks.AssertStep(
            new(CrossEntropy((labels.unsqueeze(1) == arange(Clusters, dtype: int64)).to(float64), logits))
            {
                Embedding = h, Reports = [("cluster_accuracy", (logits.argmax(1) == labels).to(float64).mean())],
            },
            output);
    }

    [Fact]
    public void BeforeEpoch_UntilNothingMoves_LabelsAreTheNearestMeansOfWhitenedUnitRows()
    {
        var (method, extractor) = (Create(kMeansIterations: 50), new ImageExtractor());
        var networks = new Networks(method);

        method.BeforeEpoch(new(0, extractor, NullLogger.Instance));

        var features = networks.Constant(extractor.Images, "backbone").to(float64);
        var centred = features - features.mean([0], keepdim: true);
        var (values, vectors) = linalg.eigh(centred.t().matmul(centred) / 40);
        var last = values.shape[0] - Components;
        var rows = Unit(centred.matmul(vectors.narrow(1, last, Components)) / values.narrow(0, last, Components).sqrt());
        var labels = networks.State("clusters");
        var means = stack([.. Enumerable.Range(0, Clusters).Select(c => rows.index_select(0, (labels == c).nonzero().flatten()).mean([0]))]);
        Assert.Equal(Clusters, Tensors.Integers(labels).Distinct().Count());
        Assert.Equal(Tensors.Integers(cdist(rows, means).argmin(1)), Tensors.Integers(labels));
    }

    [Fact]
    public void BeforeEpoch_WhileItClusters_FeaturesAreGone()
    {
        var (extractor, gone) = (new ImageExtractor(), new List<bool>());

        Create().BeforeEpoch(new(0, extractor, new Watch(() => gone.Add(extractor.Last!.IsInvalid))));

        Assert.Equal([true], gone);   // told when the clusters are
    }

    [Fact]
    public void BeforeEpoch_EachEpoch_MakesANewHeadWithoutMomentumThatTheOptimizerForgets()
    {
        var method = Create();
        var networks = new Networks(method);
        var before = networks.State("head.weight").clone();

        method.BeforeEpoch(new(1, new ImageExtractor(), NullLogger.Instance));

        Assert.False(networks.State("head.weight").allclose(before));
        var rule = Assert.Single(method.ParameterRules);
        Assert.Equal((false, 1), (rule.HasMomentum, rule.RenewedEveryEpochs));
        Assert.Equal(["head.bias", "head.weight"],
            method.named_parameters().Select(p => p.name).Where(name => rule.Matches(new(name, 1))).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void BeforeEpoch_EveryThird_ClustersAnew()
    {
        var (method, extractor) = (Create(reclusterEpochs: 3), new ImageExtractor());

        for (var epoch = 0; epoch < 4; epoch++)
        {
            method.BeforeEpoch(new(epoch, extractor, NullLogger.Instance));
        }

        Assert.Equal(2, extractor.Passes);
        Assert.Equal([true, false, false, true], Enumerable.Range(0, 4).Select(method.IsDue));
        Assert.Equal(3, Assert.Single(method.ParameterRules).RenewedEveryEpochs);
    }

    [Fact]
    public void Order_ShowsEveryClusterEquallyOften()
    {
        var method = Create();
        using (no_grad())
        {
            new Networks(method).Set("clusters", (arange(40, dtype: int64) >= 36).to(int64) * 3);   // 36 images of one, 4 of another
        }

        var order = method.Order(epoch: 2);

        Assert.Equal(40, order.Count);
        Assert.InRange(order.Count(image => image >= 36), 19, 21);
        Assert.Equal(order, method.Order(epoch: 2));
        Assert.NotEqual(order, method.Order(epoch: 3));
    }

    [Fact]
    public void Backbone_OfImagesWithOtherColours_SeesEdgesAlone()
    {
        var (backbone, images) = (Create().Backbone, Tensors.Normal(3, 2, 3, 8, 8));

        Tensors.AssertClose(backbone.call(images), backbone.call(images.flip(1)));
    }

    [Fact]
    public void Faults_MoreComponentsThanFeatures_IsOneSentence()
    {
        var method = new DeepCluster(EdgeBackbone.Create, new() { Clusters = 5, PcaDim = 13 }, TestRuns.Of());

        Assert.StartsWith(
            "method.pcaDim is 13, but the backbone has 12 features", Assert.Single(method.Faults(TestRuns.Of())), StringComparison.Ordinal);
    }

    private static Tensor Logits(Networks networks, Tensor h) =>
        h.relu().to(float64).matmul(networks.State("head.weight").t().to(float64)) + networks.State("head.bias").to(float64);

    private static DeepCluster Create(int kMeansIterations = 5, int reclusterEpochs = 1) => new(
        EdgeBackbone.Create,
        new() { Clusters = Clusters, PcaDim = Components, KMeansIterations = kMeansIterations, ReclusterEpochs = reclusterEpochs }, TestRuns.Of());

    private sealed class Watch(Action told) : ILogger
    {
        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => told();

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;
    }
}
