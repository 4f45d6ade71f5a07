using System.Diagnostics;

namespace Parallax.Host.Training;

/// <summary>What an operator cost per step.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Calls">Calls a step.</param>
/// <param name="Self">Time a step, without the operators that it calls.</param>
/// <param name="Share">Share of the time of a step, a fraction.</param>
internal sealed record OperatorCost(string Name, double Calls, TimeSpan Self, double Share);

/// <summary>Which operators a step spends its time in.</summary>
internal static class OperatorCosts
{
    /// <summary>The dearest ones, by the time that they spend themselves.</summary>
    /// <param name="trace">What was observed.</param>
    /// <param name="most">How many.</param>
    public static IReadOnlyList<OperatorCost> Of(StepTrace trace, int most)
    {
        var self = new Dictionary<string, (long Calls, long Ticks)>();
        List<TraceSpan> taken = [.. trace.Spans.Where(span => span.Category == StepProfile.Step).OrderBy(step => step.Start)];
        List<long> starts = [.. taken.Select(step => step.Start)];
        foreach (var thread in trace.Spans.Where(span => span.Category == StepProfile.Operator && IsInAStep(span)).GroupBy(span => span.Thread))
        {
            AddSelfTimes(thread.OrderBy(span => span.Start).ThenByDescending(span => span.End), self);
        }

        double all = Math.Max(1, taken.Sum(step => step.End - step.Start));
        var steps = Math.Max(1, trace.Steps);

        return
        [
            .. self.OrderByDescending(cost => cost.Value.Ticks).ThenBy(cost => cost.Key, StringComparer.Ordinal).Take(most).Select(cost => new OperatorCost(
                cost.Key, (double)cost.Value.Calls / steps, Stopwatch.GetElapsedTime(0, cost.Value.Ticks) / steps, cost.Value.Ticks / all)),
        ];

        bool IsInAStep(TraceSpan span)   // else of a measurement between steps
        {
            var found = starts.BinarySearch(span.Start);
            var step = found >= 0 ? found : ~found - 1;   // the last that began by then

            return step >= 0 && span.End <= taken[step].End;
        }
    }

    /// <summary>Costs as lines of a table.</summary>
    public static IEnumerable<string> Table(IEnumerable<OperatorCost> costs)
    {
        yield return $"{"share",6}{"ms a step",12}{"calls a step",14}  operator (time without the operators that it calls)";
        foreach (var cost in costs)
        {
            yield return FormattableString.Invariant($"{cost.Share,6:P1}{cost.Self.TotalMilliseconds,12:F2}{cost.Calls,14:F1}  {cost.Name}");
        }
    }

    private static void AddSelfTimes(IEnumerable<TraceSpan> spans, Dictionary<string, (long Calls, long Ticks)> self)
    {
        var open = new Stack<TraceSpan>();
        foreach (var span in spans)
        {
            while (open.TryPeek(out var outer) && outer.End <= span.Start)
            {
                open.Pop();
            }

            Add(self, span.Name, 1, span.End - span.Start);
            if (open.TryPeek(out var caller))
            {
                Add(self, caller.Name, 0, span.Start - span.End);
            }

            open.Push(span);
        }
    }

    private static void Add(Dictionary<string, (long Calls, long Ticks)> self, string name, long calls, long ticks)
    {
        var known = self.GetValueOrDefault(name);
        self[name] = (known.Calls + calls, known.Ticks + ticks);
    }
}
