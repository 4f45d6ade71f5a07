using Parallax.Contracts;

namespace Parallax.Benchmarks.Gate;

/// <summary>Makes a new baseline of the old one and what was measured: nothing else is changed.</summary>
internal static class Acceptance
{
    private const int Digits = 3;   // of a ratio

    /// <summary>The new baseline.</summary>
    /// <param name="old">The one before; null when there is none.</param>
    /// <param name="here">Where was measured.</param>
    /// <param name="rows">What was measured; rows without a number here are measurements that are no more.</param>
    /// <param name="kinds">Which kinds of numbers were measured.</param>
    /// <param name="filters">Which measurements; empty: all.</param>
    /// <exception cref="ConfigurationException">A number is none, or the file would hold numbers of two environments.</exception>
    public static Baseline Of(
        Baseline? old, MeasuringEnvironment here, IReadOnlyList<Row> rows, IReadOnlyList<NumberKind> kinds, IReadOnlyCollection<string> filters)
    {
        if (rows.Where(row => row.Outcome == Outcome.Invalid || (row.Here is { } number && !double.IsFinite(number))).ToList() is { Count: > 0 } invalid)
        {
            throw new ConfigurationException([.. invalid.Select(row =>
                $"{row.Measurement}, {row.Number}: {row.Note}. Nothing is accepted; correct it, or leave the measurement out with --filter.")]);
        }

        RequireOneEnvironment(old, here, kinds, filters);
        var measurements = (old?.Measurements ?? new Dictionary<string, IReadOnlyDictionary<string, double>>())
            .ToDictionary(m => m.Key, m => m.Value.ToDictionary(StringComparer.Ordinal));
        foreach (var numbers in measurements.Where(m => Globs.Match(filters, m.Key)).Select(m => m.Value))
        {
            kinds.ToList().ForEach(kind => numbers.Remove(kind.Name));
        }

        foreach (var row in rows.Where(row => row.Here is not null))
        {
            if (!measurements.TryGetValue(row.Measurement, out var numbers))
            {
                measurements.Add(row.Measurement, numbers = []);
            }

            numbers[row.Number] = row.Number == NumberKind.Ratio.Name ? Math.Round(row.Here!.Value, Digits) : row.Here!.Value;
        }

        var environment = kinds.Contains(NumberKind.Ratio) || old is null ? here : here with { Processor = old.Environment.Processor };

        return new(
            environment, old?.Tolerances ?? Baseline.UsualTolerances,
            measurements.Where(m => m.Value.Count > 0).ToDictionary(m => m.Key, m => (IReadOnlyDictionary<string, double>)m.Value));
    }

    /// <summary>What is accepted is everything, and the same each time.</summary>
    /// <exception cref="ConfigurationException">A kind was not counted, or differed from call to call.</exception>
    public static void RequireWhole(IReadOnlyDictionary<string, Answer> measured)
    {
        List<string> faults =
        [
            .. from pair in measured.OrderBy(pair => pair.Key, StringComparer.Ordinal)
               where pair.Value.Counts is not null
               from kind in NumberKind.Counts
               let fault = FaultOf(pair.Value.Counts!, kind)
               where fault is not null
               select $"{pair.Key}, {kind.Name}: {fault}. Nothing is accepted.",
        ];
        if (faults.Count > 0)
        {
            throw new ConfigurationException(faults);
        }
    }

    private static string? FaultOf(Counted counted, NumberKind kind) =>
        !counted.Numbers.ContainsKey(kind.Name) ? "not counted, because libtorch's allocator is not of the form that is known (CountingAllocator)"
        : counted.Unsteady.Contains(kind.Name) ? "differs from call to call; run it again, or leave the measurement out with --filter"
        : null;

    private static void RequireOneEnvironment(
        Baseline? old, MeasuringEnvironment here, IReadOnlyList<NumberKind> kinds, IReadOnlyCollection<string> filters)
    {
        var (hasRatios, isWhole) = (kinds.Contains(NumberKind.Ratio), kinds.Count == NumberKind.All.Count && filters.Count == 0);
        if (old is not null && !isWhole && here.DifferenceFrom(old.Environment, hasRatios ? Scope.Processor : Scope.Kernels) is { } difference)
        {
            throw new ConfigurationException($"The baseline belongs to another environment ({difference}), and only a part of it would be replaced. Accept "
                + "everything, without --filter and --counts, or accept it there.");
        }
    }
}
