using System.Runtime.CompilerServices;

namespace Parallax.Plugins.Tests;

/// <summary>Tensors for tests, and their comparison.</summary>
internal static class Tensors
{
    /// <summary>Standard normal numbers of a seed.</summary>
    public static Tensor Normal(ulong seed, params long[] shape)
    {
        using var generator = new Generator(seed);

        return randn(shape, dtype: float32, generator: generator);
    }

    /// <summary>Normal numbers with rows of length one.</summary>
    public static Tensor UnitRows(ulong seed, long rows, long width) => F.normalize(Normal(seed, rows, width));

    /// <summary>A matrix from its rows.</summary>
    public static Tensor Matrix(params float[][] rows) => tensor(rows.SelectMany(row => row).ToArray()).view(rows.Length, rows[0].Length);

    /// <summary>A leaf that collects gradients.</summary>
    public static Tensor Leaf(Tensor values) => values.detach().clone().requires_grad_();

    public static float[] Values(Tensor values) => values.detach().contiguous().data<float>().ToArray();

    public static long[] Integers(Tensor values) => values.contiguous().data<long>().ToArray();

    public static void AssertClose(Tensor expected, Tensor actual, double tolerance = 1e-5)
    {
        Assert.Equal(expected.shape, actual.shape);
        AssertClose(Values(expected), Values(actual), tolerance);
    }

    public static void AssertClose(float[] expected, float[] actual, double tolerance = 1e-5)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance * Math.Max(1, Math.Abs(expected[i])),
                $"entry {i}: expected {expected[i]}, got {actual[i]}");
        }
    }

    public static void AssertFinite(Tensor values) => Assert.All(Values(values), value => Assert.True(float.IsFinite(value)));

    [ModuleInitializer]
    internal static void UseOneThread() => set_num_threads(1);
}
