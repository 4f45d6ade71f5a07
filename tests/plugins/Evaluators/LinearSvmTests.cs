using Parallax.Contracts;
using Parallax.Plugins.Evaluators;

namespace Parallax.Plugins.Tests.Evaluators;

public sealed class LinearSvmTests
{
    [Fact]
    public void Solve_OnePositiveOneNegative_IsTheOptimumByHand()
    {
        // Unit rows (1) and (-1) with the constant 1: w and b minimise (w² + b²)/2 + 2 max(0, 1 - w - b)² + max(0, 1 - w + b)².
        var svm = Problem(Tensors.Matrix([1000f], [-1000f]), [1, 0]).Solved(cost: 1);

        // Gradients: w = 4 (1 - w - b) + 2 (1 - w + b) and b = 4 (1 - w - b) - 2 (1 - w + b), so w = 38/45 and b = 2/45.
        Assert.Equal(38 / 45.0, svm.Weights[0], 1e-3);
        Assert.Equal(2 / 45.0, svm.Weights[1], 1e-3);
    }

    [Theory]
    [InlineData(0.01)]
    [InlineData(1)]
    [InlineData(50)]
    public void Solve_NoisyProblem_HasNoGradientAtTheOptimum(double cost)
    {
        var (features, labels) = Noisy();
        var problem = Problem(features, labels);
        var svm = problem.Solved(cost);

        Assert.Equal(0, Gradient(problem, svm, cost).Max(Math.Abs), 2e-3 * Math.Max(1, cost));
    }

    [Theory]
    [InlineData(80)]   // separable
    [InlineData(24)]   // classes overlap: Newton's method finishes
    public void Solve_ByTheProductsOfRows_IsTheSameMachine(int width)
    {
        var (features, labels) = Noisy(width);
        var problem = Problem(features, labels) with { Members = [.. Enumerable.Range(0, 24)] };
        var (direct, known) = (problem.Machine(), (problem with { Products = GramMatrix.Of(problem.Rows, problem.Members) }).Machine());
        int[] others = [.. Enumerable.Range(24, 60)];
        foreach (var cost in new[] { 0.01, 1, 100, 1000 })
        {
            direct.Solve(cost);
            known.Solve(cost);

            Assert.All(direct.Weights.Zip(known.Weights), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
            Assert.All(direct.Decide(problem.Members).Zip(known.Decide(problem.Members)), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
            Assert.All(direct.Decide(problem.Rows, others).Zip(known.Decide(problem.Rows, others)), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public void Solve_FewWideRows_EndsAtTheOptimumOfNarrowOnes(double cost)
    {
        // 60 rows whose classes overlap, and the same with zeros behind: the optimum is that of the narrow ones, with weights 0 there.
        var (unit, labels) = Noisy();
        var features = (unit * 64).round();   // whole numbers: lengths are the same bits, however long the rows are
        var narrow = Problem(features, labels) with { Members = [.. Enumerable.Range(0, 60)] };
        var wide = narrow with { Rows = FeatureRows.Normalised(cat([features, zeros(120, 8_995)], 1)) };

        var (expected, actual) = (narrow.Solved(cost).Weights, (wide with { Products = GramMatrix.Of(wide.Rows, wide.Members) }).Solved(cost).Weights);

        Assert.Equal(9_001, actual.Length);
        Assert.All(expected.Zip([.. actual[..5], actual[^1]]), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        Assert.All(actual[5..^1], weight => Assert.Equal(0, weight));
    }

    [Fact]
    public void Products_OfRowsAndTheirConstant_AreThoseByHand()
    {
        var rows = FeatureRows.Normalised(Tensors.Matrix([1000f, 0], [-1000f, 0], [0, 1000f]));

        var products = GramMatrix.Of(rows, [2, 0, 1])!;

        Assert.Equal(3, products.Count);
        Assert.All(products.Row(products.Place(2)).ToArray().Zip([2.0, 1, 1]), pair => Assert.Equal(pair.Second, pair.First, 1e-6));
        Assert.All(products.Row(products.Place(0)).ToArray().Zip([1.0, 2, 0]), pair => Assert.Equal(pair.Second, pair.First, 1e-6));
        Assert.All(products.Sum([0, 1, 3]).Zip([-2.0, 0, 4]), pair => Assert.Equal(pair.Second, pair.First, 1e-6));
        Assert.Null(GramMatrix.Of(FeatureRows.Normalised(ones(4, 2)), [0, 1, 2, 3]));   // more rows than numbers in one
    }

    [Fact]
    public void AtOnce_SoManyMatrices_TakeNoMoreThanTheLargestOne()
    {
        var rows = FeatureRows.Normalised(ones(1, 7_000));

        Assert.Equal(1, GramMatrix.AtOnce(rows, [20, 6_000]));
        Assert.Equal(4, GramMatrix.AtOnce(rows, [3_000, 20]));   // 4 x 3,000² = 6,000²
        Assert.Equal(3, GramMatrix.AtOnce(rows, [3_001]));
        Assert.Equal(9, GramMatrix.AtOnce(rows, [6_001, 1_920]));   // the first is too large for a matrix
        Assert.Equal(int.MaxValue, GramMatrix.AtOnce(rows, [6_001]));
    }

    [Fact]
    public void Choose_ByTheProductsOfRows_IsTheSameCost()
    {
        var (features, labels) = Noisy(width: 130);
        var problem = Problem(features, labels);

        Assert.Equal(
            SvmCosts.Choose(problem, SvmCosts.Of(SvmCostGrid.Vissl)),
            SvmCosts.Choose(problem with { Products = GramMatrix.Of(problem.Rows, problem.Members) }, SvmCosts.Of(SvmCostGrid.Vissl)));
    }

    [Fact]
    public void Solve_FromASmallerCost_EndsWhereAColdStartEnds()
    {
        var (features, labels) = Noisy();
        var problem = Problem(features, labels);
        var warm = problem.Machine();
        foreach (var cost in new[] { 0.01, 0.1, 1, 10 })
        {
            warm.Solve(cost);
        }

        var cold = problem.Solved(10);

        Assert.All(warm.Weights.Zip(cold.Weights), pair => Assert.Equal(pair.First, pair.Second, 1e-2));
    }

    [Fact]
    public void Solve_Positives_CountTwice()
    {
        // As many of both in the same place: a machine that counted both alike would decide 0.
        var svm = Problem(ones(8, 1), [1, 1, 1, 1, 0, 0, 0, 0]).Solved(1000);

        Assert.Equal(1 / 3.0, svm.Decide(FeatureRows.Normalised(ones(1, 1)), [0])[0], 1e-3);   // 2 (1 - d) = 1 + d
    }

    [Fact]
    public void Solve_OtherWeightOfPositives_CountsThemSo()
    {
        var problem = Problem(ones(8, 1), [1, 1, 1, 1, 0, 0, 0, 0]) with { PositiveWeight = 3 };

        Assert.Equal(0.5, problem.Solved(1000).Decide(FeatureRows.Normalised(ones(1, 1)), [0])[0], 1e-3);   // 3 (1 - d) = 1 + d
    }

    [Fact]
    public void Solve_LargerConstant_TakesMoreOfTheDecision()
    {
        // All in one place with the constant 2: d = w + 2 b = 1/3, and the smallest w² + b² with that sum has b = 2 w.
        var rows = FeatureRows.Normalised(ones(8, 1), epsilon: 0, constant: 2);
        var weights = new SvmProblem(rows, [1, 1, 1, 1, 0, 0, 0, 0], Class: 1, [.. Enumerable.Range(0, 8)], Seed: 4).Solved(1000).Weights;

        Assert.Equal(1 / 15.0, weights[0], 1e-3);
        Assert.Equal(2 / 15.0, weights[1], 1e-3);
    }

    [Fact]
    public void Rows_WideOnes_AreMultipliedAsTheyAre()
    {
        var features = Tensors.UnitRows(3, 4, 37) * 5;   // not a multiple of any vector length
        var rows = FeatureRows.Normalised(features);
        double[] vector = [.. Enumerable.Range(0, 38).Select(i => Math.Sin(i))];
        double[] sum = new double[38];
        rows.AddTo(sum, row: 2, factor: 3);

        double[] expected = [.. Tensors.Values(features[2]).Select(value => value / (5 + 1e-5)), 1];
        Assert.Equal(38, rows.Width);
        Assert.Equal(expected.Zip(vector, (x, v) => x * v).Sum(), rows.Dot(2, vector), 1e-6);
        Assert.Equal(expected.Sum(x => x * x), rows.SquaredLength(2), 1e-6);
        Assert.All(expected.Zip(sum), pair => Assert.Equal(3 * pair.First, pair.Second, 1e-6));
    }

    [Fact]
    public void Choose_OnePositive_HasNothingToChooseBy() =>
        Assert.Equal(SvmCosts.WithoutChoice, SvmCosts.Choose(Problem(Tensors.UnitRows(1, 6, 3), [1, 0, 0, 0, 0, 0]), [5, 7]));

    [Fact]
    public void Choose_AllCostsAlike_TakesTheSmallest()
    {
        var separable = cat([ones(6, 1), -ones(6, 1)]);

        Assert.Equal(0.5, SvmCosts.Choose(Problem(separable, [1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0]), [20, 0.5, 3]));
    }

    private static SvmProblem Problem(Tensor features, long[] labels) =>
        new(FeatureRows.Normalised(features), labels, Class: 1, [.. Enumerable.Range(0, labels.Length)], Seed: 4);

    private static (Tensor Features, long[] Labels) Noisy(int width = 5)
    {
        var features = Tensors.UnitRows(9, 120, width);
        using var generator = new Generator(2);
        var noise = randn([120], generator: generator) * 0.4;

        return (features, [.. (features.select(1, 0) + noise > 0).to(int64).data<long>()]);
    }

    private static double[] Gradient(SvmProblem problem, LinearSvm svm, double cost)
    {
        double[] gradient = [.. svm.Weights];
        foreach (var row in problem.Members)
        {
            var (sign, weight) = problem.IsPositive(row) ? (1, 2 * cost) : (-1, cost);
            var slack = Math.Max(0, 1 - (sign * problem.Rows.Dot(row, svm.Weights)));
            problem.Rows.AddTo(gradient, row, -2 * weight * sign * slack);
        }

        return gradient;
    }
}
