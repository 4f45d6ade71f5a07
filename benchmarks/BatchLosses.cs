using BenchmarkDotNet.Attributes;
using Parallax.Plugins.Parts;

namespace Parallax.Benchmarks;

/// <summary>What does NT-Xent cost, forward and backward, over the batch? Baseline: its definition, term by term, which overflows at small
/// temperatures.</summary>
[MemoryDiagnoser]
public class BatchLosses
{
    private const int Dim = 128;
    private const double Temperature = 0.2;

    private Tensor _za = null!, _zb = null!;

    /// <summary>Images N.</summary>
    [Params(256, 512, 1024)]
    public int Batch { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        manual_seed(1);
        (_za, _zb) = (randn([Batch, Dim]).requires_grad_(), randn([Batch, Dim]).requires_grad_());
    }

    [Benchmark(Baseline = true)]
    public void ByDefinition() => Backward(() =>
    {
        var z = F.normalize(cat([_za, _zb]));                                // [2N, D]
        var similarity = (z.matmul(z.t()) / Temperature).exp();              // [2N, 2N]
        var others = similarity.sum(1) - similarity.diagonal();              // [2N]
        var partners = cat([similarity.diagonal(Batch), similarity.diagonal(-Batch)]);   // [2N]

        return (others / partners).log().mean();
    });

    [Benchmark]
    public void NTXent() => Backward(() => NTXentLoss.Compute(_za, _zb, Temperature));

    private void Backward(Func<Tensor> loss)
    {
        using var scope = NewDisposeScope();
        loss().backward();
        (_za.grad, _zb.grad) = (null, null);
    }
}
