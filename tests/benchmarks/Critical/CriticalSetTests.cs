using System.Text.RegularExpressions;
using Parallax.Benchmarks.Critical;

namespace Parallax.Benchmarks.Tests.Critical;

public sealed class CriticalSetTests
{
    [Fact]
    public void Names_AreGroupAndName_AndEachIsThereOnce()
    {
        var names = CriticalSet.All.Select(measurement => measurement.Name).ToList();

        Assert.All(names, name => Assert.Matches(new Regex("^[a-z]+/[a-z0-9]+(-[a-z0-9]+)*$"), name));
        Assert.Equal(names.Distinct(), names);
    }

    [Fact]
    public void Set_CoversEveryGroup()
    {
        Assert.Equal(
            ["attention", "augmentations", "input", "losses", "momentum", "optimizers", "steps"],
            CriticalSet.All.Select(measurement => measurement.Name.Split('/')[0]).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Baseline_OfTheRepository_HoldsEveryMeasurement()
    {
        var baseline = Baseline.Read(Repository.UsualBaseline);

        Assert.Equal(
            CriticalSet.All.Select(measurement => measurement.Name).Order(StringComparer.Ordinal), baseline!.Measurements.Keys.Order(StringComparer.Ordinal));
    }

    // A number that is not there is not compared, and what it would find is not found.
    [Fact]
    public void Baseline_OfTheRepository_HoldsEveryKindOfEachMeasurement()
    {
        var baseline = Baseline.Read(Repository.UsualBaseline)!;

        var absent = from name in baseline.Measurements.Keys
                     from kind in NumberKind.All
                     where baseline.NumberOf(name, kind) is null
                     select $"{name}: {kind.Name}";

        Assert.Empty(absent);
    }
}
