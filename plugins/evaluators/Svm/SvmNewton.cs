namespace Parallax.Plugins.Evaluators;

/// <summary>Newton's method for the squared hinge: the objective is quadratic while no sample passes the margin, so that few steps reach the optimum.</summary>
/// <remarks>Keerthi and DeCoste, "A Modified Finite Newton Method for Fast Solution of Large Scale Linear SVMs", JMLR 2005, section 3; the system is solved
/// directly, which takes rows of a few thousand numbers at most or, where the products of rows are known, a few thousand rows.</remarks>
/// <param name="space">Holds the weights.</param>
/// <param name="positive">Whether each of the rows is positive.</param>
/// <param name="costs">Cost of each of them.</param>
internal sealed class SvmNewton(SvmSpace space, IReadOnlyList<bool> positive, IReadOnlyList<double> costs)
{
    private const int MostSteps = 100, Halvings = 60;
    private const double Tolerance = 1e-9;

    /// <summary>Moves weights to the optimum.</summary>
    /// <returns>By how much each member misses the margin at the optimum, 0 where it does not.</returns>
    public double[] Finish()
    {
        var slacks = Slacks();
        for (var step = 0; step < MostSteps; step++)
        {
            double[] direction = [.. Target(slacks).Zip(space.Vector, (target, weight) => target - weight)];
            double[] changes = [.. Enumerable.Range(0, space.Count).Select(i => Sign(i) * space.Decide(i, direction))];   // of each margin, per length
            var length = Length(direction, slacks, changes);
            space.Move(direction, length);
            slacks = Slacks();
            if (length * space.Norm(direction) <= Tolerance * Math.Max(1, space.Norm(space.Vector)))
            {
                break;
            }
        }

        return [.. slacks.Select(slack => Math.Max(slack, 0))];
    }

    /// <summary>The minimum of the quadratic that holds while the same members miss the margin.</summary>
    private double[] Target(double[] slacks)
    {
        int[] missing = [.. Enumerable.Range(0, space.Count).Where(i => slacks[i] > 0)];

        return space.Minimum(missing, [.. missing.Select(i => 2 * costs[i])], [.. missing.Select(Sign)]);
    }

    // The derivative of the objective along the direction rises: its zero is the best length, at most 1, where the quadratic has its minimum.
    private double Length(double[] direction, double[] slacks, double[] changes)
    {
        var (along, squared) = (space.Product(space.Vector, direction), space.Product(direction, direction));
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

    private double[] Slacks() => [.. Enumerable.Range(0, space.Count).Select(i => 1 - (Sign(i) * space.Decide(i)))];

    private double Sign(int member) => positive[member] ? 1 : -1;
}
