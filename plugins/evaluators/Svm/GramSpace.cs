using System.Numerics;

namespace Parallax.Plugins.Evaluators;

/// <summary>Weights as a sum of multiples of rows, whose products are known: for fewer rows than features. Decisions are kept, not computed.</summary>
internal sealed class GramSpace : SvmSpace
{
    private readonly GramMatrix _gram;
    private readonly int[] _places;        // of the members
    private readonly double[] _decisions;  // on all rows of the matrix

    /// <param name="gram">Products of the rows.</param>
    /// <param name="members">The rows that are learned from.</param>
    public GramSpace(GramMatrix gram, IEnumerable<int> members)
    {
        (_gram, _places) = (gram, [.. members.Select(gram.Place)]);
        (Vector, _decisions) = (new double[gram.Count], new double[gram.Count]);
    }

    /// <inheritdoc/>
    public override int Count => _places.Length;

    /// <inheritdoc/>
    public override double[] Vector { get; }

    /// <inheritdoc/>
    public override double[] Weights => _gram.Sum(Vector);

    /// <inheritdoc/>
    public override double Decide(int member) => _decisions[_places[member]];

    /// <inheritdoc/>
    public override double Decide(int member, double[] vector) => Dot(_gram.Row(_places[member]), vector);

    /// <inheritdoc/>
    public override double[] DecideRows(IReadOnlyList<int> places) => [.. places.Select(row => _decisions[_gram.Place(row)])];

    /// <inheritdoc/>
    public override double SquaredLength(int member) => _gram.Row(_places[member])[_places[member]];

    /// <inheritdoc/>
    public override void Add(int member, double factor)
    {
        Vector[_places[member]] += factor;
        AddTo(_decisions, _gram.Row(_places[member]), factor);
    }

    /// <inheritdoc/>
    public override void Move(double[] direction, double length)
    {
        AddTo(Vector, direction, length);
        for (var place = 0; place < _decisions.Length; place++)
        {
            _decisions[place] = Dot(_gram.Row(place), Vector);
        }
    }

    /// <inheritdoc/>
    public override double Product(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var place = 0; place < a.Length; place++)
        {
            sum += a[place] == 0 ? 0 : a[place] * Dot(_gram.Row(place), b);
        }

        return sum;
    }

    /// <inheritdoc/>
    /// <remarks>w is the sum of b_i x_i over these rows, where (K + diag(1 / twice the cost)) b = signs, K their products.</remarks>
    public override double[] Minimum(int[] chosen, double[] twiceCosts, double[] signs)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var n = chosen.Length;
        var system = new double[n * n];
        for (var i = 0; i < n; i++)
        {
            var row = _gram.Row(_places[chosen[i]]);
            for (var j = 0; j < n; j++)
            {
                system[(i * n) + j] = row[_places[chosen[j]]];
            }

            system[(i * n) + i] += 1 / twiceCosts[i];
        }

        var vector = new double[Vector.Length];
        foreach (var (i, factor) in (n == 0 ? [] : linalg.solve(tensor(system).view(n, n), tensor(signs)).data<double>().ToArray()).Index())
        {
            vector[_places[chosen[i]]] = factor;
        }

        return vector;
    }

    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var (sum, i) = (Vector<double>.Zero, 0);
        for (; i <= a.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            sum += new Vector<double>(a[i..]) * new Vector<double>(b[i..]);
        }

        var result = System.Numerics.Vector.Sum(sum);
        for (; i < a.Length; i++)
        {
            result += a[i] * b[i];
        }

        return result;
    }

    private static void AddTo(Span<double> to, ReadOnlySpan<double> added, double factor)
    {
        var i = 0;
        for (; i <= to.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            (new Vector<double>(to[i..]) + (new Vector<double>(added[i..]) * factor)).CopyTo(to[i..]);
        }

        for (; i < to.Length; i++)
        {
            to[i] += added[i] * factor;
        }
    }
}
