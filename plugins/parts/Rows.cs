namespace Parallax.Plugins.Parts;

/// <summary>Checks and normalisation of [N, D] matrices whose rows are feature vectors.</summary>
public static class Rows
{
    private const long NumbersOfSample = 1 << 21;
    private const double SmallestNorm = 1e-12;

    /// <summary>Rows of length one, in float32: half precision loses the small differences between similar features.</summary>
    /// <param name="features">[N, D], any floating-point type.</param>
    /// <returns>[N, D] float32; a row of zeros stays zero.</returns>
    /// <remarks>Divides by max(norm, 1e-12), as PyTorch's <c>normalize</c>.</remarks>
    /// <exception cref="ArgumentException">The tensor is not [N, D].</exception>
    public static Tensor Unit(Tensor features)
    {
        RequireMatrix(features, nameof(features));

        return F.normalize(features.to(float32), dim: 1);
    }

    /// <summary>Makes rows of length one of a large matrix without a second one: the numbers of <see cref="Unit"/>.</summary>
    /// <param name="features">[N, D] float32; changed in place.</param>
    internal static void MakeUnit(Tensor features)
    {
        using var scope = NewDisposeScope();
        features.div_(features.norm(1, keepdim: true).clamp_min(SmallestNorm));
    }

    /// <summary>The first rows of a batch, so many that their similarities to some columns stay below 8 MiB: for diagnostics.</summary>
    internal static Tensor Sample(Tensor rows, long columns) => rows.narrow(0, 0, Math.Clamp(NumbersOfSample / columns, 1, rows.shape[0]));

    /// <summary>Requires a matrix.</summary>
    /// <exception cref="ArgumentException">The tensor is not [N, D].</exception>
    internal static void RequireMatrix(Tensor tensor, string name)
    {
        if (tensor.shape.Length != 2)
        {
            throw new ArgumentException($"'{name}' has the shape {Show(tensor)}; expected [N, D]: one feature vector per row.", name);
        }
    }

    /// <summary>Requires two matrices of the same shape.</summary>
    /// <exception cref="ArgumentException">A tensor is not [N, D], or the shapes differ.</exception>
    internal static void RequireSame(Tensor a, string nameOfA, Tensor b, string nameOfB)
    {
        RequireMatrix(a, nameOfA);
        RequireMatrix(b, nameOfB);
        if (!a.shape.AsSpan().SequenceEqual(b.shape))
        {
            throw new ArgumentException(
                $"'{nameOfA}' has the shape {Show(a)} and '{nameOfB}' {Show(b)}; expected the same [N, D]: row i of both shows the same image.", nameOfB);
        }
    }

    /// <summary>Requires two matrices with rows of the same length.</summary>
    /// <exception cref="ArgumentException">A tensor is not a matrix, or the lengths of their rows differ.</exception>
    internal static void RequireSameWidth(Tensor a, string nameOfA, Tensor b, string nameOfB)
    {
        RequireMatrix(a, nameOfA);
        RequireMatrix(b, nameOfB);
        if (a.shape[1] != b.shape[1])
        {
            throw new ArgumentException($"'{nameOfA}' has the shape {Show(a)} and '{nameOfB}' {Show(b)}; expected rows of the same length.", nameOfB);
        }
    }

    /// <summary>Requires numbers of float32.</summary>
    /// <exception cref="ArgumentException">The tensor has another type.</exception>
    internal static void RequireFloat32(Tensor tensor, string name)
    {
        if (tensor.dtype != float32)
        {
            throw new ArgumentException($"'{name}' is {tensor.dtype}; expected float32. Rows.Unit makes rows of length one in float32 of any type.", name);
        }
    }

    /// <summary>Requires a temperature that can divide.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not a positive, finite number.</exception>
    internal static void RequireTemperature(double temperature)
    {
        if (!(temperature > 0) || double.IsInfinity(temperature))
        {
            throw new ArgumentOutOfRangeException(nameof(temperature), temperature, "A temperature is a positive, finite number.");
        }
    }

    /// <summary>How often the rows of a batch repeat in a stack of layers.</summary>
    /// <exception cref="ArgumentException">The stack is not [R, D] with R a multiple of the batch.</exception>
    internal static long CopiesOf(long batch, Tensor stack, string name)
    {
        RequireMatrix(stack, name);
        if (batch < 1 || stack.shape[0] % batch != 0)
        {
            throw new ArgumentException($"'{name}' has the shape {Show(stack)}; expected a multiple of {batch} rows: the same images once per layer.", name);
        }

        return stack.shape[0] / batch;
    }

    private static string Show(Tensor tensor) => $"[{string.Join(", ", tensor.shape)}]";
}
