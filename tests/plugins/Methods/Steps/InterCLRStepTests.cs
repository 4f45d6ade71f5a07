using Microsoft.Extensions.Logging.Abstractions;
using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Tests.Methods.Steps.Equations;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>InterCLR against Xie et al. 2022: (1 - w) intra + w inter, the inter-image branch computed image by image.</summary>
public sealed class InterCLRStepTests
{
    private const double T = 0.3, Weight = 0.35, Margin = -0.4;
    private const int Images = 40, Pool = 16, Negatives = 5;   // Pool = 0.4 of the images

    private static readonly string[] _online = ["backbone", "projector"], _keys = ["momentumEncoder.backbone", "momentumEncoder.projector"];

    [Theory]
    [InlineData(1, NegativeSampler.SemiHard, MarginKind.Cosine)]
    [InlineData(2, NegativeSampler.SemiHard, MarginKind.Cosine)]
    [InlineData(2, NegativeSampler.SemiHard, MarginKind.Arc)]
    [InlineData(2, NegativeSampler.SemiEasy, MarginKind.Cosine)]
    [InlineData(2, NegativeSampler.Random, MarginKind.Cosine)]
    [InlineData(2, NegativeSampler.Hard, MarginKind.Cosine)]
    public void InterCLR_Step_IsThePapers(int epoch, NegativeSampler sampler, MarginKind kind)
    {
        var method = Create(sampler, kind);
        var (networks, batch) = (new Networks(method), Networks.Batch(8, 8));

        var output = method.Step(batch, TestRuns.Step(epoch));

        var (q, k) = (networks.Run(batch.Views[0], _online), networks.Constant(batch.Views[1], _keys));
        var intra = InfoNCE(PairCosines(q, k) / T, Cosines(q, networks.State("queue.queue")) / T);
        networks.AssertStep(
            Joined(networks, batch, epoch, intra, q, sampler, kind, encodings: 1) with
            {
                Embedding = q, Positive = Unit(k), Remembered = [("queue", Unit(k), null), ("interImages.bank", Unit(k), batch.Indices)],
            },
            output);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void InterCLRBYOL_Step_AddsBothDirections_AndQueriesWithThePrediction(int epoch)
    {
        InterCLRBYOLOptions options = new()
        {
            Temperature = T, ProjectionDim = 6, HiddenDim = 10, PoolShare = (double)Pool / Images, Negatives = Negatives,
            Margin = Margin, InterWeight = Weight, InterWarmupEpochs = 2,
        };
        var method = new InterCLRBYOL(() => new NormBackbone(), options, TestRuns.Of());
        var (networks, batch) = (new Networks(method), Networks.Batch(8, 8));

        var output = method.Step(batch, TestRuns.Step(epoch));

        var (za, zb) = (networks.Run(batch.Views[0], _online), networks.Run(batch.Views[1], _online));
        var (ka, kb) = (networks.Constant(batch.Views[0], _keys), networks.Constant(batch.Views[1], _keys));
        var (pa, pb) = (networks.Run(za, "predictor"), networks.Run(zb, "predictor"));
        var intra = 4 - (2 * (PairCosines(pa, kb) + PairCosines(pb, ka)).mean());
        networks.AssertStep(
            Joined(networks, batch, epoch, intra, pa, NegativeSampler.SemiHard, MarginKind.Cosine, encodings: 2) with
            {
                Embedding = za, Positive = Unit(kb), Remembered = [("interImages.bank", Unit(kb), batch.Indices)],
            },
            output);
    }

    [Fact]
    public void InterCLR_BeforeTheFirstEpoch_ClustersWhatTheKeyEncoderSays()
    {
        var method = Create(NegativeSampler.SemiHard, MarginKind.Cosine);
        var (networks, images) = (new Networks(method), Tensors.Normal(21, Images, 3, 8, 8));

        method.BeforeEpoch(new(0, new Extractor(images), NullLogger.Instance));

        var bank = networks.State("interImages.bank.bank");
        Tensors.AssertClose(Unit(networks.Constant(images, _keys)).to(float32), bank);
        var labels = Tensors.Integers(networks.State("interImages.bank.labels"));
        Assert.Equal([0, 1, 2, 3], labels.Distinct().Order());   // a tenth of the images
        for (var cluster = 0; cluster < 4; cluster++)
        {
            var members = Enumerable.Range(0, Images).Where(image => labels[image] == cluster).Select(image => bank[image]);
            Tensors.AssertClose(stack([.. members]).mean([0]), networks.State("interImages.bank.centroids")[cluster]);
        }
    }

    /// <param name="encodings">How often keys were encoded in random order before the branch draws its numbers.</param>
    private static ExpectedStep Joined(
        Networks networks, Batch batch, int epoch, Tensor intra, Tensor q, NegativeSampler sampler, MarginKind kind, int encodings)
    {
        if (epoch < 2)
        {
            return new(intra) { Reports = [("intra_loss", intra)], Constants = _keys };
        }

        var (positives, negatives) = Inter(networks, batch, q, sampler, kind, encodings);
        var inter = InfoNCE(positives, negatives);

        return new(((1 - Weight) * intra) + (Weight * inter))
        {
            Reports = [("intra_loss", intra), ("inter_loss", inter), ("inter_proxy_accuracy", Wins(positives, negatives))], Constants = _keys,
        };
    }

    /// <summary>Logits of a random companion of the query's cluster, with the margin, and of the drawn negatives of other clusters.</summary>
    private static (Tensor Positives, Tensor Negatives) Inter(Networks networks, Batch batch, Tensor q, NegativeSampler sampler, MarginKind kind, int encodings)
    {
        using var generator = TestRuns.Step().Generator;
        for (var i = 0; i < encodings; i++)
        {
            randperm(TestRuns.BatchSize, dtype: int64, generator: generator).Dispose();
        }

        var uniform = rand([TestRuns.BatchSize], dtype: float64, generator: generator).data<double>().ToArray();
        var drawn = sampler == NegativeSampler.Hard ? [] : Draw(sampler == NegativeSampler.Random ? Images : Pool, generator);
        var (bank, labels) = (networks.State("interImages.bank.bank"), Tensors.Integers(networks.State("interImages.bank.labels")));
        var (indices, cosines) = (Tensors.Integers(batch.Indices), Cosines(q, bank));   // [N, M]
        var (positives, negatives) = (new List<Tensor>(), new List<Tensor>());
        for (var i = 0; i < indices.Length; i++)
        {
            var own = labels[indices[i]];
            long[] members = [.. Enumerable.Range(0, Images).Where(image => labels[image] == own).Select(image => (long)image).Reverse()];
            var cosine = cosines[i][members[(int)(uniform[i] * members.Length)]];
            positives.Add((kind == MarginKind.Cosine ? cosine - Margin : (cosine.acos() + Margin).cos()) / T);
            long[] ranking = sampler == NegativeSampler.Random
                ? [.. Enumerable.Range(0, Images).Select(image => (long)image)]
                : Tensors.Integers(cosines[i].argsort(0, descending: sampler != NegativeSampler.SemiEasy));
            var chosen = sampler == NegativeSampler.Hard ? ranking.Take(Negatives) : drawn[i].Select(place => ranking[place]);
            negatives.Add(stack([.. chosen.Select(image => labels[image] == own ? tensor(double.NegativeInfinity) : cosines[i][image] / T)]));
        }

        return (stack([.. positives]), stack([.. negatives]));
    }

    /// <summary>Places in each query's ranking: the same ones, shifted by a random number.</summary>
    private static long[][] Draw(long range, Generator generator)
    {
        var common = Tensors.Integers(randperm(range, dtype: int64, generator: generator));
        var shifts = Tensors.Integers(randint(0L, range, [TestRuns.BatchSize, 1], dtype: int64, generator: generator));

        return [.. shifts.Select(shift => common.Take(Negatives).Select(place => (place + shift) % range).ToArray())];
    }

    private static InterCLR Create(NegativeSampler sampler, MarginKind kind)
    {
        InterCLROptions options = new()
        {
            Temperature = T, QueueSize = 12, ProjectionDim = 6, HiddenDim = 10,
            Sampler = sampler, PoolShare = (double)Pool / Images, Negatives = Negatives,
            MarginKind = kind, Margin = Margin, InterWeight = Weight, InterWarmupEpochs = 2,
        };

        return new(() => new NormBackbone(), options, TestRuns.Of());
    }

    private sealed class Extractor(Tensor images) : IFeatureExtractor
    {
        public Tensor Extract(Func<Tensor, Tensor> encode)
        {
            using var noGradients = no_grad();

            return encode(images);
        }
    }
}
