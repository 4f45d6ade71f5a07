using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Tests.Methods.Steps.Equations;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>InfoNCE, UberNCE and CoCLR against Han et al. 2020, equations (1), (2) and (4), and the authors' code.</summary>
public sealed class CoCLRStepTests
{
    private const double T = 0.3;

    private static readonly string[] _online = ["backbone", "projector"];
    private static readonly string[] _momentum = ["momentumEncoder.backbone", "momentumEncoder.projector"];
    private static readonly string[] _sampler = ["sampler.backbone", "sampler.projector"];

    [Theory]
    [InlineData(Modality.Rgb)]
    [InlineData(Modality.Flow)]
    public void InfoNCEVideo_Step_IsThePapers(Modality modality)
    {
        var method = new InfoNCEVideo(
            () => new ClipBackbone(), new() { Modality = modality, Temperature = T, QueueSize = 8, HiddenDim = 10, ProjectionDim = 6 }, TestRuns.Of());
        var (networks, batch) = (new Networks(method), Clips());

        var output = method.Step(batch, TestRuns.Step());

        var (q, k, queue) = (networks.Run(batch.Views[0], _online), networks.Constant(batch.Views[1], _momentum), networks.State("queue.queue"));
        var (positives, negatives) = (PairCosines(q, k) / T, Cosines(q, queue) / T);
        networks.AssertStep(
            new(InfoNCE(positives, negatives))
            {
                Embedding = q,
                Positive = Unit(k),
                Reports = [("proxy_accuracy", Wins(positives, negatives))],
                Remembered = [("queue", Unit(k), null)],
                Constants = ["momentumEncoder"],
            },
            output);
        Assert.False(output.SkipsUpdate);
    }

    [Fact]
    public void UberNCE_Step_AveragesTheLogarithmsOfTheClass()
    {
        var method = new UberNCE(() => new ClipBackbone(), new() { Temperature = T, QueueSize = 8, HiddenDim = 10, ProjectionDim = 6 }, TestRuns.Of());
        var (networks, batch) = (new Networks(method), Clips());   // labels 1, 0, -1, 1
        networks.Set("queue.queue_labels", tensor(new long[] { 0, 1, 1, -1, 2, 0, -1, 1 }));
        long[][] positives = [[0, 2, 3, 8], [0, 1, 6], [0], [0, 2, 3, 8]];

        var output = method.Step(batch, TestRuns.Step());

        var (q, k, logits) = Logits(networks, batch);
        var shares = Softmax(logits).log();
        var loss = -stack([.. positives.Select((columns, row) => shares[row].index_select(0, tensor(columns)).mean())]).mean();
        networks.AssertStep(
            new(loss)
            {
                Embedding = q,
                Positive = Unit(k),
                Reports = [("proxy_accuracy", FirstIsIn(logits, positives))],
                Remembered = [("queue", Unit(k), batch.Labels)],
                Constants = ["momentumEncoder"],
            },
            output);
    }

    [Theory]
    [InlineData(Modality.Rgb, 0, true)]
    [InlineData(Modality.Rgb, 1, true)]
    [InlineData(Modality.Flow, 1, true)]
    [InlineData(Modality.Rgb, 1, false)]
    public void CoCLR_Step_AddsTheSharesOfWhatTheSamplerFinds(Modality modality, double ownKeyDropped, bool isFull)
    {
        var method = CoCLR(modality, ownKeyDropped);
        var (networks, batch) = (new Networks(method), Clips());   // videos 7, 3, 30, 12
        long[] sources = [3, 1, 7, 12, 30, 4, 7, isFull ? 6 : -1];
        networks.Set("queue.queue_labels", tensor(sources));

        var output = method.Step(batch, TestRuns.Step());

        var (q, k, logits) = Logits(networks, batch);
        var other = networks.Constant(batch.Views[1], _sampler);
        var similar = Cosines(other, networks.State("samplerQueue.queue"));
        long[][] positives = [.. Tensors.Integers(batch.Indices).Select((video, row) => Positives(video, row))];
        var counted = positives.Select(columns => ownKeyDropped == 1 && columns.Length > 1 ? columns[1..] : columns);
        var loss = -stack([.. counted.Select((columns, row) => Softmax(logits)[row].index_select(0, tensor(columns)).sum().log())]).mean();
        networks.AssertStep(
            new(loss)
            {
                Embedding = q,
                Positive = Unit(k),
                Reports = [("proxy_accuracy", FirstIsIn(logits, positives)), ("positives", tensor(positives.Average(columns => columns.Length)))],
                Remembered = [("queue", Unit(k), batch.Indices), ("samplerQueue", Unit(other), null)],
                Constants = ["momentumEncoder", "sampler"],
            },
            output);
        Assert.Equal(!isFull, output.SkipsUpdate);

        // the own key, those of the same video, and the two of others that are most similar in the other modality
        long[] Positives(long video, int row)
        {
            var keys = Enumerable.Range(0, sources.Length);
            var mined = keys.Where(key => sources[key] != video).OrderByDescending(key => similar[row, key].item<double>()).Take(isFull ? 2 : 0);

            return [0, .. keys.Where(key => sources[key] == video).Concat(mined).Order().Select(key => key + 1L)];
        }
    }

    [Fact]
    public void CoCLR_OwnKeyDropped_IsDrawnOnceForAllMicroBatchesOfAStep()
    {
        var method = CoCLR(Modality.Rgb, ownKeyDropped: 0.5);
        new Networks(method).Set("queue.queue_labels", tensor(new long[] { 3, 1, 7, 12, 30, 4, 7, 6 }));
        var batch = Clips();

        var losses = Enumerable.Range(0, 60).Select(step => (Loss(step, seed: 5), Loss(step, seed: 6))).ToList();

        Assert.All(losses, pair => Assert.Equal(pair.Item1, pair.Item2, 1e-4));
        Assert.InRange(losses.Count(pair => pair.Item1 > losses.Average(other => other.Item1)), 18, 42);   // without the own key a loss is larger

        double Loss(int step, ulong seed)
        {
            using var scope = NewDisposeScope();

            return method.Step(batch, TestRuns.Step(seed: seed) with { Step = step }).Loss.item<float>();
        }
    }

    private static CoCLR CoCLR(Modality modality, double ownKeyDropped) => new(
        () => new ClipBackbone(),
        new()
        {
            Modality = modality, Temperature = T, QueueSize = 8, HiddenDim = 10, ProjectionDim = 6, Similar = 2, OwnKeyDropped = ownKeyDropped,
        },
        TestRuns.Of());

    private static (Tensor Q, Tensor K, Tensor Logits) Logits(Networks networks, Batch batch)
    {
        var (q, k) = (networks.Run(batch.Views[0], _online), networks.Constant(batch.Views[1], _momentum));

        return (q, k, cat([PairCosines(q, k).unsqueeze(1), Cosines(q, networks.State("queue.queue"))], 1) / T);   // [N, 1 + K]
    }

    private static Tensor FirstIsIn(Tensor logits, long[][] positives) =>
        tensor(Tensors.Integers(logits.argmax(1)).Zip(positives).Average(row => row.Second.Contains(row.First) ? 1.0 : 0));

    private static Batch Clips() => Networks.Batch(6, 6) with
    {
        Views = [Tensors.Normal(41, TestRuns.BatchSize, 3, 4, 16, 16).abs(), Tensors.Normal(42, TestRuns.BatchSize, 3, 4, 16, 16).abs()],
    };
}
