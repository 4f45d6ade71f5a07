using System.Runtime.CompilerServices;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using Parallax.Engine;

namespace Parallax.Benchmarks;

/// <summary>What does the binding add to an operator of libtorch? One thread, no gradients.</summary>
/// <remarks>
/// Baseline: the same boxed call on raw handles. <see cref="Calls"/> results share a dispose scope, as the operators of a module do.
/// The same work in Python: <c>benchmarks/peers/operator_overhead.py</c>.
/// </remarks>
[MemoryDiagnoser]
[CategoriesColumn]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
public unsafe class OperatorOverhead
{
    private const int Calls = 16;
    private const string AddCase = "add 8", MulCase = "mul scalar 8", MmCase = "mm 64x64", LayerNormCase = "layer_norm 32x128", ItemCase = "item", ShapeCase = "shape";

    private static readonly long[] NormalizedShape = [128];

    private readonly long[] _pinnedShape = GC.AllocateArray<long>(1, pinned: true);
    private Tensor _small = null!, _other = null!, _scalar = null!, _square = null!, _rows = null!, _weight = null!, _bias = null!;
    private NativeCall _add = null!, _mul = null!, _mm = null!, _layerNorm = null!;
    private float _sum;
    private long _length;

    [GlobalSetup]
    public void Setup()
    {
        torch.set_num_threads(1);
        torch.set_grad_enabled(false);
        (_small, _other, _scalar, _square) = (rand([8]), rand([8]), tensor(0.5f), rand([64, 64]));
        (_rows, _weight, _bias) = (rand([32, 128]), rand([128]), rand([128]));
        NormalizedShape.CopyTo(_pinnedShape, 0);
        _add = new("aten::add", "Tensor", Value.Of(_small), Value.Of(_other));
        _mul = new("aten::mul", "Scalar", Value.Of(_small), Value.Of(2.0));
        _mm = new("aten::mm", "", Value.Of(_square), Value.Of(_square));
        _layerNorm = new("aten::layer_norm", "", Value.Of(_rows), Value.Of(_pinnedShape, (long*)Unsafe.AsPointer(ref _pinnedShape[0])), Value.Of(_weight), Value.Of(_bias), Value.Of(1e-5));
    }

    [GlobalCleanup]
    public void Cleanup() => torch.set_grad_enabled(true);

    [Benchmark(Baseline = true, OperationsPerInvoke = Calls), BenchmarkCategory(AddCase)]
    public void AddNative() => _add.Run(Calls);

    [Benchmark(OperationsPerInvoke = Calls), BenchmarkCategory(AddCase)]
    public void Add()
    {
        using var scope = NewDisposeScope();
        for (var i = 0; i < Calls; i++)
        {
            _ = _small + _other;
        }
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Calls), BenchmarkCategory(MulCase)]
    public void MulNative() => _mul.Run(Calls);

    [Benchmark(OperationsPerInvoke = Calls), BenchmarkCategory(MulCase)]
    public void Mul()
    {
        using var scope = NewDisposeScope();
        for (var i = 0; i < Calls; i++)
        {
            _ = _small * 2.0;
        }
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Calls), BenchmarkCategory(MmCase)]
    public void MmNative() => _mm.Run(Calls);

    [Benchmark(OperationsPerInvoke = Calls), BenchmarkCategory(MmCase)]
    public void Mm()
    {
        using var scope = NewDisposeScope();
        for (var i = 0; i < Calls; i++)
        {
            _ = mm(_square, _square);
        }
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Calls), BenchmarkCategory(LayerNormCase)]
    public void LayerNormNative() => _layerNorm.Run(Calls);

    [Benchmark(OperationsPerInvoke = Calls), BenchmarkCategory(LayerNormCase)]
    public void LayerNorm()
    {
        using var scope = NewDisposeScope();
        for (var i = 0; i < Calls; i++)
        {
            _ = F.layer_norm(_rows, NormalizedShape, _weight, _bias);
        }
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Calls), BenchmarkCategory(ItemCase)]
    public void ItemNative()
    {
        for (var i = 0; i < Calls; i++)
        {
            int kind;
            long integer;
            double real, imaginary;
            _ = Native.px_item(_scalar.Handle, &kind, &integer, &real, &imaginary);
            _sum += (float)real;
        }
    }

    [Benchmark(OperationsPerInvoke = Calls), BenchmarkCategory(ItemCase)]
    public void Item()
    {
        for (var i = 0; i < Calls; i++)
        {
            _sum += _scalar.item<float>();
        }
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Calls), BenchmarkCategory(ShapeCase)]
    public void ShapeNative()
    {
        long size;
        for (var i = 0; i < Calls; i++)
        {
            Native.px_sizes(_small.Handle, &size);
            _length += size;
        }
    }

    [Benchmark(OperationsPerInvoke = Calls), BenchmarkCategory(ShapeCase)]
    public void Shape()
    {
        for (var i = 0; i < Calls; i++)
        {
            _length += _small.shape.Length;
        }
    }
}
