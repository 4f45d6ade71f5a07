namespace Parallax.Plugins.Parts;

/// <summary>Average precision of a ranking, in the three forms of the field. Each is a fraction in [0, 1]; NaN where nothing is positive.</summary>
/// <remarks>
/// Everingham et al., "The Pascal Visual Object Classes (VOC) Challenge", IJCV 2010, section 4.2. A published number means one of the three, and they differ by
/// points: the eleven thresholds are those of VOC 2007, the area that of VOC 2010 and of VISSL's code, the steps that of scikit-learn.
/// </remarks>
/// <param name="Area">Area under the envelope: at each recall the largest precision at that recall or a higher one.</param>
/// <param name="ElevenPoint">Mean of the envelope at the recalls 0, 0.1, ..., 1.</param>
/// <param name="Step">Sum of precision times the rise in recall, without an envelope.</param>
public sealed record AveragePrecision(double Area, double ElevenPoint, double Step)
{
    private const int Thresholds = 11;

    /// <summary>Average precision of one class.</summary>
    /// <param name="scores">N of them; larger means more likely positive. Of equal scores the negatives come first.</param>
    /// <param name="targets">N of them: 1 positive, 0 negative, -1 left out before ranking.</param>
    /// <exception cref="ArgumentException">There are not as many targets as scores.</exception>
    public static AveragePrecision Of(IReadOnlyList<double> scores, IReadOnlyList<long> targets)
    {
        if (scores.Count != targets.Count)
        {
            throw new ArgumentException($"There are {scores.Count} scores and {targets.Count} targets; expected one target for each score.", nameof(targets));
        }

        return Of([.. scores.Zip(targets).Where(item => item.Second >= 0).OrderByDescending(item => item.First).ThenBy(item => item.Second)
            .Select(item => item.Second > 0)]);
    }

    /// <summary>Means over classes that have a positive.</summary>
    /// <param name="classes">One per class.</param>
    public static AveragePrecision Mean(IEnumerable<AveragePrecision> classes)
    {
        AveragePrecision[] known = [.. classes.Where(one => !double.IsNaN(one.Area))];

        return known.Length == 0 ? new(double.NaN, double.NaN, double.NaN)
            : new(known.Average(one => one.Area), known.Average(one => one.ElevenPoint), known.Average(one => one.Step));
    }

    private static AveragePrecision Of(bool[] ranked)
    {
        var positives = ranked.Count(positive => positive);
        if (positives == 0)
        {
            return new(double.NaN, double.NaN, double.NaN);
        }

        var precisions = new double[positives];   // at each positive, where recall rises by 1 / positives
        var found = 0;
        for (var place = 0; place < ranked.Length; place++)
        {
            if (ranked[place])
            {
                precisions[found++] = found / (place + 1.0);
            }
        }

        var step = precisions.Average();
        for (var i = positives - 2; i >= 0; i--)
        {
            precisions[i] = Math.Max(precisions[i], precisions[i + 1]);   // the envelope
        }

        return new(precisions.Average(), Enumerable.Range(0, Thresholds).Average(tenth => precisions[FirstAt(tenth, positives)]), step);
    }

    // The first positive at which the recall is tenth / 10 or more.
    private static int FirstAt(int tenth, int positives) => Math.Max(0, ((tenth * positives) + Thresholds - 2) / (Thresholds - 1) - 1);
}
