namespace Parallax.Benchmarks;

/// <summary>The step of BYOL in TorchSharp alone.</summary>
internal sealed class PlainBYOL : PlainStep
{
    private const int Hidden = 1024, Dim = 256;
    private const double Momentum = 0.996;
    private readonly PlainResNet18 _online = new(Mlp(PlainResNet18.Features, Hidden, Dim)), _target = new(Mlp(PlainResNet18.Features, Hidden, Dim));
    private readonly Module<Tensor, Tensor> _predictor = Mlp(Dim, Hidden, Dim);

    public PlainBYOL(int batch, int side)
        : base(batch, side)
    {
        Copy(_online, _target);
        Optimizer = optim.SGD([.. _online.parameters(), .. _predictor.parameters()], 0.03, momentum: 0.9, weight_decay: 1e-4);
    }

    protected override optim.Optimizer Optimizer { get; }

    public override void Dispose()
    {
        base.Dispose();
        _online.Dispose();
        _target.Dispose();
        _predictor.Dispose();
    }

    protected override Tensor Loss(Tensor first, Tensor second)
    {
        var (pa, pb) = (_predictor.call(_online.call(first)), _predictor.call(_online.call(second)));
        Tensor ta, tb;
        using (no_grad())
        {
            (ta, tb) = (_target.call(first), _target.call(second));
        }

        return Distance(pa, tb) + Distance(pb, ta);
    }

    protected override void AfterUpdate() => Follow(_online, _target, Momentum);

    private static Tensor Distance(Tensor p, Tensor t) => (2 - (2 * (F.normalize(p, dim: 1) * F.normalize(t, dim: 1)).sum([1]))).mean();
}
