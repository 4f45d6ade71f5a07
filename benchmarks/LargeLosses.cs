using BenchmarkDotNet.Attributes;

namespace Parallax.Benchmarks;

/// <summary>What do losses cost at the sizes of large runs, forward and backward? Baseline: written out, with the matrix of similarities.</summary>
/// <remarks>Memory of the process does not show here: <c>bench losses</c> measures it, each side in a process of its own.</remarks>
[MemoryDiagnoser]
public class LargeLosses
{
    private const int Dim = 128;

    private LossInputs _inputs = null!;

    /// <summary>Which loss.</summary>
    [Params("info-nce", "nt-xent", "dcl", "re-ssl", "sce", "ascl", "mochi")]
    public string Loss { get; set; } = null!;

    /// <summary>Images N.</summary>
    [Params(256, 1024)]
    public int Batch { get; set; }

    /// <summary>Keys K of the queue, of losses that have one.</summary>
    [Params(65536)]
    public int Keys { get; set; }

    [GlobalSetup]
    public void Setup() => _inputs = new(Batch, Keys, Dim);

    [Benchmark(Baseline = true)]
    public void WrittenOut() => Run(ours: false);

    [Benchmark]
    public void Ours() => Run(ours: true);

    private void Run(bool ours)
    {
        using var scope = NewDisposeScope();
        LossCases.All[Loss](_inputs, ours).backward();
        (_inputs.A.grad, _inputs.B.grad) = (null, null);
    }
}
