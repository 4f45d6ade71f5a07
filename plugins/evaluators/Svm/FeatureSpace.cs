namespace Parallax.Plugins.Evaluators;

/// <summary>Weights as they are, one for each feature: for more rows than features.</summary>
/// <param name="rows">Features.</param>
/// <param name="members">The rows that are learned from.</param>
internal sealed class FeatureSpace(FeatureRows rows, int[] members) : SvmSpace
{
    private const long ChunkValues = 1 << 22;

    /// <inheritdoc/>
    public override int Count => members.Length;

    /// <inheritdoc/>
    public override double[] Vector { get; } = new double[rows.Width];

    /// <inheritdoc/>
    public override double[] Weights => Vector;

    /// <inheritdoc/>
    public override double Decide(int member) => rows.Dot(members[member], Vector);

    /// <inheritdoc/>
    public override double Decide(int member, double[] vector) => rows.Dot(members[member], vector);

    /// <inheritdoc/>
    public override double[] DecideRows(IReadOnlyList<int> places) => [.. places.Select(row => rows.Dot(row, Vector))];

    /// <inheritdoc/>
    public override double SquaredLength(int member) => rows.SquaredLength(members[member]);

    /// <inheritdoc/>
    public override void Add(int member, double factor) => rows.AddTo(Vector, members[member], factor);

    /// <inheritdoc/>
    public override void Move(double[] direction, double length)
    {
        for (var i = 0; i < Vector.Length; i++)
        {
            Vector[i] += length * direction[i];
        }
    }

    /// <inheritdoc/>
    public override double Product(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    /// <inheritdoc/>
    public override double[] Minimum(int[] chosen, double[] twiceCosts, double[] signs)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var hessian = eye(rows.Width, dtype: float64);                                               // [F + 1, F + 1]
        var right = zeros([rows.Width], dtype: float64);                                             // [F + 1]
        foreach (var part in Enumerable.Range(0, chosen.Length).Chunk((int)Math.Max(1, ChunkValues / rows.Width)))
        {
            using var inner = NewDisposeScope();
            var x = rows.Matrix([.. part.Select(i => members[chosen[i]])]);                          // [n, F + 1]
            var weighted = x * tensor(twiceCosts[part[0]..(part[^1] + 1)]).unsqueeze(1);             // [n, F + 1]
            hessian.add_(x.t().matmul(weighted));
            right.add_(weighted.t().mv(tensor(signs[part[0]..(part[^1] + 1)])));
        }

        return [.. linalg.solve(hessian, right).data<double>()];
    }
}
