namespace Parallax.Host.Training;

/// <summary>The values of a course in bounded memory: each of them, and of a long course the means of 2, 4, 8, ... that follow each other.</summary>
/// <remarks>What it holds follows from the values alone: one that begins with <see cref="Means"/> and <see cref="Thinning"/> of another goes on as that one
/// would.</remarks>
internal sealed class ThinnedSeries
{
    /// <summary>Means that are held at most; so many values are all there.</summary>
    public const int Most = 1024;

    private const int Ends = 10;   // values at the beginning, and at the end, that are held as they are

    private readonly List<double> _means, _first, _last;
    private long _each = 1, _pending;
    private double _sum;

    /// <param name="means">Of the one before; null begins anew.</param>
    /// <param name="thinning">Of the one before; null where each value is there.</param>
    public ThinnedSeries(IReadOnlyList<double>? means = null, SeriesThinning? thinning = null)
    {
        (_means, _first, _last) = (thinning is null ? [] : [.. means ?? []], [.. thinning?.First ?? []], [.. thinning?.Last ?? []]);
        if (thinning is not null)
        {
            (_each, _sum, _pending) = (thinning.Each, thinning.Sum, thinning.Pending);

            return;
        }

        foreach (var value in means ?? [])   // of an earlier version it may be more than are held
        {
            Add(value);
        }
    }

    /// <summary>How many values there were.</summary>
    public long Count => (_means.Count * _each) + _pending;

    /// <summary>Means of equally many values, in their order; what comes after the last of them waits for its mean.</summary>
    public IReadOnlyList<double> Means => _means;

    /// <summary>How many values a mean is of, and what is not in one; null where each value is there.</summary>
    public SeriesThinning? Thinning => _each == 1 ? null : new(_each, _sum, _pending, [.. _first], [.. _last]);

    /// <summary>The first values.</summary>
    public IReadOnlyList<double> First => _first;

    /// <summary>The last values.</summary>
    public IReadOnlyList<double> Last => _last;

    /// <summary>Means of the whole course, to its very end.</summary>
    public IEnumerable<double> Whole => _pending == 0 ? _means : _means.Append(_sum / _pending);

    /// <summary>Adds a value.</summary>
    public void Add(double value)
    {
        if (_first.Count < Ends)
        {
            _first.Add(value);
        }

        _last.Add(value);
        if (_last.Count > Ends)
        {
            _last.RemoveAt(0);
        }

        (_sum, _pending) = (_sum + value, _pending + 1);
        if (_pending == _each)
        {
            _means.Add(_sum / _each);
            (_sum, _pending) = (0, 0);
        }

        if (_means.Count == Most)
        {
            Thin();
        }
    }

    /// <summary>Means of the last values.</summary>
    /// <param name="count">How many values.</param>
    public IReadOnlyList<double> Recent(long count) => [.. _means.TakeLast((int)(count / _each))];

    /// <summary>Means of the values before the last ones.</summary>
    /// <param name="count">How many values are left out, or some more.</param>
    public IReadOnlyList<double> Before(long count) => [.. _means.SkipLast((int)((Math.Max(0, count - _pending) + _each - 1) / _each))];

    private void Thin()
    {
        for (var pair = 0; pair < Most / 2; pair++)
        {
            _means[pair] = (_means[2 * pair] + _means[(2 * pair) + 1]) / 2;
        }

        _means.RemoveRange(Most / 2, Most / 2);
        _each *= 2;
    }
}
