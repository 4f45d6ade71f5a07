namespace Parallax.Plugins.Evaluators;

/// <summary>Newton's method for the squared hinge: the objective is quadratic while no sample passes the margin, so that few steps reach the optimum.</summary>
/// <remarks>Keerthi and DeCoste, "A Modified Finite Newton Method for Fast Solution of Large Scale Linear SVMs", JMLR 2005, section 3; the system is solved
/// directly, which takes rows of a few thousand numbers at most.</remarks>
/// <param name="rows">Features.</param>
/// <param name="members">The rows that are learned from.</param>
/// <param name="positive">Whether each of them is positive.</param>
/// <param name="costs">Cost of each of them.</param>
internal sealed class SvmNewton(FeatureRows rows, IReadOnlyList<int> members, IReadOnlyList<bool> positive, IReadOnlyList<double> costs)
{
    private const int MostSteps = 100, Halvings = 60;
    private const long ChunkValues = 1 << 22;
    private const double Tolerance = 1e-9;

    /// <summary>Moves weights to the optimum.</summary>
    /// <param name="weights">[F + 1]; changed in place.</param>
    /// <returns>By how much each member misses the margin at the optimum, 0 where it does not.</returns>
    public double[] Finish(double[] weights)
    {
        var slacks = Slacks(weights);
        for (var step = 0; step < MostSteps; step++)
        {
            double[] direction = [.. Target(slacks).Zip(weights, (target, weight) => target - weight)];
            var changes = Signed(direction);   // of each margin, per length of the step
            var length = Length(weights, direction, slacks, changes);
            for (var i = 0; i < weights.Length; i++)
            {
                weights[i] += length * direction[i];
            }

            slacks = Slacks(weights);
            if (length * Norm(direction) <= Tolerance * Math.Max(1, Norm(weights)))
            {
                break;
            }
        }

        return [.. slacks.Select(slack => Math.Max(slack, 0))];
    }

    /// <summary>The minimum of the quadratic that holds while the same members miss the margin.</summary>
    private double[] Target(double[] slacks)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var hessian = eye(rows.Width, dtype: float64);                                               // [F + 1, F + 1]
        var right = zeros([rows.Width], dtype: float64);                                             // [F + 1]
        int[] missing = [.. Enumerable.Range(0, members.Count).Where(i => slacks[i] > 0)];
        foreach (var part in missing.Chunk((int)Math.Max(1, ChunkValues / rows.Width)))
        {
            using var inner = NewDisposeScope();
            var x = rows.Matrix([.. part.Select(i => members[i])]);                                  // [n, F + 1]
            var twice = tensor(part.Select(i => 2 * costs[i]).ToArray());                            // [n]
            var signs = tensor(part.Select(i => Sign(i)).ToArray());                                 // [n]
            var weighted = x * twice.unsqueeze(1);                                                   // [n, F + 1]
            hessian.add_(x.t().matmul(weighted));
            right.add_(weighted.t().mv(signs));
        }

        return [.. linalg.solve(hessian, right).data<double>()];
    }

    // The derivative of the objective along the direction rises: its zero is the best length, at most 1, where the quadratic has its minimum.
    private double Length(double[] weights, double[] direction, double[] slacks, double[] changes)
    {
        var (along, squared) = (Product(weights, direction), Product(direction, direction));
        if (Derivative(1) <= 0)
        {
            return 1;
        }

        var (low, high) = (0.0, 1.0);
        for (var i = 0; i < Halvings; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = Derivative(middle) > 0 ? (low, middle) : (middle, high);
        }

        return high;

        double Derivative(double length)
        {
            var sum = along + (length * squared);
            for (var i = 0; i < slacks.Length; i++)
            {
                sum -= 2 * costs[i] * changes[i] * Math.Max(0, slacks[i] - (length * changes[i]));
            }

            return sum;
        }
    }

    private double[] Slacks(double[] weights) => [.. Signed(weights).Select(margin => 1 - margin)];

    private double[] Signed(double[] vector) => [.. Enumerable.Range(0, members.Count).Select(i => Sign(i) * rows.Dot(members[i], vector))];

    private double Sign(int member) => positive[member] ? 1 : -1;

    private static double Product(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    private static double Norm(double[] vector) => Math.Sqrt(Product(vector, vector));
}
