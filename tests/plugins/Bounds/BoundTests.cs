using System.Globalization;

namespace Parallax.Plugins.Tests.Bounds;

/// <summary>Every number of a recipe has the bounds that <c>bounds.txt</c> names, at their edges, through the reader that users meet.</summary>
public sealed class BoundTests
{
    public static TheoryData<string> Records => new(BoundTable.Options.Select(option => option.Row.Split('.')[0]).Distinct());

    [Fact]
    public void Table_EveryNumberOption_HasARow()
    {
        Assert.Empty(BoundTable.Options.Select(option => option.Row).Except(BoundTable.Rows.Keys));
        Assert.Empty(BoundTable.Rows.Keys.Except(BoundTable.Options.Select(option => option.Row)));
    }

    [Theory, MemberData(nameof(Records))]
    public void Reader_AtBothEdgesOfEveryOption_AgreesWithTheTable(string record)
    {
        var wrong = from option in BoundTable.Options
                    where option.Row.StartsWith($"{record}.", StringComparison.Ordinal) && BoundTable.Rows.ContainsKey(option.Row)
                    let row = BoundTable.Rows[option.Row]
                    from probe in row[0] == '{' ? OfList(row) : OfInterval(option, Interval.Parse(row))
                    where BoundTable.Allows(option, probe.Value) != probe.Allowed
                    select $"{option.Row} {row}: {probe.Value} is {(probe.Allowed ? "refused" : "allowed")}";

        Assert.Empty(wrong);
    }

    private static IEnumerable<(string Value, bool Allowed)> OfList(string row)
    {
        var allowed = row[1..^1].Split(", ").Select(value => int.Parse(value, CultureInfo.InvariantCulture)).ToHashSet();

        return Enumerable.Range(allowed.Min() - 1, allowed.Max() - allowed.Min() + 3).Select(value => (Text(value, typeof(int)), allowed.Contains(value)));
    }

    // The bound, and the next value on each side of it.
    private static IEnumerable<(string Value, bool Allowed)> OfInterval(NumberOption option, Interval interval)
    {
        if (interval.Low is { } low)
        {
            yield return (Text(low, option.Type), interval.LowIsIn);
            yield return (Text(low + Step(low, option.Type), option.Type), true);
            yield return (Text(low - Step(low, option.Type), option.Type), false);
        }
        else
        {
            yield return (Text(Lowest(option.Type), option.Type), true);
        }

        if (interval.High is { } high)
        {
            yield return (Text(high, option.Type), interval.HighIsIn);
            yield return (Text(high - Step(high, option.Type), option.Type), true);
            yield return (Text(high + Step(high, option.Type), option.Type), false);
        }
        else
        {
            yield return (Text(-Lowest(option.Type), option.Type), true);
        }
    }

    private static double Step(double bound, Type type) => type == typeof(double) ? Math.Max(Math.Abs(bound), 1) * 1e-12 : 1;

    private static double Lowest(Type type) => type == typeof(int) ? -int.MaxValue : type == typeof(long) ? -(double)(1L << 53) : -1e300;

    private static string Text(double value, Type type) => type == typeof(TimeSpan)
        ? string.Create(CultureInfo.InvariantCulture, $"{value}s")
        : type == typeof(double) ? value.ToString("R", CultureInfo.InvariantCulture) : value.ToString("F0", CultureInfo.InvariantCulture);
}
