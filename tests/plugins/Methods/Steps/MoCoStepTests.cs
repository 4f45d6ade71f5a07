using Parallax.Contracts;
using Parallax.Plugins.Methods;
using static Parallax.Plugins.Tests.Methods.Steps.Equations;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>MoCo v1 to v3 against algorithm 1 of He et al. 2020 and of Chen et al. 2021.</summary>
public sealed class MoCoStepTests
{
    private static readonly string[] _online = ["backbone", "projector"];
    private static readonly string[] _momentum = ["momentumEncoder.backbone", "momentumEncoder.projector"];

    [Fact]
    public void MoCoV1_Step_IsThePapers()
    {
        var method = new MoCoV1(() => new NormBackbone(), new() { Temperature = 0.13, QueueSize = 12, ProjectionDim = 6 }, TestRuns.Of());
        var (networks, batch) = (new Networks(method), Networks.Batch(8, 8));

        var output = method.Step(batch, TestRuns.Step());

        var (q, k) = (networks.Run(batch.Views[0], _online), networks.Constant(batch.Views[1], _momentum));
        networks.AssertStep(Against(networks, q, k, 0.13) with { Remembered = [("queue", Unit(k), null)] }, output);
    }

    [Fact]
    public void MoCoV2_Step_IsThePapers()
    {
        var method = MoCoV2(symmetric: false);
        var (networks, batch) = (new Networks(method), Networks.Batch(8, 8));

        var output = method.Step(batch, TestRuns.Step());

        var (q, k) = (networks.Run(batch.Views[0], _online), networks.Constant(batch.Views[1], _momentum));
        networks.AssertStep(Against(networks, q, k, 0.13) with { Remembered = [("queue", Unit(k), null)] }, output);
    }

    [Fact]
    public void MoCoV2_SymmetricStep_AddsBothDirections_AndRemembersBothViews()
    {
        var method = MoCoV2(symmetric: true);
        var (networks, batch) = (new Networks(method), Networks.Batch(8, 8));

        var output = method.Step(batch, TestRuns.Step());

        var first = Against(networks, networks.Run(batch.Views[0], _online), networks.Constant(batch.Views[1], _momentum), 0.13);
        var second = Against(networks, networks.Run(batch.Views[1], _online), networks.Constant(batch.Views[0], _momentum), 0.13);
        networks.AssertStep(
            first with { Loss = first.Loss + second.Loss, Remembered = [("queue", second.Positive!, null), ("queue", first.Positive!, null)] }, output);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(false, 2)]
    [InlineData(true, 1)]
    [InlineData(true, 2)]
    public void MoCoV2Plus_Step_AddsBothDirections_AndRemembersOneView(bool symmetricNetwork, ulong seed)
    {
        MoCoV2PlusOptions options = new() { Temperature = 0.13, QueueSize = 12, ProjectionDim = 6, HiddenDim = 10, SymmetricNetwork = symmetricNetwork };
        var method = new MoCoV2Plus(() => new NormBackbone(), options, TestRuns.Of());
        var (networks, batch) = (new Networks(method), Networks.Batch(8, 8));
        string[] online = symmetricNetwork ? _online : [.. _online, "predictor"];

        var output = method.Step(batch, TestRuns.Step(seed: seed));

        var first = Against(networks, networks.Run(batch.Views[0], online), networks.Constant(batch.Views[1], _momentum), 0.13);
        var second = Against(networks, networks.Run(batch.Views[1], online), networks.Constant(batch.Views[0], _momentum), 0.13);
        using var coin = new Generator(seed);
        var remembered = rand([1], generator: coin).item<float>() < 0.5 ? second.Positive! : first.Positive!;
        networks.AssertStep(first with { Loss = first.Loss + second.Loss, Remembered = [("queue", remembered, null)] }, output);
    }

    [Theory]
    [InlineData(MoCoV3Heads.Convolutional)]
    [InlineData(MoCoV3Heads.Transformer)]
    public void MoCoV3_Step_IsThePapers(MoCoV3Heads heads)
    {
        const double T = 0.6;
        var method = new MoCoV3(() => new NormBackbone(), new() { Temperature = T, ProjectionDim = 6, HiddenDim = 10, Heads = heads }, TestRuns.Of());
        var (networks, batch) = (new Networks(method), Networks.Batch(8, 8));

        var output = method.Step(batch, TestRuns.Step());

        var (za, zb) = (networks.Run(batch.Views[0], _online), networks.Run(batch.Views[1], _online));
        var (ka, kb) = (networks.Constant(batch.Views[0], _momentum), networks.Constant(batch.Views[1], _momentum));
        var loss = 2 * T * (Diagonal(Cosines(networks.Run(za, "predictor"), kb) / T) + Diagonal(Cosines(networks.Run(zb, "predictor"), ka) / T));
        networks.AssertStep(new(loss) { Embedding = za, Positive = zb, Constants = _momentum }, output);
    }

    private static MoCoV2 MoCoV2(bool symmetric) => new(
        () => new NormBackbone(), new() { Temperature = 0.13, QueueSize = 16, ProjectionDim = 6, HiddenDim = 10, Symmetric = symmetric }, TestRuns.Of());

    /// <summary>Queries find their keys among the queue: loss = -log( exp(q·k / T) / (exp(q·k / T) + sum over the queue of exp(q·n / T)) ).</summary>
    private static ExpectedStep Against(Networks networks, Tensor q, Tensor k, double temperature)
    {
        var (positives, negatives) = (PairCosines(q, k) / temperature, Cosines(q, networks.State("queue.queue")) / temperature);

        return new(InfoNCE(positives, negatives))
        {
            Embedding = q, Positive = Unit(k), Reports = [("proxy_accuracy", Wins(positives, negatives))], Constants = _momentum,
        };
    }
}
