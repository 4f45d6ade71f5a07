using Parallax.Plugins.Parts;
using Parallax.Tests;

namespace Parallax.Benchmarks;

/// <summary>Large losses, each as the product computes it and written out with its matrix of similarities.</summary>
internal static class LossCases
{
    private const double Temperature = 0.2, TeacherTemperature = 0.05;

    /// <summary>By name; the flag takes ours.</summary>
    public static readonly IReadOnlyDictionary<string, Func<LossInputs, bool, Tensor>> All = new Dictionary<string, Func<LossInputs, bool, Tensor>>
    {
        ["info-nce"] = (x, ours) =>
            ours ? InfoNCELoss.Compute(x.A, x.B, x.Queue, Temperature) : PlainLosses.InfoNCE(x.A, x.B, x.Queue, Temperature),
        ["nt-xent"] = (x, ours) => ours ? NTXentLoss.Compute(x.A, x.B, Temperature) : PlainLosses.NTXent(x.A, x.B, Temperature),
        ["dcl"] = (x, ours) => ours
            ? DCLLoss.Compute(x.A, x.B, Temperature)
            : (PlainLosses.NegativesOfPairs(x.A, x.B, Temperature) - ((F.normalize(x.A) * F.normalize(x.B)).sum(1).repeat(2) / Temperature)).mean(),
        ["moco-v3"] = (x, ours) => ours
            ? MoCoV3Loss.Compute(x.A, x.B, x.Images, Temperature)
            : 2 * Temperature * F.cross_entropy((F.normalize(x.A) / Temperature).matmul(F.normalize(x.B.detach()).t()), x.Images),
        ["re-ssl"] = (x, ours) => ours
            ? ReSSLLoss.Compute(x.A, Neighbourhood.Of(x.B, x.Queue, TeacherTemperature), x.Queue, Temperature)
            : PlainLosses.ReSSL(x.A, x.B, x.Queue, Temperature, TeacherTemperature),
        ["sce"] = (x, ours) => ours
            ? SCELoss.Compute(x.A, x.B, x.Queue, Neighbourhood.Of(x.B, x.Queue, TeacherTemperature), Temperature, 0.5, SCEPositive.ZeroLogit)
            : PlainLosses.SCE(x.A, x.B, x.Queue, Temperature, TeacherTemperature, 0.5, SCEPositive.ZeroLogit),
        ["ascl"] = (x, ours) => ours
            ? ASCLLoss.Compute(x.A, x.B, x.Queue, SoftPositives.OfQueue(x.B, x.Queue, Neighbourhood.Of(x.B, x.Queue, TeacherTemperature), TeacherTemperature, 1,
                ASCLWeighting.Adaptive), Temperature)
            : PlainLosses.ASCL(x.A, x.B, x.Queue, Temperature, TeacherTemperature, 1, ASCLWeighting.Adaptive),
        ["mochi"] = (x, ours) => ours
            ? InfoNCELoss.FromLogits(MoCHiLogits.Compute(x.A, x.B, x.Queue, Temperature, 1024, x.Draws).All)
            : InfoNCELoss.FromLogits(PlainLosses.MoCHi(x.A, x.B, x.Queue, Temperature, 1024, x.Draws)),
        ["barlow-twins"] = (x, ours) => ours ? BarlowTwinsLoss.Compute(x.A, x.B, 0.005) : PlainLosses.BarlowTwins(x.A, x.B, 0.005),
    };
}

/// <summary>Projections of two views, a queue, and what MoCHi draws; the same numbers each time. They live as long as the process.</summary>
internal sealed class LossInputs
{
    private MoCHiDraws? _draws;

    public LossInputs(long batch, long keys, long dim)
    {
        manual_seed(1);
        A = randn([batch, dim]).requires_grad_();
        B = randn([batch, dim]).requires_grad_();
        Queue = F.normalize(randn([keys, dim]));
        Images = arange(batch, dtype: int64);
    }

    public Tensor A { get; }

    public Tensor B { get; }

    public Tensor Queue { get; }

    public Tensor Images { get; }

    public MoCHiDraws Draws => _draws ??= Draw();

    private MoCHiDraws Draw()
    {
        using var generator = new Generator(1);
        var draws = MoCHiDraws.Sample(new(Step: 0, TotalSteps: 1, Epoch: 0, generator), Images.shape[0], 1024, 1024, 128, CPU);
        Array.ForEach([draws.PickI, draws.PickJ, draws.Alpha, draws.PickQuery, draws.Beta], part => part.DetachFromDisposeScope());

        return draws;
    }
}
