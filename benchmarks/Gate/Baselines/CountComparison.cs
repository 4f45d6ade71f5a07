namespace Parallax.Benchmarks.Gate;

/// <summary>Compares counts with the baseline: what grows beyond its tolerance fails, and so does what is new, missing or no number.</summary>
/// <param name="baseline">The baseline.</param>
/// <param name="here">Where was measured.</param>
internal sealed class CountComparison(Baseline baseline, MeasuringEnvironment here)
{
    /// <summary>A row for each number.</summary>
    /// <param name="measured">What was measured, by name.</param>
    /// <param name="filters">What was to be measured.</param>
    public IReadOnlyList<Row> Compare(IReadOnlyDictionary<string, Answer> measured, IReadOnlyCollection<string> filters)
    {
        var names = measured.Keys.Concat(baseline.Measurements.Keys.Where(name => Globs.Match(filters, name))).Distinct().Order(StringComparer.Ordinal);

        return [.. names.SelectMany(name => NumberKind.Counts.Select(kind => Compare(name, kind, measured.GetValueOrDefault(name))).OfType<Row>())];
    }

    private Row? Compare(string name, NumberKind kind, Answer? answer)
    {
        var before = baseline.NumberOf(name, kind);
        double? number = answer?.Counts is { } counts && counts.Numbers.TryGetValue(kind.Name, out var count) ? count : null;
        var row = new Row(name, kind.Name, Outcome.Pass) { Before = before, Here = number };

        return answer?.Error is { } error ? kind == NumberKind.Counts[0] ? row with { Outcome = Outcome.Invalid, Note = error } : null
            : number is null ? before is null ? null : row with { Outcome = Outcome.Missing, Note = "in the baseline, not measured" }
            : !double.IsFinite(number.Value) ? row with { Outcome = Outcome.Invalid, Note = "no finite number" }
            : before is null ? row with { Outcome = Outcome.New, Note = "not in the baseline: --accept writes it there" }
            : here.DifferenceFrom(baseline.Environment, kind.Of) is { } difference ? row with { Outcome = Outcome.NotCompared, Note = difference }
            : answer!.Counts!.Unsteady.Contains(kind.Name) ? row with { Outcome = Outcome.Inconclusive, Note = "differs from call to call" }
            : Compare(row, baseline.ToleranceOf(kind), before.Value, number.Value);
    }

    private static Row Compare(Row row, Tolerance tolerance, double before, double number)
    {
        var limit = tolerance.LimitOf(before);

        return number > limit ? row with { Outcome = Outcome.Fail, Limit = limit, Note = "more than the baseline allows" }
            : row with { Limit = limit, Note = tolerance.IsBetter(before, number) ? "better: --accept holds it" : "" };
    }
}
