using BenchmarkDotNet.Attributes;

namespace Parallax.Benchmarks;

/// <summary>A block of a ViT-S, forward and backward: ours beside one with attention by its definition.</summary>
[MemoryDiagnoser]
public class AttentionBlock
{
    private BlockStep _plain = null!, _ours = null!;

    /// <summary>Tokens of an image: 224 pixels in patches of 32, 16 and 8, and one for the class.</summary>
    [Params(50, 197, 785)]
    public int Tokens { get; set; }

    /// <summary>Autocast to bfloat16.</summary>
    [Params(false, true)]
    public bool Bf16 { get; set; }

    [GlobalSetup]
    public void Setup() => (_plain, _ours) = (new(isPlain: true, Bf16, Tokens), new(isPlain: false, Bf16, Tokens));

    [GlobalCleanup]
    public void Cleanup()
    {
        _plain.Dispose();
        _ours.Dispose();
    }

    [Benchmark(Baseline = true)]
    public double ByDefinition() => _plain.Step();

    [Benchmark]
    public double Ours() => _ours.Step();
}
