namespace Parallax.Benchmarks.Gate;

/// <summary>What rounds found about one measurement: times of two things that were taken in turn.</summary>
internal sealed class PairedSamples
{
    private readonly List<double> _logRatios = [], _here = [], _there = [];

    /// <summary>Natural logarithms of time here by time there, one per round.</summary>
    public IReadOnlyList<double> LogRatios => _logRatios;

    /// <summary>Milliseconds of processor time per call of what is measured.</summary>
    public double Here => MedianOf(_here);

    /// <summary>The same of what it is compared with.</summary>
    public double There => MedianOf(_there);

    /// <summary>Why nothing could be measured; null when it was.</summary>
    public string? Error { get; private set; }

    /// <summary>Adds a round.</summary>
    /// <param name="here">Samples of what is measured.</param>
    /// <param name="there">As many of the other, each taken beside one of these.</param>
    public void Add(IReadOnlyList<double> here, IReadOnlyList<double> there)
    {
        _logRatios.Add(MedianOf(here.Zip(there, (a, b) => Math.Log(a / b))));
        _here.Add(MedianOf(here));
        _there.Add(MedianOf(there));
    }

    /// <summary>Notes that a round failed.</summary>
    public void Fail(string error) => Error ??= error;

    /// <summary>Takes over the rounds of others.</summary>
    public void Add(PairedSamples others)
    {
        _logRatios.AddRange(others._logRatios);
        _here.AddRange(others._here);
        _there.AddRange(others._there);
        Error ??= others.Error;
    }

    private static double MedianOf(IEnumerable<double> samples) => samples.ToArray() is { Length: > 0 } array ? Bootstrap.Median(array) : double.NaN;
}
