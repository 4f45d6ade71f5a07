namespace Parallax.Plugins.Parts;

/// <summary>How well two labellings of the same samples agree; numbers of clusters play no part. In float64, from the table of common samples.</summary>
/// <remarks>
/// Vinh, Epps and Bailey, "Information Theoretic Measures for Clusterings Comparison", JMLR 2010, for the adjusted mutual information; Hubert and Arabie,
/// "Comparing Partitions", 1985, for the adjusted Rand index. The values are those of scikit-learn. DeepCluster's code normalises by the geometric mean, newer
/// papers by the arithmetic one: say which.
/// </remarks>
public sealed class ClusterAgreement
{
    private readonly Dictionary<(long A, long B), long> _common;
    private readonly long[] _sizesA, _sizesB;
    private readonly long _count;

    /// <param name="clusters">Cluster of each sample, [N] int64, N at least 1.</param>
    /// <param name="classes">Class of each sample, [N] int64.</param>
    /// <exception cref="ArgumentException">The shapes differ or are not [N], or there is no sample.</exception>
    public ClusterAgreement(Tensor clusters, Tensor classes)
    {
        if (clusters.shape is not [var count and > 0] || !classes.shape.AsSpan().SequenceEqual([count]))
        {
            throw new ArgumentException($"'{nameof(clusters)}' has the shape [{string.Join(", ", clusters.shape)}], '{nameof(classes)}' "
                + $"[{string.Join(", ", classes.shape)}]; expected [N] for both, with at least one sample.", nameof(classes));
        }

        using var scope = NewDisposeScope();
        var (a, b) = (clusters.cpu().data<long>().ToArray(), classes.cpu().data<long>().ToArray());
        _common = a.Zip(b).CountBy(pair => pair).ToDictionary(pair => pair.Key, pair => (long)pair.Value);
        _count = count;
        _sizesA = [.. a.CountBy(label => label).Select(label => (long)label.Value)];
        _sizesB = [.. b.CountBy(label => label).Select(label => (long)label.Value)];
        var (sizeOfA, sizeOfB) = (a.CountBy(label => label).ToDictionary(), b.CountBy(label => label).ToDictionary());
        MutualInformation = _common.Sum(cell => Share(cell.Value)
            * Math.Log((double)cell.Value * _count / ((double)sizeOfA[cell.Key.A] * sizeOfB[cell.Key.B])));
    }

    /// <summary>Mutual information divided by the arithmetic mean of both entropies, a fraction in [0, 1].</summary>
    public double ArithmeticNmi => Normalised((Entropy(_sizesA) + Entropy(_sizesB)) / 2);

    /// <summary>Mutual information divided by the geometric mean of both entropies, a fraction in [0, 1].</summary>
    public double GeometricNmi => Normalised(Math.Sqrt(Entropy(_sizesA) * Entropy(_sizesB)));

    /// <summary>Mutual information above that of chance, by the arithmetic mean: 1 for equal labellings, about 0 for independent ones.</summary>
    public double AdjustedMutualInformation
    {
        get
        {
            if (_sizesA.Length == _sizesB.Length && (_sizesA.Length == 1 || _sizesA.Length == _count))
            {
                return 1;
            }

            var expected = ExpectedMutualInformation();
            var range = ((Entropy(_sizesA) + Entropy(_sizesB)) / 2) - expected;

            return (MutualInformation - expected) / (Math.Abs(range) < double.Epsilon ? double.Epsilon : range);
        }
    }

    /// <summary>Rand index above that of chance: 1 for equal labellings, about 0 for independent ones.</summary>
    public double AdjustedRandIndex
    {
        get
        {
            var (both, inA, inB, all) = (_common.Values.Sum(Pairs), _sizesA.Sum(Pairs), _sizesB.Sum(Pairs), Pairs(_count));
            if (inA == inB && inA == both)
            {
                return 1;   // the same partition
            }

            var expected = inA * inB / all;

            return (both - expected) / (((inA + inB) / 2) - expected);
        }
    }

    /// <summary>Share of samples whose class is the most frequent one of their cluster, a fraction in (0, 1]; it grows with the number of clusters.</summary>
    public double Purity => Share(_common.GroupBy(cell => cell.Key.A).Sum(cluster => cluster.Max(cell => cell.Value)));

    private double MutualInformation { get; }

    // 0 / 0: the same partition where both have one label only, nothing in common where one of them has.
    private double Normalised(double mean) =>
        mean == 0 ? (_sizesA.Length == _sizesB.Length ? 1 : 0) : Math.Clamp(MutualInformation / mean, 0, 1);

    private double Entropy(long[] sizes) => -sizes.Sum(size => Share(size) * Math.Log(Share(size)));

    private double Share(long samples) => (double)samples / _count;

    private static double Pairs(long samples) => samples * (samples - 1.0) / 2;

    // Vinh et al., equation (24a): the mean over all ways to draw two labellings with these sizes.
    private double ExpectedMutualInformation()
    {
        var factorials = LogFactorials();
        var sum = 0.0;
        foreach (var a in _sizesA)
        {
            foreach (var b in _sizesB)
            {
                var fixedPart = factorials[a] + factorials[b] + factorials[_count - a] + factorials[_count - b] - factorials[_count];
                for (var both = Math.Max(1, a + b - _count); both <= Math.Min(a, b); both++)
                {
                    var probability = Math.Exp(
                        fixedPart - factorials[both] - factorials[a - both] - factorials[b - both] - factorials[_count - a - b + both]);
                    sum += Share(both) * Math.Log((double)_count * both / ((double)a * b)) * probability;
                }
            }
        }

        return sum;
    }

    private double[] LogFactorials()
    {
        var logs = new double[_count + 1];
        for (var i = 1; i < logs.Length; i++)
        {
            logs[i] = logs[i - 1] + Math.Log(i);
        }

        return logs;
    }
}
