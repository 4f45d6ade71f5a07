using System.Numerics;
using System.Runtime.InteropServices;

namespace Parallax.Plugins.Evaluators;

/// <summary>Rows of features in memory, each with a constant behind it for the bias: products with vectors in float64.</summary>
internal sealed class FeatureRows
{
    private const long ChunkValues = 1 << 22;

    private readonly float[] _values;

    private readonly Tensor _matrix;

    private FeatureRows(Tensor matrix) =>
        (_matrix, _values, Count, Width) = (matrix, matrix.data<float>().ToArray(), (int)matrix.shape[0], (int)matrix.shape[1]);

    /// <summary>Number of rows N.</summary>
    public int Count { get; }

    /// <summary>Width of a row, F + 1.</summary>
    public int Width { get; }

    /// <summary>Features x as x / (|x| + 1e-5): Goyal et al., ICCV 2019, and the authors' code.</summary>
    /// <param name="features">[N, F] with N at least 1.</param>
    /// <param name="epsilon">What is added to the length.</param>
    /// <param name="constant">The constant, LIBLINEAR's intercept scaling: the bias is its weight times it.</param>
    public static FeatureRows Normalised(Tensor features, double epsilon = 1e-5, double constant = 1)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var x = features.to(float32).cpu();                                    // [N, F]
        var unit = x / (x.norm(1, keepdim: true) + epsilon);                   // [N, F]
        var withBias = cat([unit, full([x.shape[0], 1], constant)], 1).contiguous();   // [N, F + 1]

        return new(withBias.MoveToOuterDisposeScope());
    }

    /// <summary>Some rows as a matrix.</summary>
    /// <param name="rows">Which, in order.</param>
    /// <returns>[n, F + 1] float64.</returns>
    public Tensor Matrix(IReadOnlyList<int> rows)
    {
        using var scope = NewDisposeScope();

        return _matrix.index_select(0, tensor(rows.Select(row => (long)row).ToArray())).to(float64).MoveToOuterDisposeScope();
    }

    /// <summary>Products of some rows with each other, the constant included.</summary>
    /// <param name="rows">Which, in order.</param>
    /// <returns>n x n numbers, row by row.</returns>
    public double[] Products(IReadOnlyList<int> rows)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var chosen = tensor(rows.Select(row => (long)row).ToArray());                                          // [n]
        var products = zeros([rows.Count, rows.Count], dtype: float64);                                         // [n, n]
        var columns = Math.Max(1, ChunkValues / rows.Count);
        for (long start = 0; start < Width; start += columns)
        {
            using var inner = NewDisposeScope();
            var part = _matrix.narrow(1, start, Math.Min(columns, Width - start)).index_select(0, chosen).to(float64);   // [n, columns]
            products.addmm_(part, part.t(), beta: 1, alpha: 1);
        }

        return products.data<double>().ToArray();
    }

    /// <summary>Product of a row with a vector of its width.</summary>
    public double Dot(int row, ReadOnlySpan<double> vector)
    {
        var values = Row(row);
        var (sum, i) = (Vector<double>.Zero, 0);
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Widen(new Vector<float>(values[i..]), out var low, out var high);
            sum += (low * new Vector<double>(vector[i..])) + (high * new Vector<double>(vector[(i + Vector<double>.Count)..]));
        }

        var result = Vector.Sum(sum);
        for (; i < values.Length; i++)
        {
            result += values[i] * vector[i];
        }

        return result;
    }

    /// <summary>Adds a multiple of a row to a vector of its width.</summary>
    public void AddTo(Span<double> vector, int row, double factor)
    {
        var values = Row(row);
        var i = 0;
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Widen(new Vector<float>(values[i..]), out var low, out var high);
            Add(vector[i..], low * factor);
            Add(vector[(i + Vector<double>.Count)..], high * factor);
        }

        for (; i < values.Length; i++)
        {
            vector[i] += factor * values[i];
        }
    }

    /// <summary>Square of the length of a row, the constant included.</summary>
    public double SquaredLength(int row)
    {
        var sum = 0.0;
        foreach (var value in Row(row))
        {
            sum += (double)value * value;
        }

        return sum;
    }

    private static void Add(Span<double> to, Vector<double> added) => (new Vector<double>(to) + added).CopyTo(to);

    private ReadOnlySpan<float> Row(int row) => MemoryMarshal.CreateReadOnlySpan(ref _values[row * (long)Width], Width);
}
