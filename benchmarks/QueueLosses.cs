using BenchmarkDotNet.Attributes;
using Parallax.Plugins.Parts;

namespace Parallax.Benchmarks;

/// <summary>What does InfoNCE cost, forward and backward, over queue and width? Baseline: its definition, term by term, which overflows at small
/// temperatures.</summary>
[MemoryDiagnoser]
public class QueueLosses
{
    private const int Batch = 256;
    private const double Temperature = 0.2;

    private Tensor _q = null!, _k = null!, _keys = null!;

    /// <summary>Keys K.</summary>
    [Params(4096, 16384)]
    public int Queue { get; set; }

    /// <summary>Width D of the projections.</summary>
    [Params(128, 256)]
    public int Dim { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        manual_seed(1);
        (_q, _k) = (randn([Batch, Dim]).requires_grad_(), randn([Batch, Dim]));
        _keys = F.normalize(randn([Queue, Dim]));
    }

    [Benchmark(Baseline = true)]
    public void ByDefinition() => Backward(() =>
    {
        var (q, k) = (F.normalize(_q), F.normalize(_k));                     // [N, D]
        var positive = ((q * k).sum(1) / Temperature).exp();                 // [N]
        var negatives = (q.matmul(_keys.t()) / Temperature).exp().sum(1);    // [N]

        return ((positive + negatives) / positive).log().mean();
    });

    [Benchmark]
    public void InfoNCE() => Backward(() => InfoNCELoss.Compute(_q, _k, _keys, Temperature));

    private void Backward(Func<Tensor> loss)
    {
        using var scope = NewDisposeScope();
        loss().backward();
        _q.grad = null;
    }
}
