namespace Parallax.Benchmarks.Tests.Gate.Baselines;

public sealed class CountComparisonTests
{
    private const string Name = "losses/one";

    [Theory]
    [InlineData("operators", 100, 100, Outcome.Pass)]
    [InlineData("operators", 100, 101, Outcome.Fail)]
    [InlineData("operators", 100, 99, Outcome.Pass)]
    [InlineData("managed-bytes", 1000, 1256, Outcome.Pass)]
    [InlineData("managed-bytes", 1000, 1257, Outcome.Fail)]
    [InlineData("managed-bytes", 100_000, 101_000, Outcome.Pass)]
    [InlineData("managed-bytes", 100_000, 101_001, Outcome.Fail)]
    [InlineData("managed-bytes", 0, 257, Outcome.Fail)]
    [InlineData("native-peak-bytes", 1_000_000, 1_010_001, Outcome.Fail)]
    public void Compare_Growth_FailsBeyondTheToleranceOfItsKind(string kind, double before, double here, object expected)
    {
        Assert.Equal((Outcome)expected, RowOf(Baseline((kind, before)), Counts((kind, here)), kind).Outcome);
    }

    [Fact]
    public void Compare_FewerThanBefore_TellsThatItCanBeAccepted()
    {
        Assert.Contains("--accept", RowOf(Baseline(("tensors", 10)), Counts(("tensors", 9)), "tensors").Note, StringComparison.Ordinal);
    }

    [Fact]
    public void Compare_NumberOnlyHere_IsNew()
    {
        Assert.Equal(Outcome.New, RowOf(Baseline(), Counts(("tensors", 9)), "tensors").Outcome);
    }

    [Fact]
    public void Compare_NumberOnlyInTheBaseline_IsMissing()
    {
        Assert.Equal(Outcome.Missing, RowOf(Baseline(("tensors", 9)), Counts(), "tensors").Outcome);
    }

    [Fact]
    public void Compare_MeasurementOnlyInTheBaseline_IsMissingWhenItIsWanted()
    {
        var comparison = new CountComparison(Baseline(("tensors", 9)), FakeProcess.Here);

        Assert.Equal(Outcome.Missing, Assert.Single(comparison.Compare(new Dictionary<string, Answer>(), ["losses/*"])).Outcome);
        Assert.Empty(comparison.Compare(new Dictionary<string, Answer>(), ["steps/*"]));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Compare_NoFiniteNumber_IsInvalid(double number)
    {
        Assert.Equal(Outcome.Invalid, RowOf(Baseline(("tensors", 9)), Counts(("tensors", number)), "tensors").Outcome);
    }

    [Fact]
    public void Compare_MeasurementThatThrew_IsInvalidOnce()
    {
        var rows = new CountComparison(Baseline(("tensors", 9)), FakeProcess.Here)
            .Compare(new Dictionary<string, Answer> { [Name] = new() { Error = "shapes differ" } }, []);

        Assert.Equal((Outcome.Invalid, "shapes differ"), (Assert.Single(rows).Outcome, rows[0].Note));
    }

    [Fact]
    public void Compare_DiffersFromCallToCall_IsInconclusive()
    {
        var answer = new Answer { Counts = new() { Numbers = new Dictionary<string, double> { ["tensors"] = 9 }, Unsteady = ["tensors"] } };

        Assert.Equal(Outcome.Inconclusive, RowOf(Baseline(("tensors", 9)), answer, "tensors").Outcome);
    }

    [Theory]
    [InlineData("native-peak-bytes", Outcome.NotCompared)]
    [InlineData("native-blocks", Outcome.NotCompared)]
    [InlineData("operators", Outcome.NotCompared)]
    [InlineData("managed-bytes", Outcome.Fail)]
    [InlineData("tensors", Outcome.Fail)]
    public void Compare_OtherCpuKernels_LeavesOutWhatDependsOnThem(string kind, object expected)
    {
        var other = FakeProcess.Here with { Kernels = "AVX512" };

        var row = new CountComparison(Baseline((kind, 1)), other).Compare(Measured(Counts((kind, 1_000_000))), []).Single(found => found.Number == kind);

        Assert.Equal((Outcome)expected, row.Outcome);
        Assert.Equal(row.Outcome == Outcome.NotCompared, row.Note == "CPU kernels: baseline AVX2, here AVX512");
    }

    [Fact]
    public void Compare_OtherLibtorch_ComparesNothing()
    {
        var other = FakeProcess.Here with { Libtorch = "2.11" };

        var comparison = new CountComparison(Baseline(("tensors", 1), ("managed-bytes", 1)), other);
        var rows = comparison.Compare(Measured(Counts(("tensors", 1), ("managed-bytes", 1))), []);

        Assert.All(rows, row => Assert.Equal(Outcome.NotCompared, row.Outcome));
    }

    private static Row RowOf(Baseline baseline, Answer answer, string kind) =>
        new CountComparison(baseline, FakeProcess.Here).Compare(Measured(answer), []).Single(row => row.Number == kind);

    private static Dictionary<string, Answer> Measured(Answer answer) => new() { [Name] = answer };

    private static Answer Counts(params (string Kind, double Number)[] numbers) =>
        new() { Counts = new() { Numbers = numbers.ToDictionary(number => number.Kind, number => number.Number) } };

    private static Baseline Baseline(params (string Kind, double Number)[] numbers) => new(
        FakeProcess.Here, Benchmarks.Gate.Baseline.UsualTolerances, new Dictionary<string, IReadOnlyDictionary<string, double>>
        {
            [Name] = numbers.ToDictionary(number => number.Kind, number => number.Number),
        });
}
