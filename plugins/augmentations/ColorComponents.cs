using System.Numerics;

namespace Parallax.Plugins.Augmentations;

/// <summary>The principal components of the colours of an image: orthogonal directions of unit length, that of the largest variance first.</summary>
internal static class ColorComponents
{
    /// <summary>Channels, and components.</summary>
    public const int Count = 3;

    private const int Sweeps = 12;   // of Jacobi's method, which squares what is left in each of the last ones

    /// <summary>Computes them.</summary>
    /// <param name="image">Of three channels.</param>
    /// <param name="components">Receives the three components, one after the other.</param>
    /// <returns>The mean colour.</returns>
    public static Vector3 Of(ImageBuffer image, Span<double> components)
    {
        Span<double> mean = stackalloc double[Count], covariance = stackalloc double[Count * Count];
        for (var c = 0; c < Count; c++)
        {
            mean[c] = Sum(image.Plane(c)) / image.Plane(c).Length;
        }

        for (var i = 0; i < covariance.Length; i++)
        {
            var (row, column) = Math.DivRem(i, Count);
            covariance[i] = Covariance(image.Plane(row), image.Plane(column), mean[row], mean[column]);
        }

        Diagonalise(covariance, components);
        Sort(covariance, components);

        return new((float)mean[0], (float)mean[1], (float)mean[2]);
    }

    private static double Sum(ReadOnlySpan<float> plane)
    {
        var sum = 0.0;
        foreach (var value in plane)
        {
            sum += value;
        }

        return sum;
    }

    private static double Covariance(ReadOnlySpan<float> first, ReadOnlySpan<float> second, double firstMean, double secondMean)
    {
        var sum = 0.0;
        for (var i = 0; i < first.Length; i++)
        {
            sum += (first[i] - firstMean) * (second[i] - secondMean);   // not divided by their number: directions and order are asked for
        }

        return sum;
    }

    /// <summary>Jacobi's method: rotations that take one entry beside the diagonal away after the other.</summary>
    private static void Diagonalise(Span<double> matrix, Span<double> vectors)
    {
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] = i % (Count + 1) == 0 ? 1 : 0;
        }

        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            for (var p = 0; p < Count - 1; p++)
            {
                for (var q = p + 1; q < Count; q++)
                {
                    Rotate(matrix, vectors, p, q);
                }
            }
        }
    }

    private static void Rotate(Span<double> matrix, Span<double> vectors, int p, int q)
    {
        var beside = matrix[(p * Count) + q];
        if (beside == 0)
        {
            return;
        }

        var angle = Math.Atan2(2 * beside, matrix[(q * Count) + q] - matrix[(p * Count) + p]) / 2;
        var (sine, cosine) = Math.SinCos(angle);
        for (var k = 0; k < Count; k++)
        {
            Turn(ref matrix[(k * Count) + p], ref matrix[(k * Count) + q], cosine, sine);
        }

        for (var k = 0; k < Count; k++)
        {
            Turn(ref matrix[(p * Count) + k], ref matrix[(q * Count) + k], cosine, sine);
            Turn(ref vectors[(p * Count) + k], ref vectors[(q * Count) + k], cosine, sine);
        }
    }

    private static void Turn(ref double first, ref double second, double cosine, double sine) =>
        (first, second) = ((cosine * first) - (sine * second), (sine * first) + (cosine * second));

    /// <summary>Largest variance first.</summary>
    private static void Sort(Span<double> matrix, Span<double> vectors)
    {
        for (var first = 0; first < Count - 1; first++)
        {
            for (var other = first + 1; other < Count; other++)
            {
                ref var largest = ref matrix[first * (Count + 1)];
                ref var variance = ref matrix[other * (Count + 1)];
                if (variance > largest)
                {
                    (largest, variance) = (variance, largest);
                    for (var k = 0; k < Count; k++)
                    {
                        (vectors[(first * Count) + k], vectors[(other * Count) + k]) = (vectors[(other * Count) + k], vectors[(first * Count) + k]);
                    }
                }
            }
        }
    }
}
