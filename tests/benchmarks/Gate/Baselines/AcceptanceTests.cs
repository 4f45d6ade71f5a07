using Parallax.Contracts;

namespace Parallax.Benchmarks.Tests.Gate.Baselines;

public sealed class AcceptanceTests : IDisposable
{
    private static readonly Row[] Rows = [Row("b/two", "tensors", 2), Row("a/one", "tensors", 1), Row("a/one", "operators", 5)];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parallax baseline ");

    private string File => Path.Combine(_folder.FullName, "baseline.json");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Of_WithAFilter_ChangesNothingElse()
    {
        var old = Acceptance.Of(null, FakeProcess.Here, Rows, NumberKind.Counts, []);

        var accepted = Acceptance.Of(old, FakeProcess.Here, [Row("a/one", "tensors", 7)], NumberKind.Counts, ["a/*"]);

        Assert.Equal(7, accepted.NumberOf("a/one", NumberKind.Tensors));
        Assert.Null(accepted.NumberOf("a/one", NumberKind.Operators));
        Assert.Equal(2, accepted.NumberOf("b/two", NumberKind.Tensors));
    }

    [Fact]
    public void Of_CountsOnly_KeepsRatios()
    {
        var old = Acceptance.Of(null, FakeProcess.Here, [.. Rows, Row("a/one", "ratio", 0.51234)], NumberKind.All, []);

        var accepted = Acceptance.Of(old, FakeProcess.Here with { Processor = "another" }, Rows, NumberKind.Counts, []);

        Assert.Equal(0.512, accepted.NumberOf("a/one", NumberKind.Ratio));
        Assert.Equal("a processor", accepted.Environment.Processor);
    }

    [Fact]
    public void Of_MeasurementThatIsNoMore_IsRemoved()
    {
        var old = Acceptance.Of(null, FakeProcess.Here, Rows, NumberKind.Counts, []);

        var accepted = Acceptance.Of(old, FakeProcess.Here, [Row("a/one", "tensors", 1), new("b/two", "tensors", Outcome.Missing)], NumberKind.Counts, []);

        Assert.Equal(["a/one"], accepted.Measurements.Keys);
    }

    [Fact]
    public void Of_APartInAnotherEnvironment_Throws()
    {
        var old = Acceptance.Of(null, FakeProcess.Here, Rows, NumberKind.Counts, []);

        var error = Assert.Throws<ConfigurationException>(
            () => Acceptance.Of(old, FakeProcess.Here with { Kernels = "AVX512" }, Rows, NumberKind.Counts, []));

        Assert.Contains("CPU kernels: baseline AVX2, here AVX512", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_NoNumber_Throws()
    {
        Assert.Throws<ConfigurationException>(() => Acceptance.Of(null, FakeProcess.Here, [Row("a/one", "tensors", double.NaN)], NumberKind.Counts, []));
    }

    [Fact]
    public void Write_ThenRead_IsTheSame()
    {
        var baseline = Acceptance.Of(null, FakeProcess.Here, Rows, NumberKind.Counts, []);

        baseline.Write(File);
        var read = Baseline.Read(File)!;

        Assert.Equal(baseline.Environment, read.Environment);
        Assert.Equal(2, read.NumberOf("b/two", NumberKind.Tensors));
        Assert.Equal(baseline.ToleranceOf(NumberKind.ManagedBytes), read.ToleranceOf(NumberKind.ManagedBytes));
    }

    [Fact]
    public void Write_AnyOrder_IsTheSameTextWithOneNumberALine()
    {
        Acceptance.Of(null, FakeProcess.Here, Rows, NumberKind.Counts, []).Write(File);
        var first = System.IO.File.ReadAllText(File);
        Acceptance.Of(null, FakeProcess.Here, [.. Rows.Reverse()], NumberKind.Counts, []).Write(File);

        Assert.Equal(first, System.IO.File.ReadAllText(File));
        Assert.Contains("    \"a/one\": {\n      \"operators\": 5,\n      \"tensors\": 1\n    },\n    \"b/two\": {\n", first, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{}")]
    [InlineData("[1]")]
    public void Read_NoBaseline_NamesTheFile(string text)
    {
        System.IO.File.WriteAllText(File, text);

        var error = Assert.Throws<ConfigurationException>(() => Baseline.Read(File));

        Assert.Contains(File, error.Message, StringComparison.Ordinal);
    }

    private static Row Row(string measurement, string number, double here) => new(measurement, number, Outcome.Pass) { Here = here };
}
