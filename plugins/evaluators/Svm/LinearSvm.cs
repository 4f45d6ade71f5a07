namespace Parallax.Plugins.Evaluators;

/// <summary>A linear support vector machine for two classes: squared hinge, quadratic penalty on weights and bias.</summary>
/// <remarks>
/// <para>Minimises (|w|² + b²) / 2 + the sum of C_i max(0, 1 - y_i (w x_i + b))², where C_i is twice the cost for positives and the cost for negatives, as in
/// VISSL's protocol. The bias is the weight of a constant feature 1 (LIBLINEAR's intercept scaling 1), so it is penalised too.</para>
/// <para>Solved in the dual, one coordinate at a time: Hsieh et al., "A Dual Coordinate Descent Method for Large-scale Linear SVM", ICML 2008, algorithm 3,
/// which is LIBLINEAR's. A later cost begins with the dual variables of the one before it. Where classes overlap and the cost is large, coordinates take
/// thousands of rounds, and the protocol's code stops short of the optimum: <see cref="SvmNewton"/> goes the rest of the way. Its system has as many unknowns
/// as a row has numbers or, where the products of rows are known, as there are rows; where they are more than 4,097, up to 2,000 rounds are taken instead, as
/// that code does.</para>
/// </remarks>
internal sealed class LinearSvm
{
    private const double Tolerance = 1e-4;
    private const int MostRounds = 2000, RoundsBeforeNewton = 50, WidestForNewton = 4097;

    private readonly SvmSpace _space;
    private readonly bool _takesNewton;
    private readonly bool[] _positive;
    private readonly double[] _dual, _squaredLengths;
    private readonly double _positiveWeight;
    private CounterRandom _random;

    /// <param name="rows">Features.</param>
    /// <param name="members">The rows that it learns from.</param>
    /// <param name="isPositive">Whether a row is positive.</param>
    /// <param name="random">Draws the order in which coordinates are visited.</param>
    /// <param name="products">Products of these rows and maybe others, where they are known.</param>
    /// <param name="positiveWeight">How often a positive counts.</param>
    public LinearSvm(
        FeatureRows rows, IReadOnlyList<int> members, Func<int, bool> isPositive, CounterRandom random, GramMatrix? products = null,
        double positiveWeight = SvmProblem.VisslPositiveWeight)
    {
        _positiveWeight = positiveWeight;
        (_space, _dual) = (products is null ? new FeatureSpace(rows, [.. members]) : new GramSpace(products, members), new double[members.Count]);
        _takesNewton = (products is null ? rows.Width : members.Count) <= WidestForNewton;
        _positive = [.. members.Select(isPositive)];
        _squaredLengths = [.. Enumerable.Range(0, members.Count).Select(_space.SquaredLength)];
        _random = random;
    }

    /// <summary>Weights of the features, and the bias as the last one: [F + 1].</summary>
    public double[] Weights => _space.Weights;

    /// <summary>Solves for a cost, from where the one before it ended.</summary>
    /// <param name="cost">C, positive.</param>
    public void Solve(double cost)
    {
        if (Descend(cost, _takesNewton ? RoundsBeforeNewton : MostRounds) || !_takesNewton)
        {
            return;
        }

        double[] costs = [.. _positive.Select(positive => positive ? _positiveWeight * cost : cost)];
        var slacks = new SvmNewton(_space, _positive, costs).Finish();
        for (var i = 0; i < _dual.Length; i++)
        {
            _dual[i] = 2 * costs[i] * slacks[i];   // what the dual variables are at the optimum
        }
    }

    /// <summary>Distances of samples from the boundary, times the length of the weights: positive on the side of the class.</summary>
    /// <param name="rows">Features, of the width that it learned from.</param>
    /// <param name="members">Which of them.</param>
    public double[] Decide(FeatureRows rows, IReadOnlyList<int> members)
    {
        var weights = Weights;

        return [.. members.Select(row => rows.Dot(row, weights))];
    }

    /// <summary>The same of rows of its own problem, learned from or not.</summary>
    /// <param name="members">Which of them.</param>
    public double[] Decide(IReadOnlyList<int> members) => _space.DecideRows(members);

    /// <returns>Whether it came to the optimum.</returns>
    private bool Descend(double cost, int rounds)
    {
        int[] active = [.. Enumerable.Range(0, _space.Count)];
        var (count, bound) = (active.Length, double.PositiveInfinity);
        for (var round = 0; round < rounds; round++)
        {
            var (largest, smallest) = Round(active, ref count, bound, cost);
            if (largest - smallest <= Tolerance)
            {
                if (count == active.Length)
                {
                    return true;
                }

                (count, bound) = (active.Length, double.PositiveInfinity);   // the optimum of a part: look at all samples again
                continue;
            }

            bound = largest <= 0 ? double.PositiveInfinity : largest;
        }

        return false;
    }

    /// <summary>One pass over the active samples, in an order drawn anew. Those that sit at 0 and would go below are put behind the active ones.</summary>
    private (double Largest, double Smallest) Round(int[] active, ref int count, double bound, double cost)
    {
        var (largest, smallest) = (double.NegativeInfinity, double.PositiveInfinity);
        _random.Shuffle(active.AsSpan(0, count));
        for (var i = 0; i < count; i++)
        {
            var sample = active[i];
            var (sign, diagonal) = _positive[sample] ? (1, 0.5 / (_positiveWeight * cost)) : (-1, 0.5 / cost);
            var gradient = (sign * _space.Decide(sample)) - 1 + (diagonal * _dual[sample]);
            if (_dual[sample] == 0 && gradient > bound)
            {
                count--;
                (active[i], active[count]) = (active[count], active[i]);
                i--;
                continue;
            }

            var projected = _dual[sample] == 0 ? Math.Min(gradient, 0) : gradient;
            (largest, smallest) = (Math.Max(largest, projected), Math.Min(smallest, projected));
            if (projected != 0)
            {
                Move(sample, sign, gradient / (_squaredLengths[sample] + diagonal));
            }
        }

        return (largest, smallest);
    }

    private void Move(int sample, int sign, double by)
    {
        var before = _dual[sample];
        _dual[sample] = Math.Max(before - by, 0);
        _space.Add(sample, (_dual[sample] - before) * sign);
    }
}
