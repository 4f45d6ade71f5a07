using Parallax.Benchmarks.Gate;
using Parallax.Plugins.Parts;

namespace Parallax.Benchmarks.Critical;

/// <summary>Losses, forward and backward, on projections of 128 numbers. The peer is the definition, or the matrix products that it needs.</summary>
internal static class LossMeasurements
{
    private const int Batch = 256, Dim = 128, Keys = 4096, Prototypes = 1024;
    private const double Temperature = 0.2;

    public static IReadOnlyList<Measurement> All { get; } =
    [
        new("losses/info-nce-4096-keys", () => Queue(keys: Keys)),
        new("losses/nt-xent-256", () => Pairs(batch: Batch)),
        new("losses/mochi-4096-keys", Mixed),
        Batchwise("losses/dcl-256", (za, zb) => DCLLoss.Compute(za, zb, Temperature)),
        Batchwise("losses/debiased-256", (za, zb) => DebiasedLoss.Compute(za, zb, Temperature, 0.1)),
        Batchwise("losses/supcon-256", (za, zb) => SupConLoss.Compute([za, zb], Classes(), Temperature, Temperature)),
        Batchwise("losses/nnclr-256", (za, zb) => NNCLRLoss.Compute(za, zb, Temperature)),
        Batchwise("losses/moco-v3-256", (za, zb) => MoCoV3Loss.Compute(za, zb, arange(Batch, dtype: int64), Temperature)),
        Batchwise("losses/barlow-twins-256", (za, zb) => BarlowTwinsLoss.Compute(za, zb, 0.005)),
        Batchwise("losses/vicreg-256", (za, zb) => VICRegLoss.Compute(za, zb).Weighted(25, 25, 1)),
        Batchwise("losses/negative-cosine-256", (za, zb) => NegativeCosineLoss.Compute(za, zb.detach())),
        Soft("losses/ressl-4096-keys", (q, k, keys) =>
            ReSSLLoss.Compute(q, Neighbourhood.Of(k, keys, Temperature), keys, Temperature)),
        Soft("losses/sce-4096-keys", (q, k, keys) =>
            SCELoss.Compute(q, k, keys, Neighbourhood.Of(k, keys, Temperature), Temperature, 0.5, SCEPositive.ZeroLogit)),
        Large("losses/info-nce-65536-keys", "info-nce", batch: Batch, keys: 65_536),
        Large("losses/nt-xent-1024", "nt-xent", batch: 1024, keys: 1),
        Large("losses/re-ssl-65536-keys", "re-ssl", batch: Batch, keys: 65_536),
        Large("losses/ascl-65536-keys", "ascl", batch: Batch, keys: 65_536),
        new("losses/swapped-prediction-1024", Swapped),
        new("losses/sinkhorn-1024", Sinkhorn),
    ];

    private static Work Queue(int keys)
    {
        var losses = new QueueLosses { Queue = keys, Dim = Dim };
        losses.Setup();

        return new(losses.InfoNCE, losses.ByDefinition);
    }

    private static Work Pairs(int batch)
    {
        var losses = new BatchLosses { Batch = batch };
        losses.Setup();

        return new(losses.NTXent, losses.ByDefinition);
    }

    private static Work Mixed()
    {
        var mixing = new Mixing { Batch = 64, Queue = Keys };
        mixing.Setup();

        return new(mixing.MoCHiByIdentity, mixing.MoCHiMaterialised);
    }

    /// <summary>A loss of two views; peer: all products of one with the other.</summary>
    private static Measurement Batchwise(string name, Func<Tensor, Tensor, Tensor> loss) => new(name, () =>
    {
        var (za, zb) = (Rows(), Rows());

        return new(() => Backward(() => loss(za, zb), za, zb), () => Backward(() => za.matmul(zb.t()).sum(), za, zb), za, zb);
    });

    /// <summary>A loss against soft targets over a queue; peer: the products of queries and of keys with the queue.</summary>
    private static Measurement Soft(string name, Func<Tensor, Tensor, Tensor, Tensor> loss) => new(name, () =>
    {
        var (q, k, keys) = (Rows(), Rows().detach(), F.normalize(randn(Keys, Dim)));

        return new(
            () => Backward(() => loss(q, k, keys), q),
            () => Backward(() => (q.matmul(keys.t()) * k.matmul(keys.t())).sum(), q),
            q, k, keys);
    });

    /// <summary>A loss in linear memory; peer: the same with its matrix of similarities.</summary>
    private static Measurement Large(string name, string loss, long batch, long keys) => new(name, () =>
    {
        var (inputs, compute) = (new LossInputs(batch, keys, Dim), LossCases.All[loss]);

        return new(
            () => Backward(() => compute(inputs, true), inputs.A, inputs.B),
            () => Backward(() => compute(inputs, false), inputs.A, inputs.B),
            inputs.A, inputs.B, inputs.Queue);
    });

    private static Work Swapped()
    {
        List<Tensor> scores = [.. Enumerable.Range(0, 4).Select(_ => randn(Batch, Prototypes).requires_grad_())];
        List<Tensor> targets = [.. Enumerable.Range(0, 2).Select(_ => randn(Batch, Prototypes).softmax(1))];

        return new(
            () => Backward(() => SwappedPredictionLoss.Compute(scores, targets, Temperature), [.. scores]),
            () => Backward(() => stack(scores.Select(score => F.log_softmax(score, 1).sum())).sum(), [.. scores]),
            [.. scores, .. targets]);
    }

    private static Work Sinkhorn()
    {
        var scores = randn(Batch, Prototypes);

        return new(() => Scoped(() => SinkhornAssignment.Compute(scores, 0.05, 3)), () => Scoped(() => scores.softmax(1)), scores);
    }

    private static Tensor Rows() => randn(Batch, Dim).requires_grad_();

    private static Tensor Classes() => arange(Batch, dtype: int64).remainder(10);

    private static void Backward(Func<Tensor> loss, params Tensor[] leaves)
    {
        using var scope = NewDisposeScope();
        loss().backward();
        foreach (var leaf in leaves)
        {
            leaf.grad = null;
        }
    }

    private static void Scoped(Func<Tensor> compute)
    {
        using var scope = NewDisposeScope();
        _ = compute();
    }
}
