using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Evaluators;

/// <summary>Which costs are tried.</summary>
public enum SvmCostGrid
{
    /// <summary>Eleven costs from 0.01 to 1000: VISSL's.</summary>
    Vissl,

    /// <summary>Twenty-six costs from 0.0000001 to 100: Goyal et al.'s own.</summary>
    Fair,
}

/// <summary>The costs of the published protocols, and how one of them is chosen.</summary>
/// <remarks>
/// VISSL and the code of Goyal et al., "Scaling and Benchmarking Self-Supervised Visual Representation Learning", ICCV 2019, https://arxiv.org/abs/1905.01235:
/// for each class the cost with the best mean average precision (steps) over three stratified folds of the training images.
/// </remarks>
internal static class SvmCosts
{
    /// <summary>What is taken where nothing can be cross-validated, as with one positive: LIBLINEAR's default.</summary>
    public const double WithoutChoice = 1;

    private const int Folds = 3, FewestFolds = 2;

    /// <summary>The costs of a grid, in the order of its code.</summary>
    public static IReadOnlyList<double> Of(SvmCostGrid grid) => grid == SvmCostGrid.Vissl
        ? [0.01, 0.1, 1, 2, 5, 10, 15, 20, 50, 100, 1000]
        : [.. Enumerable.Range(-7, 10).Select(power => Math.Pow(10, power)), .. Enumerable.Range(4, 16).Select(power => Math.Pow(0.5, power))];

    /// <summary>The cost with the best mean over folds; the smallest of equal ones.</summary>
    /// <param name="problem">What is learned.</param>
    /// <param name="costs">Tried ones.</param>
    public static double Choose(SvmProblem problem, IReadOnlyList<double> costs)
    {
        var folds = Math.Min(Folds, Math.Min(problem.Members.Count(problem.IsPositive), problem.Members.Count(row => !problem.IsPositive(row))));
        if (folds < FewestFolds)
        {
            return WithoutChoice;
        }

        double[] rising = [.. costs.Order()];
        var sums = new double[rising.Length];
        foreach (var held in Stratified(problem, folds))
        {
            var svm = problem.Machine([.. problem.Members.Except(held)]);
            long[] targets = [.. held.Select(problem.Target)];
            for (var i = 0; i < rising.Length; i++)
            {
                svm.Solve(rising[i]);
                sums[i] += AveragePrecision.Of(svm.Decide(held), targets).Step;
            }
        }

        return rising[Array.IndexOf(sums, sums.Max())];
    }

    // Positives and negatives are dealt to the folds one by one, so that each fold has its share of both.
    private static IEnumerable<int[]> Stratified(SvmProblem problem, int folds) => problem.Members.OrderBy(row => problem.IsPositive(row))
        .Select((row, place) => (row, place)).GroupBy(item => item.place % folds, item => item.row).Select(fold => fold.Order().ToArray());
}
