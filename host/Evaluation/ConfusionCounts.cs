namespace Parallax.Host.Evaluation;

/// <summary>How many samples of each class were taken for each class.</summary>
/// <param name="Pairs">Class, class that it was taken for, and samples; in this order, and without pairs that did not occur.</param>
internal sealed record ConfusionCounts(IReadOnlyList<long[]> Pairs)
{
    /// <summary>Samples that were counted.</summary>
    public long Count => Pairs.Sum(pair => pair[2]);

    /// <summary>Share of them that were taken for their own class, a fraction.</summary>
    public double Accuracy => Pairs.Where(pair => pair[0] == pair[1]).Sum(pair => pair[2]) / (double)Math.Max(1, Count);

    /// <summary>Counts.</summary>
    /// <param name="labels">The class of each sample.</param>
    /// <param name="taken">The class that it was taken for.</param>
    /// <returns>The counts; null where a sample has no class, or several.</returns>
    /// <exception cref="InvalidOperationException">There are not as many of both.</exception>
    public static ConfusionCounts? Of(IReadOnlyList<long> labels, IReadOnlyList<long> taken) => labels.Count != taken.Count
        ? throw new InvalidOperationException($"The protocol names the classes of {taken.Count} test samples, and there are {labels.Count}.")
        : labels.Any(label => label < 0) ? null
        : new([.. labels.Zip(taken).CountBy(pair => pair).OrderBy(pair => pair.Key).Select(pair => (long[])[pair.Key.First, pair.Key.Second, pair.Value])]);
}
