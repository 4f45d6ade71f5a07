using BenchmarkDotNet.Attributes;

namespace Parallax.Benchmarks;

/// <summary>Is <c>scaled_dot_product_attention</c> faster than its definition, forward and backward? 64 numbers per head, 32 images.</summary>
/// <remarks>libtorch before 2.0 has no fused kernel, so there the two differ by temporaries only.</remarks>
[MemoryDiagnoser]
public class Attention
{
    private const int Images = 32, HeadDim = 64;

    private Tensor _q = null!, _k = null!, _v = null!;

    /// <summary>Tokens of an image: 8 x 8 or 14 x 14 patches, and one for the class.</summary>
    [Params(65, 197)]
    public int Tokens { get; set; }

    /// <summary>Heads.</summary>
    [Params(3, 6)]
    public int Heads { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        manual_seed(1);
        (_q, _k, _v) = (Random(), Random(), Random());
    }

    [Benchmark(Baseline = true)]
    public void ByDefinition() => Backward(() => (_q.matmul(_k.transpose(-2, -1)) / Math.Sqrt(HeadDim)).softmax(-1).matmul(_v));

    [Benchmark]
    public void ScaledDotProduct() => Backward(() => F.scaled_dot_product_attention(_q, _k, _v));

    private Tensor Random() => randn([Images, Heads, Tokens, HeadDim]).requires_grad_();

    private void Backward(Func<Tensor> attend)
    {
        using var scope = NewDisposeScope();
        attend().sum().backward();
        (_q.grad, _k.grad, _v.grad) = (null, null, null);
    }
}
