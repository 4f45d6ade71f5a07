namespace Parallax.Host.Training;

/// <summary>Looks for the fastest numbers of threads and workers among a few that are measured.</summary>
/// <param name="cores">Cores of this process.</param>
/// <param name="measure">Trains a few steps with so many threads and workers.</param>
internal sealed class CountSearch(int cores, Func<int, int, Trial> measure)
{
    private const int MostCandidates = 4;

    /// <summary>More threads or workers must be faster by this factor: below, the difference is that of two measurements of the same.</summary>
    private const double WorthMore = 1.05;

    /// <summary>Where steps wait less than this share of their time, other workers change nothing.</summary>
    private const double Waits = 0.05;

    private readonly List<Trial> _trials = [];

    /// <summary>What was measured, in the order of the first measurement.</summary>
    public IReadOnlyList<Trial> Trials => _trials;

    /// <summary>The fewest threads that are within 5 % of the best: all cores, half of them, and so on. Each is measured twice, in the order there and back, so
    /// that a machine that gets busier meanwhile favours none.</summary>
    /// <param name="workers">Threads that make the images meanwhile.</param>
    public int Threads(int workers)
    {
        List<int> candidates = [cores];
        while (candidates[^1] > 1 && candidates.Count < MostCandidates)
        {
            candidates.Add(candidates[^1] / 2);
        }

        var trials = candidates.Select(count => measure(count, workers)).ToList();
        for (var i = trials.Count - 1; i >= 0 && trials.Count > 1; i--)
        {
            trials[i] += measure(candidates[i], workers);
        }

        _trials.AddRange(trials);
        var best = trials.Max(trial => trial.ImagesPerSecond);

        return trials.OrderBy(trial => trial.Threads).First(trial => trial.ImagesPerSecond * WorthMore >= best).Threads;
    }

    /// <summary>Doubles the workers as long as steps wait for images and more workers make them faster.</summary>
    /// <param name="threads">Threads of the arithmetic.</param>
    /// <param name="workers">Where to begin.</param>
    public int Workers(int threads, int workers)
    {
        var best = Measured(threads, workers);
        while (best.WaitingShare > Waits && best.Workers * 2 <= Math.Max(2, cores))
        {
            var more = Measured(threads, best.Workers * 2);
            if (Better(best, more) == best)
            {
                break;
            }

            best = more;
        }

        return best.Workers;
    }

    private Trial Measured(int threads, int workers)
    {
        var known = _trials.FindIndex(trial => trial.Threads == threads && trial.Workers == workers);
        if (known < 0)
        {
            _trials.Add(measure(threads, workers));
        }

        return _trials[known < 0 ? ^1 : known];
    }

    private static Trial Better(Trial fewer, Trial more) => more.ImagesPerSecond > fewer.ImagesPerSecond * WorthMore ? more : fewer;
}
