using BenchmarkDotNet.Attributes;
using Parallax.Plugins.Parts;
using Parallax.Tests;

namespace Parallax.Benchmarks;

/// <summary>What does MoCHi's hard negative mixing add to plain InfoNCE, forward and backward, and what would it cost to build the mixed vectors?</summary>
/// <remarks>N = 1024 hardest negatives, s = 1024 and s' = 128 points per query, as in the paper's table 1; 128 numbers per vector.</remarks>
[MemoryDiagnoser]
public class Mixing
{
    private const int Dim = 128, Hardest = 1024, Pairs = 1024, WithQuery = 128;
    private const double Temperature = 0.2;

    private Tensor _q = null!, _k = null!, _keys = null!;
    private MoCHiDraws _draws = null!;

    /// <summary>Queries B.</summary>
    [Params(64, 256)]
    public int Batch { get; set; }

    /// <summary>Keys K.</summary>
    [Params(4096, 16384)]
    public int Queue { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        manual_seed(1);
        using var generator = new Generator(1);
        (_q, _k, _keys) = (randn([Batch, Dim]).requires_grad_(), randn([Batch, Dim]), F.normalize(randn([Queue, Dim])));
        _draws = MoCHiDraws.Sample(new(Step: 0, TotalSteps: 1, Epoch: 0, generator), Batch, Hardest, Pairs, WithQuery, CPU);
    }

    [Benchmark(Baseline = true)]
    public void InfoNCE() => Backward(() => InfoNCELoss.Logits(_q, _k, _keys, Temperature));

    /// <summary>What training uses: the logits of mixed vectors from dot products that are there already.</summary>
    [Benchmark]
    public void MoCHiByIdentity() => Backward(() => MoCHiLogits.Compute(_q, _k, _keys, Temperature, Hardest, _draws).All);

    /// <summary>The paper's formulation: mixed vectors, normalised, then their dot products.</summary>
    [Benchmark]
    public void MoCHiMaterialised() => Backward(() =>
    {
        var plain = InfoNCELoss.Logits(_q, _k, _keys, Temperature);                         // [B, 1 + K]
        var hardest = MoCHiLogits.HardestOf(plain.narrow(1, 1, Queue), Hardest);              // [B, N]
        var (between, withQuery) = (SyntheticNegatives.BetweenNegatives(_keys, hardest, _draws), SyntheticNegatives.WithQuery(_q, _keys, hardest, _draws));
        var mixed = cat([between, withQuery], 1);                                           // [B, s + s', D]
        var synthetic = mixed.matmul(F.normalize(_q).unsqueeze(2)).squeeze(2) / Temperature;   // [B, s + s']

        return cat([plain, synthetic], 1);
    });

    private void Backward(Func<Tensor> logits)
    {
        using var scope = NewDisposeScope();
        InfoNCELoss.FromLogits(logits()).backward();
        _q.grad = null;
    }
}
