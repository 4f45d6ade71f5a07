namespace Parallax.Plugins.Parts;

/// <summary>How the times of relabelling spread over a run.</summary>
public enum RelabelPace
{
    /// <summary>Often at the start: in proportion to the square of their number. Authors' code for ImageNet.</summary>
    Quadratic,

    /// <summary>Evenly. Authors' code for CIFAR.</summary>
    Linear,
}

/// <summary>When SeLa computes labels anew.</summary>
/// <remarks>
/// Asano et al., ICLR 2020, https://arxiv.org/abs/1911.05371, as in the authors' code: (E + 1.01) linspace(0, 1, n)² epochs, or (E + 1.0001) linspace(0, 1, n),
/// and a last entry that is never reached. There the labels change as soon as a time is reached; here at the start of the next epoch.
/// </remarks>
/// <param name="epochs">Epochs E of the run.</param>
/// <param name="relabellings">Number of times n, at least 2.</param>
/// <param name="pace">How they spread.</param>
public sealed class RelabelSchedule(int epochs, int relabellings, RelabelPace pace)
{
    /// <summary>The times in epochs, ascending; the last is never reached.</summary>
    public IReadOnlyList<double> Times { get; } =
    [
        .. Enumerable.Range(0, relabellings).Select(i => (double)i / (relabellings - 1))
            .Select(share => pace == RelabelPace.Quadratic ? (epochs + 1.01) * share * share : (epochs + 1.0001) * share),
        pace == RelabelPace.Quadratic ? epochs + 2 : epochs + 10,
    ];

    /// <summary>Whether a time has come since the epoch before began.</summary>
    /// <param name="epoch">The epoch that is about to begin, from 0.</param>
    public bool IsDue(int epoch) => Times.Any(time => time <= epoch && time > epoch - 1);

    /// <summary>How many epochs before this one began with new labels.</summary>
    /// <param name="epoch">The epoch that is about to begin, from 0.</param>
    public int DueBefore(int epoch) => Enumerable.Range(0, epoch).Count(IsDue);
}
