namespace Parallax.Host.Terminal;

/// <summary>The whole course of a number as a row of block characters, however long it is.</summary>
/// <param name="width">Characters at most, an even number; a long course has half of them or more.</param>
internal sealed class Sparkline(int width)
{
    private const string Levels = "▁▂▃▄▅▆▇█";
    private readonly List<(double Sum, int Count)> _parts = [];
    private int _each = 1;   // values of a part

    /// <summary>Adds a value; one that is not finite is left out.</summary>
    public void Add(double value)
    {
        if (!double.IsFinite(value))
        {
            return;
        }

        if (_parts.Count > 0 && _parts[^1].Count < _each)
        {
            _parts[^1] = (_parts[^1].Sum + value, _parts[^1].Count + 1);
            return;
        }

        if (_parts.Count == width)
        {
            (double Sum, int Count)[] pairs = [.. _parts.Chunk(2).Select(pair => (pair.Sum(part => part.Sum), pair.Sum(part => part.Count)))];
            _parts.Clear();
            _parts.AddRange(pairs);
            _each *= 2;
        }

        _parts.Add((value, 1));
    }

    /// <summary>The row, from the smallest value to the largest; empty before there are two values.</summary>
    public override string ToString()
    {
        if (_parts.Count < 2)
        {
            return "";
        }

        double[] means = [.. _parts.Select(part => part.Sum / part.Count)];
        var (low, high) = (means.Min(), means.Max());
        var scale = high > low ? (Levels.Length - 1) / (high - low) : 0;

        return string.Concat(means.Select(mean => Levels[(int)Math.Round((mean - low) * scale)]));
    }
}
