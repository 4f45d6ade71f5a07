namespace Parallax.Benchmarks;

/// <summary>The step of SimCLR in TorchSharp alone.</summary>
internal sealed class PlainSimCLR : PlainStep
{
    private const double Temperature = 0.5;
    private readonly PlainResNet18 _net = new(Mlp(PlainResNet18.Features, 512, 128));

    public PlainSimCLR(int batch, int side)
        : base(batch, side) => Optimizer = optim.SGD(_net.parameters(), 0.03, momentum: 0.9, weight_decay: 1e-4);

    protected override optim.Optimizer Optimizer { get; }

    public override void Dispose()
    {
        base.Dispose();
        _net.Dispose();
    }

    protected override Tensor Loss(Tensor first, Tensor second)
    {
        var (n, z) = (first.shape[0], F.normalize(_net.call(cat([first, second])), dim: 1));   // [2N, D]
        var logits = z.matmul(z.t()) / Temperature;
        var others = logits.masked_fill(eye(2 * n).to(@bool), double.NegativeInfinity);

        return F.cross_entropy(others, cat([arange(n) + n, arange(n)]));
    }
}
