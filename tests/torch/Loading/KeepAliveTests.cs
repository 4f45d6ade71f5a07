using System.Reflection;

namespace Parallax.Torch.Tests;

/// <summary>What is handed to native code lives until it returns; as shipped, TorchSharp lets a collection free numbers that are being read.</summary>
public sealed class KeepAliveTests
{
    [Fact]
    public void Methods_ThatCallNativeCode_AreNotOptimised()
    {
        var names = new[] { nameof(Tensor.pow), nameof(Tensor.pow_), nameof(Tensor.fill_), nameof(Tensor.mul_) };
        var callers = typeof(Tensor).GetMethods().Where(method => names.Contains(method.Name)
            && method.GetParameters() is [{ ParameterType: var type }] && type == typeof(Scalar)).ToList();

        Assert.Equal(names.Length, callers.Count);
        Assert.All(callers, method => Assert.True(method.MethodImplementationFlags.HasFlag(MethodImplAttributes.NoOptimization), method.Name));
    }

    [Fact]
    public void Pow_WhileGarbageIsCollected_ReadsItsNumber()
    {
        const int calls = 10_000;
        using var done = new CancellationTokenSource();
        var collector = new Thread(() =>
        {
            while (!done.IsCancellationRequested)
            {
                GC.Collect(0);
            }
        })
        {
            IsBackground = true,
        };
        collector.Start();

        var wrong = 0;
        using var three = full([8], 3f);
        for (var i = 0; i < calls; i++)
        {
            using var scope = NewDisposeScope();
            wrong += ((three.pow(2.0) * 2.0f) + 1.5)[0].item<float>() == 19.5f ? 0 : 1;
        }

        done.Cancel();
        collector.Join();
        Assert.Equal(0, wrong);
    }
}
