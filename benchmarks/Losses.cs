using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using Parallax.Plugins.Parts;

namespace Parallax.Benchmarks;

/// <summary>What does a contrastive loss cost, forward and backward? Baseline: its definition, term by term.</summary>
[MemoryDiagnoser]
[CategoriesColumn]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory, BenchmarkLogicalGroupRule.ByParams)]
public class Losses
{
    private const double Temperature = 0.2;
    private const string NtXentCase = "NT-Xent", InfoNceCase = "InfoNCE";

    private Tensor _za = null!, _zb = null!, _queue = null!;

    /// <summary>Images N.</summary>
    [Params(256, 1024)]
    public int Batch { get; set; }

    /// <summary>Keys K; NT-Xent has none.</summary>
    [Params(4096, 65536)]
    public int Queue { get; set; }

    /// <summary>Width D of the projections.</summary>
    [Params(128)]
    public int Dim { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        manual_seed(1);
        (_za, _zb) = (randn([Batch, Dim]).requires_grad_(), randn([Batch, Dim]).requires_grad_());
        _queue = F.normalize(randn([Queue, Dim]));
    }

    [Benchmark(Baseline = true), BenchmarkCategory(NtXentCase)]
    public void NtXentByDefinition() => Backward(() =>
    {
        var z = F.normalize(cat([_za, _zb]));                                // [2N, D]
        var similarity = (z.matmul(z.t()) / Temperature).exp();              // [2N, 2N]
        var others = similarity.sum(1) - similarity.diagonal();              // [2N]
        var partners = cat([similarity.diagonal(Batch), similarity.diagonal(-Batch)]);   // [2N]

        return (others / partners).log().mean();
    });

    [Benchmark, BenchmarkCategory(NtXentCase)]
    public void NtXent() => Backward(() => NtXentLoss.Compute(_za, _zb, Temperature));

    [Benchmark(Baseline = true), BenchmarkCategory(InfoNceCase)]
    public void InfoNceByDefinition() => Backward(() =>
    {
        var (q, k) = (F.normalize(_za), F.normalize(_zb.detach()));          // [N, D]
        var positive = ((q * k).sum(1) / Temperature).exp();                 // [N]
        var negatives = (q.matmul(_queue.t()) / Temperature).exp().sum(1);   // [N]

        return ((positive + negatives) / positive).log().mean();
    });

    [Benchmark, BenchmarkCategory(InfoNceCase)]
    public void InfoNce() => Backward(() => InfoNceLoss.Compute(_za, _zb, _queue, Temperature));

    private void Backward(Func<Tensor> loss)
    {
        using var scope = NewDisposeScope();
        loss().backward();
        (_za.grad, _zb.grad) = (null, null);
    }
}
