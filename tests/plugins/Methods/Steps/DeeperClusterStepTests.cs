using Microsoft.Extensions.Logging.Abstractions;
using Parallax.Contracts;
using Parallax.Plugins.Methods;
using static Parallax.Plugins.Tests.Methods.Steps.Equations;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>DeeperCluster against Caron et al. 2019 and its code.</summary>
public sealed class DeeperClusterStepTests
{
    private const int SuperClusters = 2, Clusters = 6, Each = 3;

    [Fact]
    public void Step_IsThePapers()
    {
        var method = Create();
        method.BeforeEpoch(new(0, new ImageExtractor(), NullLogger.Instance));
        var (networks, batch) = (new Networks(method), Networks.Batch(8));

        var output = method.Step(batch, TestRuns.Step());

        var images = Tensors.Integers(batch.Indices);
        var turns = images.Select(image => new CounterRandom(TestRuns.Of().Seed, 0, image, RandomPurpose.Masking).NextInt(4)).ToArray();
        var h = networks.Run(stack([.. batch.Views[0].unbind().Zip(turns, Turned)]), "backbone");
        var (features, labels) = (h.relu().to(float64), Tensors.Integers(networks.State("clusters")));
        List<Tensor> losses = [];
        List<(bool Super, bool Sub)> hits = [];
        for (var i = 0; i < images.Length; i++)
        {
            var (m, s) = (labels[images[i]] / Each, labels[images[i]] % Each);
            var pair = (4 * m) + turns[i];
            var ofPairs = Linear(networks, "superHead", 0, 4 * SuperClusters, features[i]);
            var ofClusters = Linear(networks, "heads", pair * Each, Each, features[i]);   // the head of the true pair alone
            losses.Add(-Softmax(ofPairs).log()[0][pair] - Softmax(ofClusters).log()[0][s]);
            hits.Add((ofPairs.argmax().item<long>() == pair, ofClusters.argmax().item<long>() == s));
        }

        networks.AssertStep(
            new(stack([.. losses]).mean())
            {
                Embedding = h,
                Reports =
                [
                    ("super_accuracy", tensor(hits.Average(hit => hit.Super ? 1.0 : 0))), ("cluster_accuracy", tensor(hits.Average(hit => hit.Sub ? 1.0 : 0))),
                ],
            },
            output);
    }

    [Fact]
    public void Step_ImageThatStandsAgain_IsTurnedByOneQuarterMore()
    {
        var method = Create();
        var image = Tensors.Normal(4, 1, 3, 8, 8);
        var first = new CounterRandom(TestRuns.Of().Seed, 0, 9, RandomPurpose.Masking).NextInt(4);

        for (var times = 0; times < 6; times++)
        {
            Batch batch = new([image], tensor(new long[] { 9 }), null) { Repetitions = tensor(new long[] { times }) };

            var output = method.Step(batch, TestRuns.Step());

            Tensors.AssertClose(method.Backbone.call(image.rot90((first + times) % 4, (2, 3))), output.Embedding!);
        }
    }

    [Fact]
    public void BeforeEpoch_EveryThird_ClustersAnew_AndLeavesNoClusterEmpty()
    {
        var (method, extractor) = (Create(), new ImageExtractor());
        var networks = new Networks(method);
        List<long[]> labels = [];

        for (var epoch = 0; epoch < 4; epoch++)
        {
            method.BeforeEpoch(new(epoch, extractor, NullLogger.Instance));
            labels.Add(Tensors.Integers(networks.State("clusters")));
        }

        Assert.Equal(2, extractor.Passes);
        Assert.Equal([labels[0], labels[0]], labels[1..3]);
        Assert.NotEqual(labels[0], labels[3]);
        Assert.All([labels[0], labels[3]], epoch => Assert.Equal(Clusters, epoch.Distinct().Count()));
        Assert.Equal(3, Assert.Single(method.ParameterRules).RenewedEveryEpochs);
    }

    [Fact]
    public void Order_ShowsEverySuperClusterEquallyOften_AndEvenlyItsClusters()
    {
        var method = Create();
        new Networks(method).Set("clusters", tensor([.. Enumerable.Range(0, 40).Select(image => image < 4 ? 0L : image < 6 ? 3 : 4)]));

        var order = method.Order(epoch: 1);

        Assert.Equal(40, order.Count);
        Assert.Equal(20, order.Count(image => image < 4));                      // the first super-cluster has four images
        Assert.InRange(order.Count(image => image is 4 or 5), 9, 11);           // the second has a cluster of two and one of 34
        Assert.Equal(order, method.Order(epoch: 1));
        Assert.NotEqual(order, method.Order(epoch: 2));
    }

    [Theory]
    [InlineData(6, 4, false)]
    [InlineData(8, 4, true)]
    public void Options_ClustersThatSuperClustersDoNotDivide_AreAFault(int clusters, int superClusters, bool isValid)
    {
        var faults = new DeeperClusterOptions { Clusters = clusters, SuperClusters = superClusters }.Validate(null!);

        Assert.Equal(isValid, !faults.Any());
    }

    private static Tensor Linear(Networks networks, string head, long start, long count, Tensor features) =>
        features.unsqueeze(0).matmul(networks.State(head + ".weight").narrow(0, start, count).t().to(float64))
            + networks.State(head + ".bias").narrow(0, start, count).to(float64);   // [1, count]

    /// <summary>Quarter turns counter-clockwise, pixel by pixel.</summary>
    private static Tensor Turned(Tensor image, int turns)
    {
        var side = (int)image.shape[1];
        for (; turns > 0; turns--)
        {
            var source = image;
            image = stack([.. Enumerable.Range(0, side).Select(i => Row(source, i))], 1);
        }

        return image;   // [C, S, S]
    }

    private static Tensor Row(Tensor source, int i)
    {
        var side = (int)source.shape[1];

        return stack([.. Enumerable.Range(0, side).Select(j => source.select(2, side - 1 - i).select(1, j))], 1);   // [C, S]
    }

    private static DeeperCluster Create() => new(
        EdgeBackbone.Create, new() { SuperClusters = SuperClusters, Clusters = Clusters, PcaDim = 4, KMeansIterations = 5 }, TestRuns.Of());
}
