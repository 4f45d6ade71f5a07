using BenchmarkDotNet.Attributes;

namespace Parallax.Benchmarks;

/// <summary>Attention alone, forward and backward, 6 heads of 64: the definition, libtorch's fused kernel, and what the product takes.</summary>
/// <remarks>In bfloat16 the fused kernel is slower than the definition on CPUs without matrix units for it: why the product does not take it there.</remarks>
[MemoryDiagnoser]
public class AttentionKernels
{
    private const int AllTokens = 6400, Heads = 6, HeadDim = 64;

    private Tensor _q = null!, _k = null!, _v = null!;

    /// <summary>Tokens of an image; as many images as make about 6,400.</summary>
    [Params(50, 197, 785)]
    public int Tokens { get; set; }

    /// <summary>Inputs in bfloat16.</summary>
    [Params(false, true)]
    public bool Bf16 { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        manual_seed(1);
        (_q, _k, _v) = (Random(), Random(), Random());
    }

    [Benchmark(Baseline = true)]
    public void ByDefinition() => Backward(() => (_q / Math.Sqrt(HeadDim)).matmul(_k.transpose(-2, -1)).softmax(-1).matmul(_v));

    [Benchmark]
    public void Fused() => Backward(() => F.scaled_dot_product_attention(_q, _k, _v));

    [Benchmark]
    public void Ours() => Backward(() => Plugins.Parts.Attention.Attend(_q, _k, _v));

    private Tensor Random() =>
        randn([AllTokens / Tokens, Tokens, Heads, HeadDim]).to(Bf16 ? bfloat16 : float32).transpose(1, 2).detach().requires_grad_();

    private void Backward(Func<Tensor> attend)
    {
        using var scope = NewDisposeScope();
        attend().sum().backward();
        (_q.grad, _k.grad, _v.grad) = (null, null, null);
    }
}
