namespace Parallax.Benchmarks;

/// <summary>The step of SwAV in TorchSharp alone, two views, no queue; the balanced assignments as in the authors' code.</summary>
internal sealed class PlainSwAV : PlainStep
{
    private const int Dim = 128, Hidden = 2048, Prototypes = 3000, Iterations = 3;
    private const double Temperature = 0.1, Epsilon = 0.05;
    private readonly PlainResNet18 _net = new(Mlp(PlainResNet18.Features, Hidden, Dim));
    private readonly Parameter _prototypes = new(randn(Prototypes, Dim));

    public PlainSwAV(int batch, int side)
        : base(batch, side) => Optimizer = optim.SGD([.. _net.parameters(), _prototypes], 0.03, momentum: 0.9, weight_decay: 1e-4);

    protected override optim.Optimizer Optimizer { get; }

    public override void Dispose()
    {
        base.Dispose();
        _net.Dispose();
        _prototypes.Dispose();
    }

    protected override Tensor Loss(Tensor first, Tensor second)
    {
        using (no_grad())
        {
            _prototypes.copy_(F.normalize(_prototypes, dim: 1));
        }

        var z = F.normalize(_net.call(cat([first, second])), dim: 1);   // [2N, D]
        var scores = z.matmul(_prototypes.t()).chunk(2);                // 2 of [N, K]

        return (CrossEntropy(scores[0], Assign(scores[1])) + CrossEntropy(scores[1], Assign(scores[0]))) / 2;
    }

    private static Tensor CrossEntropy(Tensor scores, Tensor targets) => -(targets * (scores / Temperature).log_softmax(1)).sum([1]).mean();

    private static Tensor Assign(Tensor scores)
    {
        using var noGradients = no_grad();
        var q = (scores / Epsilon).exp();                               // [N, K]
        for (var i = 0; i < Iterations; i++)
        {
            q /= q.sum([0], keepdim: true);
            q /= q.sum([1], keepdim: true);
        }

        return q;
    }
}
