using Microsoft.Extensions.Logging.Abstractions;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;
using Parallax.Plugins.Tests.Evaluators;
using static Parallax.Plugins.Tests.Methods.Steps.Equations;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>SeLa against Asano et al. 2020 and its code.</summary>
public sealed class SeLaStepTests
{
    private const int Heads = 3, Clusters = 5;

    [Fact]
    public void Step_IsThePapers()
    {
        var method = Create();
        var (networks, batch) = (new Networks(method), Networks.Batch(8));

        var output = method.Step(batch, TestRuns.Step());

        var h = networks.Run(batch.Views[0], "backbone");
        List<Tensor> losses = [];
        List<Tensor> hits = [];
        for (var head = 0; head < Heads; head++)
        {
            var weight = networks.State("heads.weight").narrow(0, head * Clusters, Clusters).to(float64);
            var logits = h.relu().to(float64).matmul(weight.t()) + networks.State("heads.bias").narrow(0, head * Clusters, Clusters).to(float64);
            var labels = networks.State("clusters")[head].index_select(0, batch.Indices);
            losses.Add(CrossEntropy((labels.unsqueeze(1) == arange(Clusters, dtype: int64)).to(float64), logits));
            hits.Add((logits.argmax(1) == labels).to(float64));
        }

        networks.AssertStep(
            new(stack([.. losses]).mean()) { Embedding = h, Reports = [("cluster_accuracy", stack([.. hits]).mean())] }, output);
    }

    [Fact]
    public void Create_FirstLabels_AreAnEqualPartitionForEachHead()
    {
        var labels = new Networks(Create()).State("clusters");

        Assert.All(labels.unbind(), head => Assert.Equal([8, 8, 8, 8, 8], ClusterSizes.Of(head, Clusters)));
        Assert.NotEqual(Tensors.Integers(labels[0]), Tensors.Integers(labels[1]));
        Assert.NotEqual(Enumerable.Range(0, 40).Select(image => (long)(image % Clusters)), Tensors.Integers(labels[0]));
    }

    [Fact]
    public void BeforeEpoch_WhenDue_LabelsAreThoseOfTheTransportPlan()
    {
        var (method, extractor) = (Create(lambda: 3), new ImageExtractor());
        var networks = new Networks(method);
        networks.Set("heads.weight", Tensors.Normal(5, Heads * Clusters, 12));   // predictions that are far from even

        method.BeforeEpoch(new(0, extractor, NullLogger.Instance));

        for (var head = 0; head < Heads; head++)
        {
            var weight = networks.State("heads.weight").narrow(0, head * Clusters, Clusters);
            var p = Softmax(networks.Constant(extractor.Images, "backbone").relu().matmul(weight.t()).to(float64)).pow(3);
            var (r, c) = (ones([Clusters], dtype: float64), full([40], 1.0 / 40, dtype: float64));
            for (var i = 0; i < 2000; i++)
            {
                r = 1.0 / Clusters / p.t().matmul(c);
                c = 1.0 / 40 / p.matmul(r);
            }

            Assert.Equal(Tensors.Integers((p * r).argmax(1)), Tensors.Integers(networks.State("clusters")[head]));
            Assert.All(ClusterSizes.Of(networks.State("clusters")[head], Clusters), size => Assert.InRange(size, 4, 12));
        }
    }

    [Fact]
    public void BeforeEpoch_WhenDue_TellsCostAndSizesOfTheLabels()
    {
        var (method, logger) = (Create(), new NoteLogger());
        var networks = new Networks(method);
        networks.Set("heads.weight", zeros(Heads * Clusters, 12));   // all clusters are as likely: the first label costs ln 5, and all images get it
        networks.Set("heads.bias", zeros(Heads * Clusters));

        method.BeforeEpoch(new(0, new ImageExtractor(), logger));

        Assert.Equal(Heads, logger.Notes.Count);
        Assert.Contains("mean cost 1.609;", logger.Notes[0], StringComparison.Ordinal);
        Assert.EndsWith("4 of 5 clusters are empty, the largest has 100.00 % of the images, the smallest 0.", logger.Notes[0], StringComparison.Ordinal);
    }

    [Fact]
    public void BeforeEpoch_WhenNotDue_DoesNothing()
    {
        var (method, extractor) = (Create(relabellings: 2), new ImageExtractor());   // at the start and after the end
        method.BeforeEpoch(new(0, extractor, NullLogger.Instance));
        var before = Tensors.Integers(new Networks(method).State("clusters").flatten());

        method.BeforeEpoch(new(1, extractor, NullLogger.Instance));

        Assert.Equal(1, extractor.Passes);
        Assert.Equal(before, Tensors.Integers(new Networks(method).State("clusters").flatten()));
    }

    [Fact]
    public void BeforeEpoch_OneHeadAtATime_TakesThemInTurn()
    {
        var method = Create(allHeadsAtOnce: false);
        var before = new Networks(method).State("clusters").clone();

        method.BeforeEpoch(new(4, new ImageExtractor(), NullLogger.Instance));   // the fifth time, of three heads

        var changed = before.ne(new Networks(method).State("clusters")).any(1);
        Assert.Equal([false, true, false], changed.data<bool>().ToArray());
    }

    private static SeLa Create(double lambda = 10, int relabellings = 100, bool allHeadsAtOnce = true) => new(
        new PixelBackbone(),
        new()
        {
            Heads = Heads, Clusters = Clusters, Lambda = lambda, Tolerance = 1e-9, Relabellings = relabellings, AllHeadsAtOnce = allHeadsAtOnce,
        },
        TestRuns.Of());
}
