using Microsoft.Extensions.Logging.Abstractions;
using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;
using Parallax.Plugins.Tests.Recipes;
using static Parallax.Plugins.Tests.Methods.Steps.Equations;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>SLIC against Hosseini Khorasgani et al. 2022 and their code.</summary>
public sealed class SLICStepTests
{
    private const double Margin = 0.3, OtherMargin = 0.1, Weight = 0.7;
    private static readonly SLICOptions Options = new()
    {
        TripletMargin = Margin, DiscriminationMargin = OtherMargin, DiscriminationWeight = Weight, FlowShare = 0, HiddenDim = 10, ProjectionDim = 6,
    };

    [Fact]
    public void SLIC_Step_IsThePapers()
    {
        var (method, batch) = (Create(Options), Clips(side: 6));
        var networks = new Networks(method);
        networks.Set("clusters", arange(40, dtype: int64).remainder(3));   // of the batch: 1, 0, 0, 0

        var output = method.Step(batch, TestRuns.Step());

        Tensor[] z = [.. batch.Views.Select(view => networks.Run(view, "backbone", "projector"))];
        var rows = cat([z[0], z[1]], 0);                                                       // [8, D]
        var (d, own) = (1 - Cosines(rows, rows), new[] { 1, 0, 0, 0, 1, 0, 0, 0 });
        float[] uniform = [.. Uniform(batch, part: 3), .. Uniform(batch, part: 4)];
        List<Tensor> losses = [];
        for (var a = 0; a < 8; a++)
        {
            for (var p = a + 1; p < 8; p++)
            {
                if (own[a] == own[p])
                {
                    losses.Add((d[a, p] - d[a, Negative(a, p)] + Margin).clamp_min(0));
                }
            }
        }

        Assert.Equal(16, losses.Count);
        var triplets = stack([.. losses]).mean();
        var discrimination = (PairCosines(z[0], z[1]) - PairCosines(z[0], z[2]) + OtherMargin).clamp_min(0).mean();
        networks.AssertStep(
            new(triplets + (Weight * discrimination))
            {
                Embedding = z[0],
                Positive = z[1],
                Reports = [("triplet_loss", triplets), ("discrimination_loss", discrimination), ("clusters", tensor(3.0))],
            },
            output);

        // one within the margin as the numbers of both rows say, else the nearest
        long Negative(int a, int p)
        {
            var others = Enumerable.Range(0, 8).Where(n => own[n] != own[a]).OrderBy(n => n).ToList();
            var within = others.Where(n => d[a, n].item<double>() < d[a, p].item<double>() + Margin).ToList();

            return within.Count == 0
                ? others.MinBy(n => d[a, n].item<double>())
                : within[(int)((double)(uniform[a] + uniform[p]) % 1 * within.Count)];
        }
    }

    [Fact]
    public void SLIC_AllClipsAsFlow_TakesThoseOfTheSecondAndThirdView()
    {
        var (plain, flowing) = (Create(Options), Create(Options with { FlowShare = 1 }));
        flowing.load_state_dict(plain.state_dict());
        var batch = Clips(side: 16);

        var loss = flowing.Step(batch, TestRuns.Step()).Loss;

        var flow = RandomMotion.HorizontalFlow(1, TestRuns.Of());
        Tensor[] views = [batch.Views[0], flow.Of(batch, TestRuns.Step(), view: 1), flow.Of(batch, TestRuns.Step(), view: 2)];
        Assert.Equal(plain.Step(batch with { Views = views }, TestRuns.Step()).Loss.item<float>(), loss.item<float>(), 1e-5);
    }

    [Fact]
    public void SLIC_BeforeAnEpoch_ClustersByFirstNeighbours()
    {
        var (method, extractor) = (Create(Options), new Extractor());
        var networks = new Networks(method);
        method.eval();

        method.BeforeEpoch(new(0, extractor, NullLogger.Instance));

        var z = networks.Constant(extractor.Clips, "backbone", "projector");
        var neighbours = Tensors.Integers((Cosines(z, z) - (9 * eye(40, dtype: float64))).argmax(1));
        var components = Enumerable.Range(0, 40).ToArray();
        for (var round = 0; round < 40; round++)
        {
            foreach (var (row, neighbour) in neighbours.Index())
            {
                components[row] = components[neighbour] = Math.Min(components[row], components[neighbour]);
            }
        }

        var numbers = components.Distinct().ToList();
        Assert.Equal(components.Select(component => (long)numbers.IndexOf(component)), Tensors.Integers(networks.State("clusters")));
        Assert.InRange(numbers.Count, 2, 20);
    }

    [Fact]
    public void SLIC_Clusters_AreMadeAnewEveryFewEpochsAfterTheWarmup()
    {
        var (method, extractor) = (Create(Options with { WarmupEpochs = 2, ClusterEveryEpochs = 4 }), new Extractor());
        method.eval();
        List<int> passes = [];
        for (var epoch = 0; epoch < 12; epoch++)
        {
            method.BeforeEpoch(new(epoch, extractor, NullLogger.Instance));
            passes.Add(extractor.Passes);
        }

        Assert.Equal([0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3], passes);
    }

    [Fact]
    public void SLIC_Positives_AreOfTheirCluster()
    {
        var method = Create(Options);
        Assert.Equal(Enumerable.Range(0, 40).Select(video => (long)video), method.Positives(0));   // no clusters yet

        new Networks(method).Set("clusters", arange(40, dtype: int64).remainder(6));

        var positives = method.Positives(0);
        Assert.All(positives.Index(), video => Assert.Equal(video.Index % 6, video.Item % 6));
        Assert.InRange(positives.Index().Count(video => video.Index == video.Item), 2, 16);   // a fifth
        Assert.Equal([1], method.PositiveViews);
    }

    [Fact]
    public void SLIC_Clips_AreSixteenFramesOneAfterTheOther()
    {
        var clips = Create(Options).Views.Clips!;

        Assert.Equal(new ClipSpec(16) { Short = ShortVideo.RepeatClip }, Assert.Single(clips.Views));
        Assert.IsType<AnchorAndLaterClips>(clips.Sampler);
    }

    [Theory]
    [InlineData(128, " | gaussian-blur 2 2 0.2 15")]
    [InlineData(64, "")]   // small frames are not blurred
    public void SLIC_Views_AreThreeTimesTheSame(int side, string blur)
    {
        var views = new SLIC(new ClipBackbone(), Options, TestRuns.Of() with { ImageSize = side }).Views;

        Assert.Equal(
            [
                $"3 x random-resized-crop {side} 0.25 1 0.75 1.3333 bilinear | horizontal-flip 0.5 | color-jitter 0.5 0.5 0.5 0.5 0.8 | grayscale 0.2{blur}"
                    + " | normalize",
            ],
            ViewText.Of(views));
    }

    [Fact]
    public void Faults_WhatDoesNotFit_IsTold()
    {
        var run = TestRuns.Of();

        Assert.StartsWith(
            "clips.frames is 1, but method.flowShare", Assert.Single(Create(Options with { FlowShare = 0.5 }).Faults(run with { Clip = new(1) })),
            StringComparison.Ordinal);
        Assert.Empty(Create(Options).Faults(run with { Clip = new(1) }));
        Assert.StartsWith("views has 2 views", Assert.Single(Options.Faults(run with { ViewCount = 2 })), StringComparison.Ordinal);
        Assert.StartsWith(
            "method.name is slic, which learns from colours", Assert.Single(new SLICOptions().Faults(TestRuns.Of(channels: 1))), StringComparison.Ordinal);
        Assert.StartsWith(
            "method.warmupEpochs is 20, but the run has 20 epochs", Assert.Single((Options with { WarmupEpochs = 20 }).Notes(run)), StringComparison.Ordinal);
        Assert.Empty((Options with { WarmupEpochs = 19 }).Notes(run));
    }

    private static SLIC Create(SLICOptions options) => new(new ClipBackbone(), options, TestRuns.Of());

    private static IEnumerable<float> Uniform(Batch batch, int part) => Tensors.Integers(batch.Indices)
        .Select(video => (float)new CounterRandom(TestRuns.Of().Seed, epoch: 0, video, RandomPurpose.Masking, part).NextDouble());

    private static Batch Clips(int side) => Networks.Batch(6) with
    {
        Views = [.. Enumerable.Range(41, 3).Select(seed => Tensors.Normal((ulong)seed, TestRuns.BatchSize, 3, 4, side, side))],
    };

    private sealed class Extractor : IFeatureExtractor
    {
        public Tensor Clips { get; } = Tensors.Normal(21, 40, 3, 4, 6, 6);

        public int Passes { get; private set; }

        public Tensor Extract(Func<Tensor, Tensor> encode)
        {
            Passes++;
            using var noGradients = no_grad();

            return encode(Clips);
        }
    }
}
