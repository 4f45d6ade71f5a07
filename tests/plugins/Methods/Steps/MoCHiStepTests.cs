using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Tests.Methods.Steps.Equations;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>MoCHi against section 4 of Kalantidis et al. 2020, query by query, with synthetic negatives as vectors.</summary>
public sealed class MoCHiStepTests
{
    private const double T = 0.3;
    private const int N = 3, S = 5, SPrime = 4;

    private static readonly string[] _keys = ["momentumEncoder.backbone", "momentumEncoder.projector"];

    [Theory]
    [InlineData(1, ClassOracle.None)]
    [InlineData(2, ClassOracle.None)]
    [InlineData(2, ClassOracle.Analysis)]
    [InlineData(1, ClassOracle.Training)]
    [InlineData(2, ClassOracle.Training)]
    public void MoCHi_Step_IsThePapers(int epoch, ClassOracle oracle)
    {
        MoCHiOptions options = new()
        {
            Temperature = T, QueueSize = 12, ProjectionDim = 6, HiddenDim = 10,
            Hardest = N, PairPoints = S, QueryPoints = SPrime, WarmupEpochs = 2, ClassOracle = oracle,
        };
        var method = new MoCHi(() => new NormBackbone(), options, TestRuns.Of());
        var (networks, batch) = (new Networks(method), Networks.Batch(8, 8));
        if (oracle != ClassOracle.None)
        {
            networks.Set("queue.queue_labels", tensor(new long[] { 0, 1, 2, -1, 0, 1, 2, -1, 0, 1, 2, -1 }));
        }

        var output = method.Step(batch, TestRuns.Step(epoch));

        var (q, k) = (networks.Run(batch.Views[0], "backbone", "projector"), networks.Constant(batch.Views[1], _keys));
        var queue = networks.State("queue.queue").to(float64);
        var same = oracle == ClassOracle.None ? null : Same(networks.State("queue.queue_labels"), batch.Labels!);   // [B, K]
        var (positives, similar) = (PairCosines(q, k) / T, Cosines(q, queue) / T);
        var known = oracle == ClassOracle.Training ? similar.masked_fill(same!, double.NegativeInfinity) : similar;
        var mixed = epoch < options.WarmupEpochs ? [] : Synthetic(Unit(q), queue, known.detach(), Draws());
        var all = mixed.Length == 0 ? known : cat([known, .. mixed.Select(h => (Unit(q).unsqueeze(1) * h).sum(2) / T)], 1);

        List<(string, Tensor)> reports =
        [
            ("proxy_accuracy", Wins(positives, known)),
            ("alignment", (Unit(q) - Unit(k)).square().sum(1).mean()),
            ("uniformity", Uniformity(Unit(q))),
        ];
        if (mixed.Length > 0)
        {
            reports.Add(("proxy_accuracy_synthetic", Wins(positives, all)));
        }

        if (same is not null)
        {
            reports.Add(("false_negatives", same.gather(1, known.topk(N, 1).indexes).to(float64).mean()));
        }

        networks.AssertStep(
            new(InfoNCE(positives, all))
            {
                Embedding = q,
                Positive = Unit(k),
                Reports = [.. reports],
                Constants = _keys,
                Remembered = [("queue", Unit(k), oracle == ClassOracle.None ? null : batch.Labels)],
            },
            output);
    }

    /// <summary>The step's own random numbers: first the order in which keys are encoded, then picks and weights.</summary>
    private static MoCHiDraws Draws()
    {
        var context = TestRuns.Step();
        randperm(TestRuns.BatchSize, dtype: int64, generator: context.Generator).Dispose();
        var draws = MoCHiDraws.Sample(context, TestRuns.BatchSize, N, S, SPrime, CPU);
        Assert.InRange(draws.Beta.max().item<float>(), 0.25, 0.5);    // the negative outweighs the query
        Assert.InRange(draws.Alpha.max().item<float>(), 0.5, 1);

        return draws;
    }

    /// <summary>The two kinds of points, [B, s, D] each, constants.</summary>
    private static Tensor[] Synthetic(Tensor q, Tensor queue, Tensor logits, MoCHiDraws draws)
    {
        var (between, withQuery) = (new List<Tensor>(), new List<Tensor>());
        for (var b = 0; b < q.shape[0]; b++)
        {
            var hardest = queue.index_select(0, logits[b].argsort(0, descending: true).narrow(0, 0, N));   // [N, D]
            var (alpha, beta) = (draws.Alpha[b].to(float64).unsqueeze(1), draws.Beta[b].to(float64).unsqueeze(1));
            between.Add(Unit((alpha * hardest[draws.PickI[b]]) + ((1 - alpha) * hardest[draws.PickJ[b]])));
            withQuery.Add(Unit((beta * q[b].detach()) + ((1 - beta) * hardest[draws.PickQuery[b]])));
        }

        return [stack([.. between]), stack([.. withQuery])];
    }

    private static Tensor Same(Tensor queueLabels, Tensor labels) => (queueLabels.unsqueeze(0) == labels.unsqueeze(1)).logical_and(labels.unsqueeze(1) >= 0);

    /// <summary>Logarithm of the mean of exp(-2 |a - b|²) over distinct pairs.</summary>
    private static Tensor Uniformity(Tensor unit)
    {
        List<Tensor> potentials = [];
        for (var i = 0; i < unit.shape[0]; i++)
        {
            for (var j = 0; j < i; j++)
            {
                potentials.Add((-2 * (unit[i] - unit[j]).square().sum()).exp());
            }
        }

        return stack([.. potentials]).mean().log();
    }
}
