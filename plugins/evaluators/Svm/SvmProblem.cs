namespace Parallax.Plugins.Evaluators;

/// <summary>One class against the rest, on some of the rows.</summary>
/// <param name="Rows">Features.</param>
/// <param name="Labels">Class of each row.</param>
/// <param name="Class">The class.</param>
/// <param name="Members">The rows that it learns from.</param>
/// <param name="Seed">Seed of everything random.</param>
/// <param name="Products">Products of these rows with each other; null where the rows themselves are faster.</param>
/// <param name="PositiveWeight">How often a positive counts.</param>
internal sealed record SvmProblem(
    FeatureRows Rows, IReadOnlyList<long> Labels, int Class, IReadOnlyList<int> Members, long Seed, GramMatrix? Products = null,
    double PositiveWeight = SvmProblem.VisslPositiveWeight)
{
    /// <summary>VISSL's weight of positives.</summary>
    public const double VisslPositiveWeight = 2;

    /// <summary>Whether a row is of the class.</summary>
    public bool IsPositive(int row) => Labels[row] == Class;

    /// <summary>1 for a row of the class, else 0.</summary>
    public long Target(int row) => IsPositive(row) ? 1 : 0;

    /// <summary>A machine that learns from all of the rows, or from some.</summary>
    /// <param name="members">Which; null takes all.</param>
    public LinearSvm Machine(IReadOnlyList<int>? members = null) =>
        new(Rows, members ?? Members, IsPositive, new CounterRandom(Seed, epoch: 0, sample: Class, RandomPurpose.Order), Products, PositiveWeight);

    /// <summary>The machine with a cost.</summary>
    public LinearSvm Solved(double cost)
    {
        var svm = Machine();
        svm.Solve(cost);

        return svm;
    }
}
